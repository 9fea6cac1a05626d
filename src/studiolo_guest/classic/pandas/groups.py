"""Groups and pivot tables of pandas before 0.20, which gave other shapes and other sums."""

import importlib
from typing import Any


def adapt(pd: Any) -> None:
    """Give groups, resampled series and `pivot_table` their old meaning."""
    groups: Any = importlib.import_module("pandas.core.groupby")
    by_time: Any = importlib.import_module("pandas.core.resample")
    for kind in (groups.GroupBy, by_time.Resampler):
        for name in ("sum", "prod"):
            setattr(kind, name, _of_something(getattr(kind, name)))
    groups.SeriesGroupBy.describe = _describe(pd, groups.SeriesGroupBy.describe)
    groups.DataFrameGroupBy.describe = _describe(pd, groups.DataFrameGroupBy.describe)
    groups.GroupBy.size = _size(groups.GroupBy.size)
    for kind in (groups.SeriesGroupBy, groups.DataFrameGroupBy, by_time.Resampler):
        kind.aggregate = _aggregate(pd, kind.aggregate)
        kind.agg = kind.aggregate
    pivot_table = _pivot_table(pd.pivot_table)
    pd.pivot_table = pivot_table
    pd.DataFrame.pivot_table = pivot_table


def _of_something(today: Any) -> Any:
    """The sum of no values at all is missing; since 0.22 it is 0."""

    def summed(self: Any, *args: Any, **options: Any) -> Any:
        options.setdefault("min_count", 1)
        return today(self, *args, **options)

    summed.__name__, summed.__doc__ = today.__name__, today.__doc__
    return summed


def _describe(pd: Any, today: Any) -> Any:
    """A row for each group and statistic; since 0.20 statistics are columns."""

    def describe(self: Any, *args: Any, **options: Any) -> Any:
        made = today(self, *args, **options)
        if not self.as_index:
            return made
        if made.columns.nlevels == 1:
            return made.stack(dropna=False).rename(self.obj.name)
        names = made.columns.unique(level=0)
        stacked = {name: made[name].stack(dropna=False) for name in names}
        return pd.concat(list(stacked.values()), axis=1, keys=list(stacked))

    describe.__doc__ = today.__doc__
    return describe


def _size(today: Any) -> Any:
    def size(self: Any) -> Any:
        made = today(self)
        return made if made.ndim == 1 else made.set_index(list(made.columns[:-1]))["size"].rename()

    size.__doc__ = today.__doc__
    return size


def _aggregate(pd: Any, today: Any) -> Any:
    """Statistics with names of the script's own, as a dict: `agg({"a": {"least": "min"}})`."""

    def aggregate(self: Any, func: Any = None, *args: Any, **options: Any) -> Any:
        if not isinstance(func, dict) or not getattr(self, "as_index", True):
            return today(self, func, *args, **options)
        if getattr(self, "_selection", None) is not None and not isinstance(
            self._selection, list | tuple
        ):
            return _named(pd, {n: today(self, f, *args, **options) for n, f in func.items()})
        if getattr(self.obj, "ndim", 2) == 1:
            return _named(pd, {n: today(self, f, *args, **options) for n, f in func.items()})
        if not any(isinstance(given, dict) for given in func.values()):
            return today(self, func, *args, **options)
        parts = {}
        for name, given in func.items():
            wanted = given if isinstance(given, dict) else {}
            if not isinstance(given, dict):
                for one in given if isinstance(given, list | tuple) else [given]:
                    wanted[one if isinstance(one, str) else one.__name__] = one
            parts[name] = _named(pd, {n: self[name].aggregate(f) for n, f in wanted.items()})
        return _named(pd, parts)

    aggregate.__doc__ = today.__doc__
    return aggregate


def _named(pd: Any, parts: dict[Any, Any]) -> Any:
    return pd.concat(list(parts.values()), axis=1, keys=list(parts))


def _pivot_table(today: Any) -> Any:
    """With one column of values there is no level that names it."""

    def pivot_table(data: Any, values: Any = None, *args: Any, **options: Any) -> Any:
        made = today(data, values, *args, **options)
        if values is None or isinstance(values, list | tuple) or made.empty:
            return made
        if made.columns.nlevels == 1 and list(made.columns) == [values]:
            return made[values]
        if made.columns.nlevels > 1 and set(made.columns.get_level_values(1)) == {values}:
            return made.droplevel(1, axis=1)
        return made

    pivot_table.__doc__ = today.__doc__
    return pivot_table
