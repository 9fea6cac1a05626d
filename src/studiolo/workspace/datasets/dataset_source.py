"""Datasets as they are given in Python: a file of the workspace, or what becomes one."""

import io
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Union

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import EXTENSIONS, format_of_name
from studiolo.datasets.invariants import check_dataset
from studiolo.datasets.reading.files import format_of, write_dataset_to
from studiolo.runs.errors import DatasetUnsuitableError
from studiolo.workspace.errors import NameNotGivenError

if TYPE_CHECKING:
    import pandas as pd

DatasetSource = Union[str, Path, Dataset, pa.Table, "pd.DataFrame"]
#: Holds everything that a dataset can hold.
_FORMAT = ".parquet"


def file_name(source: DatasetSource, name: str | None) -> str:
    """The file of the workspace that a source is, or is to be written to.

    Raises:
        NameNotGivenError: It is not a file, and has no name for one.
    """
    if isinstance(source, str | Path):
        return Path(source).as_posix()
    if not name:
        raise NameNotGivenError(what=f"A {type(source).__name__}", example="cities")
    return name if format_of_name(name) is not None else f"{name}{_FORMAT}"


def node_name(file: str) -> str:
    """The default name of a node that holds a file."""
    name = PurePosixPath(file).name
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if name.lower().endswith(extension) and len(name) > len(extension):
            name = name[: -len(extension)]
            break
    # A dot separates a node from its port.
    return name.strip().replace(".", "-")


def file_content(source: DatasetSource, file: str) -> memoryview:
    """The bytes of a dataset file for what is not in a file yet.

    Raises:
        DatasetUnsuitableError: It is not a dataset.
        DatasetError: It can't be one, or the file's format can't hold it.
    """
    sink = io.BytesIO()
    write_dataset_to(_dataset(source), sink, name=file, format=format_of(file))
    return sink.getbuffer()


def _dataset(source: DatasetSource) -> Dataset:
    if isinstance(source, Dataset):
        return check_dataset(source.table, roles=source.roles)
    if isinstance(source, pa.Table):
        return check_dataset(source)
    # A caller that has a frame has imported pandas already.
    from studiolo.runs import frames  # noqa: PLC0415

    if frames.is_frame(source):
        return check_dataset(frames.table_of(source, log=lambda _: None))
    raise DatasetUnsuitableError(port="The dataset", found=f"a {type(source).__name__}")
