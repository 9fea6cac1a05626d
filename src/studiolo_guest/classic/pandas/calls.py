"""Calls that pandas 1.5 no longer has, with the meaning that they had before."""

import importlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np

from studiolo_guest.classic.pandas import columns, groups, lookup, text
from studiolo_guest.classic.pandas.ix import IX
from studiolo_guest.classic.pandas.moving import functions


def adapt(pd: Any) -> None:
    """Give pandas its old functions, and its frames and series their old methods."""
    for name, function in functions(pd).items():
        setattr(pd, name, function)
    for kind in (pd.DataFrame, pd.Series):
        kind.ix = property(IX)
        _give(kind, _BOTH)
        _wrap_resample(kind)
    _give(pd.DataFrame, _FRAMES)
    _give(pd.Series, _SERIES)
    pd.DataFrame.from_items = classmethod(_from_items)
    from_csv: Any = _from_csv
    pd.DataFrame.from_csv = classmethod(from_csv)
    _wrap_sort_index(pd.DataFrame)
    pd.Index.order = pd.Index.sort_values
    pd.TimeSeries = pd.Series
    pd.TimeGrouper = _time_grouper(pd)
    pd.match = _match(pd)
    pd.groupby = lambda of, *args, **options: of.groupby(*args, **options)
    for name in ("scatter_matrix", "parallel_coordinates", "andrews_curves", "lag_plot"):
        setattr(pd, name, _plotting(pd, name))
    names = property(lambda self: self.day_name())
    for kind in (pd.DatetimeIndex, pd.core.indexes.accessors.DatetimeProperties, pd.Timestamp):
        kind.weekday_name = names
    pd.Timestamp.to_datetime = pd.Timestamp.to_pydatetime
    pd.Categorical.labels = pd.Categorical.codes
    pd.ordered_merge = pd.merge_ordered
    pd.__getattr__ = _submodule(pd.__getattr__)
    for part in (columns, groups, lookup, text):
        part.adapt(pd)


def _submodule(today: Any) -> Any:
    """`pandas.tools`, which every import of pandas had imported."""

    def submodule(name: str) -> Any:
        return importlib.import_module("pandas.tools") if name == "tools" else today(name)

    return submodule


def _give(kind: Any, methods: Mapping[str, Any]) -> None:
    for name, method in methods.items():
        setattr(kind, name, method)


def _sort(
    self: Any,
    columns: Any = None,
    axis: int = 0,
    ascending: Any = True,
    inplace: bool = False,
    kind: str = "quicksort",
    na_position: str = "last",
    **_: Any,
) -> Any:
    options = {"axis": axis, "ascending": ascending, "inplace": inplace, "kind": kind}
    if columns is None:
        return self.sort_index(**options, na_position=na_position)
    by = list(columns) if isinstance(columns, tuple) else columns
    return self.sort_values(by, **options, na_position=na_position)


def _sort_series(
    self: Any,
    axis: int = 0,
    ascending: bool = True,
    kind: str = "quicksort",
    na_position: str = "last",
    inplace: bool = True,
) -> Any:
    """In place, as NumPy's own."""
    return self.sort_values(
        axis=axis, ascending=ascending, kind=kind, na_position=na_position, inplace=inplace
    )


def _order(
    self: Any,
    na_last: bool | None = None,
    ascending: bool = True,
    kind: str = "quicksort",
    na_position: str = "last",
    inplace: bool = False,
) -> Any:
    if na_last is not None:
        na_position = "last" if na_last else "first"
    return self.sort_values(
        ascending=ascending, kind=kind, na_position=na_position, inplace=inplace
    )


def _sort_level(self: Any, level: Any = 0, *args: Any, **options: Any) -> Any:
    names = (
        ("axis", "ascending", "inplace", "sort_remaining")
        if self.ndim > 1
        else (
            "ascending",
            "sort_remaining",
        )
    )
    return self.sort_index(level=level, **dict(zip(names, args, strict=False)), **options)


def _as_matrix(self: Any, columns: Any = None) -> Any:
    return self.values if columns is None else self[list(columns)].values


def _as_blocks(self: Any, copy: bool = True) -> dict[str, Any]:
    kinds = self.dtypes
    parts = {str(kind): self.loc[:, (kinds == kind).values] for kind in kinds.unique()}
    return {name: part.copy() if copy else part for name, part in parts.items()}


def _convert_objects(
    self: Any,
    convert_dates: Any = True,
    convert_numeric: Any = False,
    convert_timedeltas: Any = True,
    copy: bool = True,
) -> Any:
    """As pandas 0.16 to 0.25 had it: what would become missing altogether stays as it is."""
    import pandas as pd

    def converted(column: Any) -> Any:
        if column.dtype != object:
            return column
        for asked, convert in (
            (convert_dates == "coerce", pd.to_datetime),
            (convert_timedeltas == "coerce", pd.to_timedelta),
            (bool(convert_numeric), pd.to_numeric),
        ):
            if asked:
                found = convert(column, errors="coerce")
                if not found.isnull().all():
                    return found
        return column.infer_objects()

    if self.ndim == 1:
        made = converted(self)
        return made.copy() if copy and made is self else made
    made = self.copy()
    for place, name in enumerate(self.columns):
        column = converted(self.iloc[:, place])
        if column.dtype != self.dtypes.iloc[place]:
            made.isetitem(place, column)
        del name
    return made


def _set_value(self: Any, index: Any, column: Any, value: Any, takeable: bool = False) -> Any:
    if takeable:
        self.iat[index, column] = value
    else:
        self.loc[index, column] = value
    return self


