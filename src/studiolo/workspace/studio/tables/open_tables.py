"""Datasets that users look at: kept open, so that each further page of rows costs little."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import DatasetError
from studiolo.datasets.profile import DatasetProfile, profile_dataset
from studiolo.workspace.studio.errors import RowFilterError
from studiolo.workspace.studio.tables.row_filters import RowFilter, matching
from studiolo.workspace.workspace import Workspace

_Made = TypeVar("_Made")
#: Bytes of datasets that are kept open together; the one that is asked for always is.
_KEPT: Final = 1 << 30
#: Orders of rows that are remembered for a dataset.
_ORDERS: Final = 4
#: Rows from the beginning of a file that are there before the rest of it has been read.
_FIRST_ROWS: Final = 200


@dataclass(frozen=True, kw_only=True)
class RowOrder:
    """Which rows of a dataset are shown, and in which order."""

    #: The column to sort by; None: as they are.
    sort: str | None = None
    descending: bool = False
    filters: tuple[RowFilter, ...] = ()

    @property
    def is_that_of_the_file(self) -> bool:
        """Whether all rows are shown as they are."""
        return self.sort is None and not self.filters


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Some rows of a dataset."""

    table: pa.Table
    #: How many rows there are in all, with these filters.
    total: int


class OpenTable:
    """A dataset that is open."""

    def __init__(self, dataset: Dataset, total: int | None = None) -> None:
        """Open it.

        Args:
            dataset: The dataset, or its first rows.
            total: How many rows there are in all, if these are the first of them.
        """
        self.dataset = dataset
        self._total = dataset.table.num_rows if total is None else total
        self._lock = threading.Lock()
        self._orders: OrderedDict[RowOrder, np.ndarray[Any, np.dtype[np.int64]]] = OrderedDict()
        self._profiles: dict[int, DatasetProfile] = {}

    def rows(
        self, offset: int, limit: int, order: RowOrder, columns: Sequence[str] | None = None
    ) -> Rows:
        """Some of its rows.

        Raises:
            RowFilterError: There is no such column, or it can't be compared with such a value.
        """
        table = self.dataset.table
        for name in [*(columns or ()), *([] if order.sort is None else [order.sort])]:
            self._column(name)
        chosen = table if columns is None else table.select(list(columns))
        if order.is_that_of_the_file:
            return Rows(table=chosen.slice(offset, limit), total=self._total)
        indices = self._indices(order)
        page = chosen.take(indices[offset : offset + limit])
        return Rows(table=page, total=len(indices))

    def chosen(self, order: RowOrder) -> Dataset:
        """All rows that an order has, as a dataset.

        Raises:
            RowFilterError: As for `rows`.
        """
        if order == RowOrder():
            return self.dataset
        rows = self.rows(0, self.dataset.table.num_rows, order)
        return replace(self.dataset, table=rows.table)

    def profile(self, bins: int) -> DatasetProfile:
        """Its profile, computed once."""
        with self._lock:
            if bins not in self._profiles:
                self._profiles[bins] = profile_dataset(self.dataset, bins=bins)
            return self._profiles[bins]

    def _indices(self, order: RowOrder) -> np.ndarray[Any, np.dtype[np.int64]]:
        with self._lock:
            if order in self._orders:
                self._orders.move_to_end(order)
                return self._orders[order]
            indices = self._found(order)
            self._orders[order] = indices
            while len(self._orders) > _ORDERS:
                self._orders.popitem(last=False)
            return indices

    def _found(self, order: RowOrder) -> np.ndarray[Any, np.dtype[np.int64]]:
        keep = None
        for one in order.filters:
            found = matching(self._column(one.column), one)
            keep = found if keep is None else pc.and_(keep, found)
        rows = self.dataset.table.num_rows
        if order.sort is None:
            indices = np.arange(rows, dtype=np.int64)
        else:
            column = pa.Table.from_arrays([_sortable(self._column(order.sort))], names=["key"])
            keys: Any = [("key", "descending" if order.descending else "ascending")]
            found = pc.sort_indices(column, sort_keys=keys)
            indices = np.asarray(found).astype(np.int64)
        if keep is None:
            return indices
        mask = np.asarray(pc.fill_null(keep, False))  # as pyarrow has it
        kept: np.ndarray[Any, np.dtype[np.int64]] = indices[mask[indices]]
        return kept

    def _column(self, name: str) -> "pa.ChunkedArray[Any]":
        if name not in self.dataset.table.column_names:
            raise RowFilterError(reason=f'there is no column "{name[:100]}"')
        return self.dataset.table.column(name)


