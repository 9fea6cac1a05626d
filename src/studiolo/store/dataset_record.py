"""A version of a dataset file, as it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from studiolo.store.identity import BlobDigest


@dataclass(frozen=True, kw_only=True)
class RecordedColumn:
    """A column of a dataset."""

    name: str
    #: As Arrow writes it: "int64", "string".
    type: str
    #: "feature", "label", "score" or "weight".
    role: str


@dataclass(frozen=True, kw_only=True)
class SeenDataset:
    """A file of the workspace's `datasets` folder, as it is at this moment."""

    #: Its file name: "pima-indians-diabetes.csv".
    name: str
    #: The SHA-256 of its bytes.
    content: BlobDigest
    #: Its size in bytes.
    bytes: int
    #: Its format: "csv".
    format: str
    #: When it was last changed, in nanoseconds, as its file system says.
    mtime_ns: int
    columns: Sequence[RecordedColumn]
    rows: int


@dataclass(frozen=True, kw_only=True)
class DatasetVersion(SeenDataset):
    """The record of a dataset file with this content."""

    #: From 1, by the order in which contents were first seen.
    version: int
    #: When it was first seen.
    created_at: datetime
