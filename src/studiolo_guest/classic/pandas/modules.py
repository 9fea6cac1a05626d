"""Modules that pandas 1.5 no longer has."""

import importlib
from typing import Any, Final

from studiolo_guest.classic.pandas import rplot


def _tools(module: Any) -> None:
    module.__doc__ = "What pandas kept here until 0.23."
    # Scripts write `pandas.tools.plotting` after `import pandas`, which had imported it.
    module.__getattr__ = lambda name: importlib.import_module(f"pandas.tools.{name}")


def _plotting(module: Any) -> None:
    today: Any = importlib.import_module("pandas.plotting")
    module.__dict__.update({name: getattr(today, name) for name in today.__all__})


def _merge(module: Any) -> None:
    import pandas as pd

    for name in ("merge", "concat", "merge_ordered", "merge_asof"):
        setattr(module, name, getattr(pd, name))
    module.ordered_merge = pd.merge_ordered


def _pivot(module: Any) -> None:
    import pandas as pd

    module.pivot_table, module.crosstab = pd.pivot_table, pd.crosstab


def _tile(module: Any) -> None:
    import pandas as pd

    module.cut, module.qcut = pd.cut, pd.qcut


def _util(module: Any) -> None:
    import pandas as pd

    module.to_numeric = pd.to_numeric


def _datetools(module: Any) -> None:
    import pandas as pd

    offsets: Any = importlib.import_module("pandas.tseries.offsets")
    module.__dict__.update({name: getattr(offsets, name) for name in offsets.__all__})
    module.to_datetime = pd.to_datetime
    for name in ("Day", "Hour", "Minute", "Second", "BDay", "MonthEnd", "YearEnd"):
        setattr(module, name[0].lower() + name[1:], getattr(offsets, name)())


def _lib(module: Any) -> None:
    import pandas as pd
    from pandas._libs import lib

    module.__dict__.update({name: getattr(lib, name) for name in dir(lib) if name[0] != "_"})
    module.Timestamp, module.NaT = pd.Timestamp, pd.NaT


#: By name: what fills it.
MODULES: Final = {
    "pandas.tools": _tools,
    "pandas.tools.plotting": _plotting,
    "pandas.tools.merge": _merge,
    "pandas.tools.pivot": _pivot,
    "pandas.tools.tile": _tile,
    "pandas.tools.util": _util,
    "pandas.tools.rplot": rplot.fill,
    "pandas.core.datetools": _datetools,
    "pandas.lib": _lib,
}