class OpenTables:
    """The datasets that users look at. For any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._open: OrderedDict[Hashable, OpenTable] = OrderedDict()
        #: Files that are being read, by name and stamp.
        self._begun: dict[Hashable, _Begun] = {}

    def output(self, run: str, node: str, port: str) -> OpenTable:
        """The dataset at an output of a node of a run.

        Raises:
            RunUnknownError, NodeUnknownError, OutputMissingError: There is none.
            BlobMissingError, BlobRottenError: It is not what was kept.
        """
        result = self._workspace.result(run)
        found = result[node]
        digest = found.record.recipe_digest
        return self._opened((digest or result.id, node, port), lambda: found.dataset(port))

    def dataset(self, name: str, version: int | None) -> OpenTable:
        """The dataset in a file of the workspace.

        Raises:
            DatasetError: It can't be read.
        """
        if version is None:
            with self._lock:
                begun = self._begun.get((name, self._workspace.datasets.stamp(name)))
            if begun is not None:
                return begun.whole.result()
        return self._read(name, version)

    def some_rows(
        self, name: str, version: int | None, offset: int, limit: int, order: RowOrder
    ) -> OpenTable:
        """The dataset in a file of the workspace, or its first rows if these are all that is asked.

        A large file may then still be read: a request for other rows waits for that.

        Raises:
            DatasetError: It can't be read.
        """
        enough = offset + limit <= _FIRST_ROWS and order.is_that_of_the_file
        if version is not None or not enough or self._is_open(name):
            return self.dataset(name, version)
        key = name, self._workspace.datasets.stamp(name)
        with self._lock:
            begun, is_new = self._begun.get(key), key not in self._begun
            if begun is None:
                begun = self._begun[key] = _Begun()
        if is_new:
            _settle(begun.first, lambda: self._first_rows(name))
            # Only now: at the same time, the first rows would take several times as long.
            threading.Thread(target=self._read_whole, args=(key, name, begun), daemon=True).start()
        return begun.first.result() or begun.whole.result()

    def _is_open(self, name: str) -> bool:
        """Whether the content of a file as it is now is open; False if that is not known yet."""
        content = self._workspace.datasets.met_on_disk(name)
        with self._lock:
            return (name, content) in self._open

    def _first_rows(self, name: str) -> OpenTable | None:
        try:
            found = self._workspace.datasets.first_rows(name, _FIRST_ROWS)
        except DatasetError:  # which the reading of the whole file reports, if it meets it
            return None
        return None if found is None else OpenTable(*found)

    def _read_whole(self, key: Hashable, name: str, begun: "_Begun") -> None:
        _settle(begun.whole, lambda: self._read(name, None))
        with self._lock:
            del self._begun[key]

    def _read(self, name: str, version: int | None) -> OpenTable:
        datasets = self._workspace.datasets
        meant = datasets.version(name, version)
        return self._opened((name, meant.digest), lambda: datasets.dataset(meant))

    def _opened(self, key: Hashable, load: Callable[[], Dataset]) -> OpenTable:
        with self._lock:
            found = self._open.get(key)
            if found is not None:
                self._open.move_to_end(key)
                return found
        with self._workspace.runs.in_use():
            made = OpenTable(load())
        with self._lock:
            self._open[key] = made
            sizes = [one.dataset.table.nbytes for one in self._open.values()]
            while len(self._open) > 1 and sum(sizes) > _KEPT:
                self._open.popitem(last=False)
                sizes.pop(0)
        return made


class _Begun:
    """A file that is being read."""

    def __init__(self) -> None:
        #: None if only all of it can be read.
        self.first: Future[OpenTable | None] = Future()
        self.whole: Future[OpenTable] = Future()


def _settle(future: Future[_Made], make: Callable[[], _Made]) -> None:
    """Give the threads that wait for a future what is made, or the error that is raised."""
    try:
        future.set_result(make())
    except BaseException as error:  # noqa: BLE001  # raised where it is waited for
        future.set_exception(error)


def _sortable(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """The values of categories in their place, which Arrow can compare."""
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    return column
