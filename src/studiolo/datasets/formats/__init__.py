"""The file formats of datasets, one module each, and the table that finds the module.

A module of a format is loaded when its first file is read or written, by name, from the table
below. Loading all of them would make every start of the terminal pay for Excel and Parquet.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading_options import ReadingOptions


class FileFormat(StrEnum):
    """A way to keep a dataset in a file."""

    CSV = "csv"
    CSV_NO_HEADER = "csv-no-header"
    TSV = "tsv"
    TSV_NO_HEADER = "tsv-no-header"
    PLAIN_TEXT = "plain-text"
    ARFF = "arff"
    SVMLIGHT = "svmlight"
    PARQUET = "parquet"
    ARROW = "arrow"
    FEATHER = "feather"
    JSON_LINES = "json-lines"
    EXCEL = "excel"
    ZIP = "zip"
    GZIP = "gzip"


@dataclass(frozen=True, kw_only=True)
class Content:
    """The bytes of one dataset file, and what to call it."""

    #: All bytes of the file; a mapped file where it came from disk.
    data: pa.Buffer
    #: What errors call the file.
    name: str
    #: The format to read it in; a module may serve several.
    format: FileFormat
    #: What a person says about it.
    options: ReadingOptions = field(default_factory=ReadingOptions)
    #: The rows to read, from the first to the one before the last; all if not given. Only Parquet
    #: and Arrow can tell before they are read.
    rows: tuple[int, int] | None = None
    #: The file that `data` maps, if a process of its own may read it in its place.
    file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a dataset is written to."""

    #: Receives the bytes; owned by the caller, who closes it.
    sink: BinaryIO
    #: What errors call the file.
    name: str
    #: The format to write it in; a module may serve several.
    format: FileFormat


class FormatModule(Protocol):
    """The interface of every module of a format."""

    def read(self, content: Content) -> Dataset:
        """Read the dataset that a file holds."""

    def write(self, dataset: Dataset, target: Target) -> None:
        """Write a dataset, or say what of it the format cannot hold."""


#: Extensions of each format; a longer one wins over the shorter one it ends in.
EXTENSIONS = {
    ".nh.csv": FileFormat.CSV_NO_HEADER,
    ".csv": FileFormat.CSV,
    ".nh.tsv": FileFormat.TSV_NO_HEADER,
    ".tsv": FileFormat.TSV,
    ".txt": FileFormat.PLAIN_TEXT,
    ".arff": FileFormat.ARFF,
    ".svmlight": FileFormat.SVMLIGHT,
    ".svm": FileFormat.SVMLIGHT,
    ".parquet": FileFormat.PARQUET,
    ".arrow": FileFormat.ARROW,
    ".ipc": FileFormat.ARROW,
    ".feather": FileFormat.FEATHER,
    ".jsonl": FileFormat.JSON_LINES,
    ".ndjson": FileFormat.JSON_LINES,
    ".xlsx": FileFormat.EXCEL,
    ".zip": FileFormat.ZIP,
    ".gz": FileFormat.GZIP,
}

_MODULES = {
    FileFormat.CSV: "delimited",
    FileFormat.CSV_NO_HEADER: "delimited",
    FileFormat.TSV: "delimited",
    FileFormat.TSV_NO_HEADER: "delimited",
    FileFormat.PLAIN_TEXT: "plain_text",
    FileFormat.ARFF: "arff",
    FileFormat.SVMLIGHT: "svmlight",
    FileFormat.PARQUET: "parquet",
    FileFormat.ARROW: "arrow_ipc",
    FileFormat.FEATHER: "arrow_ipc",
    FileFormat.JSON_LINES: "json_lines",
    FileFormat.EXCEL: "excel",
    FileFormat.ZIP: "zip_archive",
    FileFormat.GZIP: "gzip_archive",
}


def module_of(file_format: FileFormat) -> FormatModule:
    """Load the module that reads and writes a format."""
    module = import_module(f"{__name__}.{_MODULES[file_format]}")
    return cast("FormatModule", module)


def format_of_name(name: str) -> FileFormat | None:
    """The format that a file's extension stands for, if it stands for one."""
    lower = name.lower()
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if lower.endswith(extension) and len(lower) > len(extension):
            return EXTENSIONS[extension]
    return None
