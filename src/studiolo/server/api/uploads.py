"""Uploads of datasets in pieces, which go on after a lost connection."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from studiolo.datasets.reading_options import ReadingOptions
from studiolo.documents.rows import RowsDocument, rows_document
from studiolo.workspace.studio.studio import Studio

#: Rows that a preview shows.
_SHOWN = 50


class NewUpload(BaseModel):
    """A file that is to be uploaded."""

    model_config = ConfigDict(extra="forbid")

    name: str
    size: Annotated[int, Field(ge=0, le=2**53)]


class FinishedUpload(BaseModel):
    """The dataset that an upload becomes."""

    model_config = ConfigDict(extra="forbid")

    #: The dataset's file name.
    name: str
    #: Whether it may take the place of a file with different content, which stays a version.
    replace: bool = False
    #: By column, `text`, `integer`, `number`, `boolean` or `timestamp`, where that is to differ
    #: from what a preview shows. The dataset is then a Parquet file, whose name the answer has.
    types: dict[str, str] = {}
    #: How the file is read; as for a preview. The dataset is then a Parquet file, too.
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None


class UploadDocument(TypedDict):
    """An upload, as far as it has come."""

    id: str
    #: Bytes that have arrived; the next piece begins here.
    offset: int


class UploadedDocument(TypedDict):
    """The dataset file that was made."""

    name: str
    bytes: int


def upload_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/uploads", tags=["uploads"])
    uploads = studio.uploads

    @routes.post("", status_code=201)
    def begin_upload(new: NewUpload) -> UploadDocument:
        """Begin an upload."""
        begun = uploads.begin(new.name, new.size)
        return {"id": begun.id, "offset": begun.offset}

    @routes.get("/{upload}")
    def get_upload(upload: str) -> UploadDocument:
        """How far an upload has come."""
        found = uploads.files.find(upload)
        return {"id": found.id, "offset": found.offset}

    @routes.patch("/{upload}")
    def append_to_upload(
        upload: str,
        piece: Annotated[bytes, Body(media_type="application/octet-stream")],
        offset: Annotated[int, Query(ge=0, le=2**53)],
    ) -> UploadDocument:
        """Add a piece of at most 64 MiB, which begins at this byte of the file."""
        found = uploads.files.add(upload, offset, piece)
        return {"id": found.id, "offset": found.offset}

    @routes.get("/{upload}/preview")
    def preview_upload(
        upload: str,
        name: str,
        encoding: str | None = None,
        delimiter: str | None = None,
        decimal: str | None = None,
        sheet: str | None = None,
    ) -> RowsDocument:
        """The first rows and the types of all columns, as the file is read with these options."""
        options = ReadingOptions(
            encoding=encoding, delimiter=delimiter, decimal=decimal, sheet=sheet
        )
        dataset = uploads.preview(upload, name, options)
        total = dataset.table.num_rows
        return rows_document(dataset.table.slice(0, _SHOWN), dataset, offset=0, total=total)

    @routes.post("/{upload}/finish", status_code=201)
    def finish_upload(upload: str, finished: FinishedUpload) -> UploadedDocument:
        """Make a dataset file of an upload."""
        options = ReadingOptions(
            encoding=finished.encoding,
            delimiter=finished.delimiter,
            decimal=finished.decimal,
            sheet=finished.sheet,
        )
        if finished.types or options.given():
            made = uploads.finish_as(
                upload, finished.name, options, finished.types, replace=finished.replace
            )
        else:
            made = uploads.finish(upload, finished.name, replace=finished.replace)
        return {"name": made.name, "bytes": made.size}

    @routes.delete("/{upload}", status_code=204)
    def discard_upload(upload: str) -> None:
        """Forget an upload."""
        uploads.files.discard(upload)

    return routes
