"""A dataset as runs hand it on: whole columns, each in one sealed memory file or another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import pyarrow as pa

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.sandbox.exchange.memory_file import MemoryFile

#: A process gets at most this many files for one dataset; descriptors are limited.
MOST_FILES = 32


@dataclass(frozen=True, kw_only=True)
class ColumnPlace:
    """The place of a dataset's column."""

    name: str
    #: Which of the dataset's files.
    file: int
    #: Which column of that file; its name there may differ.
    column: int


@dataclass(frozen=True, kw_only=True, eq=False)
class SealedTable:
    """A dataset that can't be changed, in memory that any run can map.

    A module that adds one column to a wide dataset writes only that column: the others stay where
    they are, and the next module maps both files.
    """

    files: Sequence[MemoryFile]
    places: Sequence[ColumnPlace]
    #: The same columns as a table over the files' memory; checked, as everything here.
    table: pa.Table
    roles: Mapping[str, ColumnRole] = field(default_factory=dict)

    @classmethod
    def of_file(cls, file: MemoryFile) -> Self:
        """The dataset that the file was made of."""
        if file.table is None:
            raise ValueError("the file was not made of a table")
        names = file.table.column_names
        places = [ColumnPlace(name=name, file=0, column=n) for n, name in enumerate(names)]
        return cls(files=[file], places=places, table=file.table)

    @classmethod
    def of_dataset(cls, dataset: Dataset, name: str = "dataset") -> Self:
        """A copy of a dataset in a file of its own."""
        sealed = cls.of_file(MemoryFile.of_table(dataset.table, name))
        return cls(
            files=sealed.files, places=sealed.places, table=sealed.table, roles=dict(dataset.roles)
        )

    @classmethod
    def of_columns(
        cls,
        table: pa.Table,
        homes: Sequence[tuple[MemoryFile, int]],
        roles: Mapping[str, ColumnRole],
    ) -> Self:
        """The columns of ``table``, each of which is in the file and column given for it.

        Where that would be too many files, they are copied into one.
        """
        files = list({id(file): file for file, _ in homes}.values())
        if len(files) > MOST_FILES or not files:
            return cls.of_dataset(Dataset(table=table, roles=roles))
        numbers = {id(file): number for number, file in enumerate(files)}
        places = [
            ColumnPlace(name=name, file=numbers[id(file)], column=column)
            for name, (file, column) in zip(table.column_names, homes, strict=True)
        ]
        return cls(files=files, places=places, table=table, roles=dict(roles))

    @property
    def dataset(self) -> Dataset:
        """The same as a dataset."""
        return Dataset(table=self.table, roles=self.roles)

    @property
    def is_one_file(self) -> bool:
        """Whether it is all columns of its one file, as they are there."""
        if len(self.files) != 1 or self.files[0].table is None:
            return False
        whole = enumerate(self.files[0].table.column_names)
        return [(p.column, p.name) for p in self.places] == list(whole)

    def home(self, column: int) -> tuple[MemoryFile, int]:
        """The file that a column is in, and where in it."""
        place = self.places[column]
        return self.files[place.file], place.column
