"""Uploads that arrive in pieces, over a connection that may be lost in between."""

import io
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading.files import (
    FileFormat,
    check_extension,
    read_dataset_bytes,
    write_dataset_to,
)
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.workspace.datasets.uploads import UploadedDataset
from studiolo.workspace.partial_files import PartialFiles, PartialUpload
from studiolo.workspace.studio.errors import ColumnConversionError
from studiolo.workspace.workspace import Workspace

#: Bytes of an upload.
LARGEST: Final = 16 << 30
#: The types that a column can be given.
_TYPES: Final[Mapping[str, pa.DataType]] = {
    "text": pa.large_string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}


class PartialUploads:
    """The uploads that become dataset files, or the inputs of batch jobs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.files = PartialFiles(workspace.server_folder / "uploads", largest=LARGEST)

    def begin(self, name: str, size: int) -> PartialUpload:
        """Begin an upload of a file.

        Raises:
            UnknownFormatError: The file's name does not end as that of a dataset or database.
            UploadTooLargeError: It is too large.
            WorkspaceUnwritableError: It can't be kept.
        """
        check_extension(name)
        return self.files.begin(name, size)

    def preview(self, upload: str, name: str, options: ReadingOptions) -> Dataset:
        """The dataset that an upload will be, as it is read with these options.

        Raises:
            UploadUnknownError: There is no such upload.
            DatasetError: It can't be read.
        """
        path = self.files.path(upload)
        if not path.stat().st_size:
            return read_dataset_bytes(b"", name=name, options=options)
        with pa.memory_map(str(path)) as mapped:
            return read_dataset_bytes(mapped.read_buffer(), name=name, options=options)

    def finish(self, upload: str, name: str, *, replace: bool) -> UploadedDataset:
        """Make a dataset file of an upload; see `Workspace.upload`."""
        path = self.files.path(upload)
        with path.open("rb") as file:
            made = self._workspace.upload(name, file, replace=replace, limit=LARGEST)
        path.unlink(missing_ok=True)
        return made

    def finish_as(
        self,
        upload: str,
        name: str,
        options: ReadingOptions,
        types: Mapping[str, str],
        *,
        replace: bool,
    ) -> UploadedDataset:
        """Make a dataset file of an upload whose columns get other types than were guessed.

        It is a Parquet file, which keeps types; the name gets that extension.

        Args:
            upload: The upload.
            name: The name of the file that was uploaded.
            options: How it is read.
            types: By column, `text`, `integer`, `number`, `boolean` or `timestamp`.
            replace: As for `finish`.

        Raises:
            DatasetError: The file can't be read.
            ColumnConversionError: There is no such column, or a value can't be of the type.
        """
        dataset = _with_types(self.preview(upload, name, options), types)
        sink = io.BytesIO()
        stored = f"{name.removesuffix('.gz').rpartition('.')[0]}.parquet"
        write_dataset_to(dataset, sink, name=stored, format=FileFormat.PARQUET)
        made = self._workspace.upload(stored, sink.getvalue(), replace=replace)
        self.files.path(upload).unlink(missing_ok=True)
        return made


def _with_types(dataset: Dataset, types: Mapping[str, str]) -> Dataset:
    table = dataset.table
    for name, wanted in types.items():
        if name not in table.column_names or wanted not in _TYPES:
            reason = f"there is no such column, or the type is none of {', '.join(_TYPES)}"
            raise ColumnConversionError(column=name, wanted=wanted, reason=reason)
        place = table.column_names.index(name)
        column: Any = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        try:
            table = table.set_column(place, name, column.cast(_TYPES[wanted]))
        except pa.ArrowException as error:
            raise ColumnConversionError(column=name, wanted=wanted, reason=str(error)) from error
    return Dataset(table=table, roles=dataset.roles)
