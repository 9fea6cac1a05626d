"""Reading datasets from files and writing them, in every format."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa

from studiolo.datasets.databases import is_database
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import (
    DatabaseNotDatasetError,
    DatasetFileMissingError,
    DatasetFileUnreadableError,
    DatasetFileUnwritableError,
    UnknownFormatError,
)
from studiolo.datasets.formats import (
    EXTENSIONS,
    Content,
    FileFormat,
    Target,
    format_of_name,
    module_of,
)
from studiolo.datasets.formats.opening import read_content
from studiolo.datasets.invariants import check_dataset, without_nan
from studiolo.datasets.missing_path import meant
from studiolo.datasets.reading.confined_reading import (
    is_confined,
    read_beginning,
    read_confined,
)
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.files.whole_file import replacing

__all__ = [
    "DatasetFile",
    "FileFormat",
    "check_extension",
    "format_of",
    "read_content_of",
    "read_dataset",
    "read_dataset_bytes",
    "read_first_rows",
    "write_csv",
    "write_dataset",
    "write_dataset_to",
]

#: Bytes from which it takes less to read a file's first rows than to read all of it.
_LARGE: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class DatasetFile(ReadingOptions):
    """A dataset file to be read with options, where its extension does not say enough."""

    path: Path | str

    def read(self) -> Dataset:
        """Read it; raises the errors of ``read_dataset``."""
        return read_dataset(self.path, options=self)


def format_of(path: Path | str) -> FileFormat:
    """The format of a file's extension.

    Raises:
        UnknownFormatError: The extension does not belong to a format.
        DatabaseNotDatasetError: It belongs to databases.
    """
    name = Path(path).name
    found = format_of_name(name)
    if is_database(name):
        raise DatabaseNotDatasetError(file=str(path))
    if found is None:
        raise UnknownFormatError(
            file=str(path), extension=Path(name).suffix.lower(), known=list(EXTENSIONS)
        )
    return found


def check_extension(name: str) -> None:
    """Refuse a file that belongs to no workspace: it is neither a dataset nor a database.

    Raises:
        UnknownFormatError: Its extension says so.
    """
    if not is_database(name):
        format_of(name)


def read_dataset(
    path: Path | str,
    *,
    format: FileFormat | None = None,  # noqa: A002
    options: ReadingOptions | None = None,
) -> Dataset:
    """Read a dataset file.

    Args:
        path: The file. An uncompressed Arrow file stays mapped while its dataset is in use.
        format: Its format, where the extension does not tell.
        options: What its user knows about the file.

    Raises:
        DatasetError: The file is missing, is in no known format, or does not follow its format.
    """
    chosen = format or format_of(path)
    return read_content_of(
        Content(
            data=_bytes_of(Path(path)),
            name=str(path),
            format=chosen,
            options=options or ReadingOptions(),
        )
    )


def read_first_rows(path: Path, *, name: str, rows: int) -> tuple[Dataset, int] | None:
    """Read the first rows of a dataset file, without the rest.

    The rest is not checked: it may turn out damaged, or shorter than the file says.

    Args:
        path: The file.
        name: What errors call it.
        rows: How many rows to read.

    Returns:
        These rows, and how many the file says that it has; None if only all of it can be read, or
        if that takes no longer.

    Raises:
        DatasetError: As for ``read_dataset``.
    """
    file_format = format_of(name)
    if file_format is not FileFormat.PARQUET:
        return None
    data = _bytes_of(path)
    if data.size < _LARGE:
        return None
    return read_beginning(
        Content(data=data, name=name, format=file_format, rows=(0, rows), file=path)
    )


def read_dataset_bytes(
    data: bytes | pa.Buffer,
    *,
    name: str,
    format: FileFormat | None = None,  # noqa: A002
    options: ReadingOptions | None = None,
) -> Dataset:
    """Read a dataset that is already in memory, such as an upload.

    Args:
        data: The content of a dataset file.
        name: The file's name: what errors call it, and its format where none is given.
        format: Its format, where the name does not tell.
        options: As for ``read_dataset``.

    Raises:
        DatasetError: As for ``read_dataset``.
    """
    buffer = data if isinstance(data, pa.Buffer) else pa.py_buffer(data)
    return read_content_of(
        Content(
            data=buffer,
            name=name,
            format=format or format_of(name),
            options=options or ReadingOptions(),
        )
    )


def write_dataset(
    dataset: Dataset,
    path: Path | str,
    *,
    format: FileFormat | None = None,  # noqa: A002
) -> None:
    """Write a dataset file, all of it or nothing: a failure leaves an existing file as it was.

    Raises:
        DatasetError: The extension is unknown, the format cannot hold the dataset, or the
            file cannot be written.
    """
    chosen = format or format_of(path)
    try:
        with replacing(Path(path)) as sink:
            write_dataset_to(dataset, sink, name=str(path), format=chosen)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetFileUnwritableError(file=str(path), reason=reason) from error


def write_dataset_to(
    dataset: Dataset,
    sink: BinaryIO,
    *,
    name: str,
    format: FileFormat,  # noqa: A002
) -> None:
    """Write a dataset to an open binary stream, such as the standard output.

    Args:
        dataset: What to write.
        sink: The stream; it stays open.
        name: What errors call the stream.
        format: The format to write.

    Raises:
        DatasetError: The format cannot hold the dataset.
    """
    checked = check_dataset(dataset.table, roles=dataset.roles)
    if format is not FileFormat.SVMLIGHT:  # which has NaN, and nothing else for a missing value
        checked = without_nan(checked)
    module_of(format).write(checked, Target(sink=sink, name=name, format=format))


def write_csv(table: pa.Table, sink: BinaryIO) -> None:
    """Write a table as CSV with a header to an open binary stream."""
    dataset = Dataset(table=table)
    write_dataset_to(dataset, sink, name="CSV output", format=FileFormat.CSV)


def read_content_of(content: Content) -> Dataset:
    """Read a file here or, if it can hold more than its size tells, in a process of its own.

    Raises:
        DatasetError: As for ``read_dataset``.
    """
    if is_confined(content.format, content.data.size):
        return read_confined(content)
    return read_content(content)


def _bytes_of(path: Path) -> pa.Buffer:
    """Map a file into memory; read it where it is a pipe or empty, which cannot be mapped."""
    try:
        if path.is_file() and path.stat().st_size:
            with pa.memory_map(str(path)) as file:
                return file.read_buffer()
        return pa.py_buffer(path.read_bytes())
    except FileNotFoundError as error:
        raise DatasetFileMissingError(file=str(path), hint=meant(path, _is_dataset)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetFileUnreadableError(file=str(path), reason=reason) from error


def _is_dataset(entry: Path) -> bool:
    return format_of_name(entry.name) is not None
