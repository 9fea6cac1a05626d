"""Rows and columns in the order of pandas before 0.23: sorted, where their names were not equal.

Python's dicts had no order then, so a frame of a dict had its columns in alphabetical order.
"""

import sys
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

#: The arguments of `concat` and of `append`, in the old order.
_CONCAT = ("axis", "join", "join_axes", "ignore_index", "keys", "levels", "names")
_APPEND = ("ignore_index", "verify_integrity")


def adapt(pd: Any) -> None:
    """Give constructors, `concat` and `append` the old order."""
    _wrap_frame(pd.DataFrame)
    _wrap_series(pd.Series)
    from_dict: Any = _from_dict(pd)
    pd.DataFrame.from_dict = classmethod(from_dict)
    pd.concat = _concat(pd, pd.concat)
    pd.DataFrame.append = _append(pd, pd.DataFrame.append)


def _is_of_a_library() -> bool:
    """Whether a library makes the frame, or what hands it over: they mean today's order."""
    frame = sys._getframe(2)
    name = str(frame.f_globals.get("__name__", ""))
    return "/site-packages/" in frame.f_code.co_filename or name.startswith("studiolo_guest.")


def _wrap_frame(kind: Any) -> None:
    today = kind.__init__

    def __init__(  # noqa: N807  # its name
        self: Any, data: Any = None, index: Any = None, columns: Any = None, *args: Any, **kw: Any
    ) -> None:
        if columns is None and not _is_of_a_library():
            if isinstance(data, dict):
                data = _sorted_columns(data)
            elif isinstance(data, list) and data and isinstance(data[0], dict):
                columns = _columns_of(data)
        today(self, data, index, columns, *args, **kw)

    __init__.__doc__ = today.__doc__
    kind.__init__ = __init__


def _wrap_series(kind: Any) -> None:
    today = kind.__init__

    def __init__(  # noqa: N807  # its name
        self: Any, data: Any = None, index: Any = None, *args: Any, **options: Any
    ) -> None:
        if index is None and isinstance(data, dict) and not _is_of_a_library():
            data = _sorted(data)
        today(self, data, index, *args, **options)

    __init__.__doc__ = today.__doc__
    kind.__init__ = __init__


def _from_dict(pd: Any) -> Any:
    today = pd.DataFrame.from_dict.__func__

    def from_dict(cls: Any, data: Any, orient: str = "columns", *args: Any, **options: Any) -> Any:
        if orient == "columns" and isinstance(data, dict) and not _is_of_a_library():
            data = _sorted_columns(data)
        return today(cls, data, orient, *args, **options)

    from_dict.__doc__ = today.__doc__
    return from_dict


def _sorted(given: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """The same by its keys, if these can be compared and have no order of their own."""
    if isinstance(given, OrderedDict):
        return given
    try:
        return {key: given[key] for key in sorted(given)}
    except TypeError:
        return given


def _sorted_columns(given: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return {
        name: _sorted(column) if isinstance(column, dict) else column
        for name, column in _sorted(given).items()
    }


def _columns_of(rows: list[Any]) -> list[Any] | None:
    """The keys of rows that are dicts; None if their own order counts."""
    if not all(isinstance(row, dict) and not isinstance(row, OrderedDict) for row in rows):
        return None
    try:
        return sorted({key for row in rows for key in row})
    except TypeError:
        return None


def _concat(pd: Any, today: Any) -> Any:
    def concat(objs: Any, *args: Any, join_axes: Any = None, **options: Any) -> Any:
        options |= dict(zip(_CONCAT, args, strict=False))
        join_axes = options.pop("join_axes", join_axes)
        if isinstance(objs, dict):
            objs = _sorted(objs)
        elif not isinstance(objs, pd.DataFrame | pd.Series | str):
            objs = list(objs)
        columns = options.get("axis", 0) in (1, "columns")
        if options.get("join", "outer") == "outer" and _labels_differ(objs, columns=columns):
            options.setdefault("sort", True)
        made = today(objs, **options)
        if join_axes is not None:
            made = made.reindex(join_axes[0], axis=0 if columns else 1)
        return made

    concat.__doc__ = today.__doc__
    return concat


def _labels_differ(objs: Any, *, columns: bool) -> bool:
    parts = [
        part
        for part in (objs.values() if isinstance(objs, dict) else objs)
        if hasattr(part, "ndim") and (part.ndim == 1 or sum(part.shape))
    ]
    if columns:
        labels = [part.index for part in parts]
    else:
        labels = [part.columns for part in parts if part.ndim > 1]
    return any(not labels[0].equals(other) for other in labels[1:])


def _append(pd: Any, today: Any) -> Any:
    def append(self: Any, other: Any, *args: Any, **options: Any) -> Any:
        options |= dict(zip(_APPEND, args, strict=False))
        if isinstance(other, list) and other and not isinstance(other[0], pd.DataFrame):
            columns = None if isinstance(other[0], pd.Series) else _columns_of(other)
            other = pd.DataFrame(other, columns=columns)
            if other.columns.isin(self.columns).all():
                other = other.reindex(columns=self.columns)
        elif isinstance(other, pd.Series | dict):
            return today(self, other, **options)
        several = other if isinstance(other, list | tuple) else [other]
        return pd.concat([self, *several], **options)

    append.__doc__ = today.__doc__
    return append