def _set_value_of_series(self: Any, label: Any, value: Any, takeable: bool = False) -> Any:
    if takeable:
        self.iat[label] = value
    else:
        self.loc[label] = value
    return self


def _get_value(self: Any, index: Any, column: Any, takeable: bool = False) -> Any:
    return self.iat[index, column] if takeable else self.at[index, column]


def _get_value_of_series(self: Any, label: Any, takeable: bool = False) -> Any:
    return self.iat[label] if takeable else self.at[label]


def _reindex_axis(self: Any, labels: Any, axis: Any = 0, **options: Any) -> Any:
    return self.reindex(labels, axis=axis, **options)


def _select(self: Any, crit: Any, axis: Any = 0) -> Any:
    number = self._get_axis_number(axis)
    return self.reindex([label for label in self.axes[number] if crit(label)], axis=number)


def _from_items(cls: Any, items: Any, columns: Any = None, orient: str = "columns") -> Any:
    if orient == "index":
        return cls.from_dict(OrderedDict(items), orient="index", columns=columns)
    return cls(OrderedDict(items), columns=columns)


def _from_csv(
    cls: Any,
    path: Any,
    header: Any = 0,
    sep: str = ",",
    index_col: Any = 0,
    parse_dates: Any = True,
    encoding: Any = None,
    **__: Any,
) -> Any:
    import pandas as pd

    return pd.read_csv(
        path,
        header=header,
        sep=sep,
        index_col=index_col,
        parse_dates=parse_dates,
        encoding=encoding,
    )


def _wrap_resample(kind: Any) -> None:
    today = kind.resample

    def resample(
        self: Any,
        rule: Any,
        *args: Any,
        how: Any = None,
        fill_method: Any = None,
        limit: int | None = None,
        **options: Any,
    ) -> Any:
        if args and how is None and args[0] not in (0, 1, "index", "columns"):
            how, *rest = args
            args = tuple(rest)
        if "base" in options and _is_of_days(rule):
            del options["base"]  # it counted in frequencies that a day consists of
        made = today(self, rule, *args, **options)
        if how is not None:
            made = made.aggregate(how)
        return made if fill_method is None else getattr(made, fill_method)(limit=limit)

    resample.__doc__ = today.__doc__
    kind.resample = resample


def _is_of_days(rule: Any) -> bool:
    import pandas as pd

    try:
        return pd.Timedelta(days=1) % pd.Timedelta(pd.tseries.frequencies.to_offset(rule)) != (
            pd.Timedelta(0)
        )
    except ValueError:  # of months, say
        return True


def _wrap_sort_index(kind: Any) -> None:
    today = kind.sort_index

    def sort_index(self: Any, *args: Any, by: Any = None, **options: Any) -> Any:
        if by is None:
            return today(self, *args, **options)
        return self.sort_values(by, **options)

    sort_index.__doc__ = today.__doc__
    kind.sort_index = sort_index


def _time_grouper(pd: Any) -> Any:
    def time_grouper(freq: Any = "Min", *args: Any, **options: Any) -> Any:
        names = ("closed", "label", "how", "axis")
        given = {**dict(zip(names, args, strict=False)), **options}
        return pd.Grouper(freq=freq, **{k: v for k, v in given.items() if k != "how"})

    return time_grouper


def _match(pd: Any) -> Any:
    def match(to_match: Any, values: Any, na_sentinel: float = -1) -> Any:
        found = pd.Index(values).drop_duplicates().get_indexer(pd.Index(to_match))
        return np.where(found < 0, na_sentinel, found)

    return match


def _plotting(pd: Any, name: str) -> Any:
    def plotted(*args: Any, **options: Any) -> Any:
        # Found now, because pandas loads its plotting only when it is used.
        return getattr(pd.plotting, name)(*args, **options)

    return plotted


_BOTH = {
    "get_values": lambda self: self.values,
    "convert_objects": _convert_objects,
    "sortlevel": _sort_level,
    "reindex_axis": _reindex_axis,
    "select": _select,
    "clip_upper": lambda self, threshold, axis=None: self.clip(upper=threshold, axis=axis),
    "clip_lower": lambda self, threshold, axis=None: self.clip(lower=threshold, axis=axis),
    "iterkv": lambda self: iter(self.items()),
}
_FRAMES = {
    "sort": _sort,
    "as_matrix": _as_matrix,
    "as_blocks": _as_blocks,
    "blocks": property(_as_blocks),
    "set_value": _set_value,
    "get_value": _get_value,
    "irow": lambda self, i, copy=False: self.iloc[i],
    "icol": lambda self, i: self.iloc[:, i],
    "iget_value": lambda self, i, j: self.iat[i, j],
    "get_dtype_counts": lambda self: self.dtypes.map(str).value_counts().sort_index(),
    "ftypes": property(lambda self: self.dtypes.map(lambda kind: f"{kind}:dense")),
}
_SERIES = {
    "sort": _sort_series,
    "order": _order,
    "as_matrix": lambda self, columns=None: self.values,
    "set_value": _set_value_of_series,
    "get_value": _get_value_of_series,
    "irow": lambda self, i, axis=0: self.iloc[i],
    "iget": lambda self, i, axis=0: self.iloc[i],
    "iget_value": lambda self, i, axis=0: self.iloc[i],
    "nonzero": lambda self: self.to_numpy().nonzero(),
    "valid": lambda self, inplace=False, **_: self.dropna(inplace=inplace),
    "reshape": lambda self, *shape, **options: self.to_numpy().reshape(*shape, **options),
}
