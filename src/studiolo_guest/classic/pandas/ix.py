"""`.ix` of pandas before 1.0: labels first, and then positions where labels are not integers.

Each part of a key becomes positions on its axis, so that a key may mix labels, positions and masks:
`frame.ix[mask, 3]`. The rules are those of pandas 0.19's `_IXIndexer`.
"""

import importlib
from typing import Any

import numpy as np


class IX:
    """The accessor. For axes with several levels it goes by labels, and then by positions."""

    def __init__(self, of: Any) -> None:
        self._of = of

    def __getitem__(self, key: Any) -> Any:
        """The part at a key: a scalar, a row, a column or a smaller frame."""
        of = self._of
        if _has_levels(of):
            return self._by_level(key)
        places = [_place(axis, part) for axis, part in zip(of.axes, self._parts(key), strict=True)]
        for axis, place in enumerate(places):
            if isinstance(place, _Missing):
                of = place.reindexed(of, axis)
                places[axis] = slice(None)
        return of.iloc[tuple(places) if of.ndim > 1 else places[0]]

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set the part at a key; a label that does not exist adds a row or a column."""
        of = self._of
        if _has_levels(of):
            of.loc[key] = value
            return
        parts = self._parts(key)
        places = [_place(axis, part, adds=True) for axis, part in zip(of.axes, parts, strict=True)]
        if any(isinstance(place, _Missing) for place in places):
            labels = tuple(
                place.label if isinstance(place, _Missing) else _labels(axis, place)
                for axis, place in zip(of.axes, places, strict=True)
            )
            of.loc[labels if of.ndim > 1 else labels[0]] = value
            return
        # As `loc` does it: a series or a frame is aligned, which `iloc` would not do.
        of.iloc._setitem_with_indexer(tuple(places) if of.ndim > 1 else places[0], value, "loc")

    def _parts(self, key: Any) -> list[Any]:
        """A part for each axis."""
        given = list(key) if isinstance(key, tuple) and self._of.ndim > 1 else [key]
        if len(given) > self._of.ndim:
            raise IndexError("Too many indexers")
        given += [slice(None)] * (self._of.ndim - len(given))
        return [part(self._of) if callable(part) else part for part in given]

    def _by_level(self, key: Any) -> Any:
        try:
            return self._of.loc[key]
        except (KeyError, TypeError):
            positions = key if isinstance(key, tuple) else (key,)
            if all(isinstance(part, int | np.integer | slice) for part in positions):
                return self._of.iloc[key]
            raise


class _Missing:
    """Labels that an axis does not have, or not all of."""

    def __init__(self, label: Any) -> None:
        self.label = label

    def reindexed(self, of: Any, axis: int) -> Any:
        """With a missing value for each label that is not there, as `ix` had it."""
        if of.axes[axis].is_unique:
            return of.reindex(self.label, axis=axis)
        labels, places, _ = of.axes[axis]._reindex_non_unique(self.label)
        return of._reindex_with_indexers({axis: [labels, places]}, copy=True, allow_dups=True)


def _has_levels(of: Any) -> bool:
    return any(axis.nlevels > 1 for axis in of.axes)


def _place(axis: Any, part: Any, *, adds: bool = False) -> Any:
    """Positions on an axis: a number, a slice or an array; or labels that it does not have."""
    if isinstance(part, slice):
        return _slice(axis, part)
    if _is_list(part):
        return _several(axis, part, adds=adds)
    try:
        found = axis.get_loc(part)
    except (KeyError, TypeError, ValueError):
        is_number = isinstance(part, int | np.integer) and not isinstance(part, bool)
        if is_number and not axis.is_integer():
            return int(part)
        if adds:
            return _Missing(part)
        raise
    return np.flatnonzero(found) if isinstance(found, np.ndarray) else found


def _slice(axis: Any, part: slice) -> slice:
    ends = [end for end in (part.start, part.stop) if end is not None]
    numbers = all(isinstance(end, int | np.integer) for end in ends)
    by_place = numbers and not axis.is_integer() and not axis.is_floating()
    if not ends or (by_place and not _has_labels(axis, ends)):
        return part
    positions: slice = axis.slice_indexer(part.start, part.stop, part.step)
    return positions


def _has_labels(axis: Any, ends: list[Any]) -> bool:
    """Whether an axis of labels of several types has these numbers among them."""
    return axis.inferred_type.startswith("mixed") and all(end in axis for end in ends)


def _several(axis: Any, part: Any, *, adds: bool) -> Any:
    import pandas as pd

    if pd.api.types.is_bool_dtype(np.asarray(part)):
        return np.flatnonzero(_aligned(axis, part))
    labels = pd.Index(list(part))
    by_place = labels.is_integer() and not axis.is_integer() and not axis.is_floating()
    if by_place and not _has_labels(axis, list(labels)):
        return np.asarray(labels)
    found = axis.get_indexer(labels) if axis.is_unique else axis.get_indexer_for(labels)
    if (found >= 0).all():
        return found
    if adds:
        raise KeyError(f"{list(labels[~labels.isin(axis)])} not in index")
    return _Missing(labels)


def _aligned(axis: Any, mask: Any) -> Any:
    """A mask in the order of an axis; one with labels goes by them."""
    indexing: Any = importlib.import_module("pandas.core.indexing")
    return indexing.check_bool_indexer(axis, mask)


def _is_list(part: Any) -> bool:
    return hasattr(part, "__iter__") and not isinstance(part, str | bytes | tuple)


def _labels(axis: Any, place: Any) -> Any:
    return axis[place] if not isinstance(place, slice) or place != slice(None) else place
