"""Labels that are looked up as pandas before 1.0 did: some may be missing, an extreme has one."""

import importlib
from typing import Any

import numpy as np


def adapt(pd: Any) -> None:
    """Give `.loc`, `argmax` and the like their old meaning."""
    _tolerate_missing(pd)
    for name in ("argmax", "argmin"):
        labelled = _labelled(getattr(pd.Series, name))
        setattr(pd.Series, name, labelled)
        setattr(pd.Series, f"idx{name[3:]}", labelled)
    pd.Series.mode = _mode(pd.Series.mode)
    pd.Series.replace = _replace(pd.Series.replace)
    pd.Series.value_counts = _value_counts(pd, pd.Series.value_counts)
    pd.value_counts = _value_counts_of(pd, pd.value_counts)
    pd.DataFrame.apply = _apply(pd, pd.DataFrame.apply)
    for kind in (pd.DataFrame, pd.Series):
        for name in ("duplicated", "drop_duplicates"):
            setattr(kind, name, _take_last(getattr(kind, name)))
    pd.to_datetime = _to_datetime(pd.to_datetime)


def _tolerate_missing(pd: Any) -> None:
    """Let a list for `.loc` have labels that do not exist, unless that is all of them."""
    locating: Any = importlib.import_module("pandas.core.indexing")._LocIndexer
    today = locating._get_listlike_indexer

    def found(self: Any, key: Any, axis: int) -> Any:
        try:
            return today(self, key, axis)
        except KeyError:
            labels = self.obj._get_axis(axis)
            wanted = pd.Index(list(key))
            if labels.nlevels > 1 or not wanted.isin(labels).any():
                raise
            if labels.is_unique:
                return labels.reindex(wanted)[0], labels.get_indexer_for(wanted)
            names, places, _ = labels._reindex_non_unique(wanted)
            return names, places

    def some(self: Any, key: Any, axis: int) -> Any:
        self._validate_key(key, axis)
        parts = {axis: list(found(self, key, axis))}
        return self.obj._reindex_with_indexers(parts, copy=True, allow_dups=True)

    def several(self: Any, keys: Any) -> Any:
        parts = {axis: list(found(self, key, axis)) for axis, key in enumerate(keys)}
        return self.obj._reindex_with_indexers(parts, copy=True, allow_dups=True)

    locating._getitem_iterable, locating._multi_take = some, several


def _labelled(today: Any) -> Any:
    """The label of the largest value, not its position."""

    def extreme(
        self: Any, axis: Any = None, skipna: bool = True, *args: Any, **options: Any
    ) -> Any:
        place = today(self, axis, skipna, *args, **options)
        return np.nan if place == -1 else self.index[place]

    extreme.__name__, extreme.__doc__ = today.__name__, today.__doc__
    return extreme


def _mode(today: Any) -> Any:
    """Nothing, if no value is there twice."""

    def mode(self: Any, *args: Any, **options: Any) -> Any:
        made = today(self, *args, **options)
        return (made if self.duplicated().any() else made.iloc[:0]).rename(None)

    mode.__doc__ = today.__doc__
    return mode


def _value_counts(pd: Any, today: Any) -> Any:
    """Bins go by their lower edge; among equal counts the last bin comes first."""

    def value_counts(
        self: Any,
        normalize: bool = False,
        sort: bool = True,
        ascending: bool = False,
        bins: Any = None,
        dropna: bool = True,
    ) -> Any:
        if bins is None:
            return today(self, normalize, sort, ascending, None, dropna)
        places, edges = pd.cut(self, bins, retbins=True, labels=False)
        counts = np.bincount(places.dropna().astype(int), minlength=len(edges) - 1)
        made = pd.Series(counts, index=edges[:-1], name=self.name)
        if sort:
            order = np.argsort(counts, kind="stable")
            made = made.iloc[order if ascending else order[::-1]]
        return made / len(self) if normalize else made

    value_counts.__doc__ = today.__doc__
    return value_counts


def _value_counts_of(pd: Any, today: Any) -> Any:
    def value_counts(values: Any, *args: Any, bins: Any = None, **options: Any) -> Any:
        if bins is None:
            return today(values, *args, **options)
        return pd.Series(values).value_counts(*args, bins=bins, **options)

    return value_counts


_NOTHING = object()


def _replace(today: Any) -> Any:
    """None as the new value is no value: then the one before is repeated."""

    def replace(self: Any, to_replace: Any = None, value: Any = _NOTHING, **options: Any) -> Any:
        given = {} if value is _NOTHING else {"value": value}
        if value is None and not isinstance(to_replace, dict) and not options.get("regex"):
            given = {}
        return today(self, to_replace, **given, **options)

    replace.__doc__ = today.__doc__
    return replace


def _apply(pd: Any, today: Any) -> Any:
    """A frame, if each row gives a list with a value for each column."""

    def apply(
        self: Any, func: Any, axis: Any = 0, broadcast: Any = None, *args: Any, **options: Any
    ) -> Any:
        reduce = options.pop("reduce", None)
        if broadcast:
            options["result_type"] = "broadcast"
        elif reduce:
            options["result_type"] = "reduce"
        made = today(self, func, axis, *args, **options)
        of_rows = axis in (1, "columns") and "result_type" not in options
        if not (of_rows and isinstance(made, pd.Series) and len(made)):
            return made
        if all(isinstance(row, list) and len(row) == self.shape[1] for row in made):
            return pd.DataFrame(made.tolist(), index=made.index, columns=self.columns)
        return made

    apply.__doc__ = today.__doc__
    return apply


def _take_last(today: Any) -> Any:
    def without_duplicates(
        self: Any, *args: Any, take_last: Any = None, cols: Any = None, **options: Any
    ) -> Any:
        if take_last is not None:
            options["keep"] = "last" if take_last else "first"
        if cols is not None:
            options["subset"] = cols
        return today(self, *args, **options)

    without_duplicates.__name__, without_duplicates.__doc__ = today.__name__, today.__doc__
    return without_duplicates


def _to_datetime(today: Any) -> Any:
    def to_datetime(arg: Any, *args: Any, coerce: Any = None, **options: Any) -> Any:
        if coerce is not None:
            options["errors"] = "coerce" if coerce else "ignore"
        return today(arg, *args, **options)

    to_datetime.__doc__ = today.__doc__
    return to_datetime
