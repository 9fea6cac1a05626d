"""The leavings of a node of a run: its console, its failure, its pictures, and its outputs."""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse
from typing_extensions import TypedDict

from studiolo.datasets.profile import ProfileDocument, profile_document
from studiolo.datasets.reading.files import FileFormat, write_dataset_to
from studiolo.documents.column import ColumnDocument
from studiolo.documents.node import NodeDocument, node_document
from studiolo.documents.rows import RowsDocument, columns_document, rows_document
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortKind
from studiolo.workspace.studio.errors import ImageUnknownError
from studiolo.workspace.studio.studio import Studio
from studiolo.workspace.studio.tables.open_tables import OpenTable, RowOrder
from studiolo.workspace.studio.tables.row_filters import RowFilter

ARROW: Final = "application/vnd.apache.arrow.stream"
#: Rows of a page as JSON, and as Arrow.
_MOST_ROWS: Final = 1_000
_MOST_ARROW_ROWS: Final = 20_000
_FILTER: Final = re.compile(
    r"(?P<operator>eq|ne|lt|le|gt|ge|contains|missing|present):(?P<rest>.*)", re.DOTALL
)
#: A picture does not change.
_PICTURE: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
_EXTENSIONS: Final[Mapping[str, tuple[FileFormat, str]]] = {
    "csv": (FileFormat.CSV, "csv"),
    "tsv": (FileFormat.TSV, "tsv"),
    "parquet": (FileFormat.PARQUET, "parquet"),
    "arrow": (FileFormat.ARROW, "arrow"),
    "feather": (FileFormat.FEATHER, "feather"),
    "json-lines": (FileFormat.JSON_LINES, "jsonl"),
    "excel": (FileFormat.EXCEL, "xlsx"),
    "arff": (FileFormat.ARFF, "arff"),
    "svmlight": (FileFormat.SVMLIGHT, "svmlight"),
}


class ConsoleDocument(TypedDict):
    """A part of a node's console."""

    #: In characters, from 0.
    offset: int
    #: Characters in all.
    total: int
    text: str


class SaveOutput(BaseModel):
    """The kind and the name that an output is kept under."""

    model_config = ConfigDict(extra="forbid")

    #: The file of a dataset, whose extension says the format; or the name of a model or transform.
    name: str
    kind: Literal["dataset", "model", "transform"]
    #: Whether a dataset may take the place of a file with different content.
    replace: bool = False


class SavedOutputDocument(TypedDict):
    """The output that was kept."""

    #: What it is called.
    saved: str


class OutputDocument(TypedDict):
    """A dataset at an output."""

    rows: int
    bytes: int
    columns: Sequence[ColumnDocument]


Offset = Annotated[int, Query(ge=0, le=2**53)]
Limit = Annotated[int, Query(ge=1, le=_MOST_ARROW_ROWS)]
_Filters = Annotated[
    list[str],
    Query(
        max_length=20,
        description="Each `operator:column:value`, such as `ge:age:30`. Operators: eq, ne, lt, le, "
        "gt, ge, contains, missing, present. In the column's name, a colon is written `%3A`, and "
        "a percent sign `%25`.",
    ),
]


# A coroutine: FastAPI would call a function in a different thread.
async def _order(
    sort: str | None = None,
    descending: bool = False,
    filter: _Filters = [],  # noqa: A002, B006  # the name in the address; never changed
) -> RowOrder:
    filters = tuple(_filter(text) for text in filter)
    return RowOrder(sort=sort, descending=descending, filters=filters)


#: The order and the filters that a query asks for.
Order = Annotated[RowOrder, Depends(_order)]
Columns = Annotated[list[str] | None, Query(max_length=5_000)]
ROWS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": RowsDocument,
        "content": {ARROW: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def output_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/runs/{run}/nodes/{node}", tags=["outputs"])
    _add_device_routes(routes, studio)
    _add_output_routes(routes, studio)
    _add_saving_route(routes, studio)
    return routes


def _add_device_routes(routes: APIRouter, studio: Studio) -> None:
    @routes.get("")
    def get_node(run: str, node: str) -> NodeDocument:
        """A node of a run, without its console and the content of its outputs."""
        seen = studio.workspace.runs.look(run)
        studio.workspace.result(run)[node]
        return node_document(seen.run.nodes[NodeName(node)], seen.provenance, variables=True)

    @routes.get("/console")
    def get_console(
        run: str,
        node: str,
        offset: Offset = 0,
        limit: Annotated[int, Query(ge=1, le=1_000_000)] = 100_000,
    ) -> ConsoleDocument:
        """A part of a node's console."""
        console = studio.workspace.result(run)[node].console
        text = console[offset : offset + limit]
        return {"offset": offset, "total": len(console), "text": text}

    @routes.get("/console/download", response_class=Response)
    def download_console(run: str, node: str) -> Response:
        """All that is kept of a node's console, as a file of text."""
        console = studio.workspace.result(run)[node].console
        return _to_be_saved(console.encode("utf-8", "replace"), f"{node}-console.txt")

    @routes.get(
        "/images/{number}",
        response_class=Response,
        responses={200: {"content": {"image/png": {}, "image/svg+xml": {}}}},
    )
    def get_image(run: str, node: str, number: int) -> Response:
        """A picture that the node drew; the first is number 0."""
        images = studio.workspace.result(run)[node].images
        if not 0 <= number < len(images):
            raise ImageUnknownError(node=node, number=number)
        image = images[number]
        return Response(image.content, media_type=image.media_type, headers=_PICTURE)


def _add_output_routes(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/outputs/{port}")
    def get_output(run: str, node: str, port: str) -> OutputDocument:
        """The size and the columns of a dataset at an output."""
        return output_document(studio.tables.output(run, node, port))

    @routes.get("/outputs/{port}/profile")
    def get_profile(
        run: str, node: str, port: str, bins: Annotated[int, Query(ge=2, le=100)] = 10
    ) -> ProfileDocument:
        """The statistics of each column, with a histogram or the most frequent values."""
        return profile_document(studio.tables.output(run, node, port).profile(bins))

    @routes.get("/outputs/{port}/rows", response_model=RowsDocument, responses=ROWS)
    def get_rows(
        request: Request,
        run: str,
        node: str,
        port: str,
        order: Order,
        offset: Offset = 0,
        limit: Limit = 100,
        columns: Columns = None,
    ) -> Any:
        """Some rows, as JSON, or as an Arrow stream for those who accept that."""
        table = studio.tables.output(run, node, port)
        return rows_answer(request, table, offset, limit, order, columns)

    @routes.get("/outputs/{port}/download", response_class=Response)
    def download(
        run: str,
        node: str,
        port: str,
        order: Order,
        format: str = "csv",  # noqa: A002
    ) -> Response:
        """The dataset, or those of its rows that are asked for, as a file.

        The formats are csv, tsv, parquet, arrow, feather, json-lines, excel, arff and svmlight.
        """
        return download_answer(studio.tables.output(run, node, port), node, format, order)


def _add_saving_route(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/outputs/{port}/save", status_code=201)
    def save_output(run: str, node: str, port: str, save: SaveOutput) -> SavedOutputDocument:
        """Keep an output as a dataset file, a saved model or a saved transform."""
        kind = PortKind(save.kind)
        saved = studio.save_output(run, node, port, save.name, kind, replace=save.replace)
        return {"saved": saved}


def output_document(table: OpenTable) -> OutputDocument:
    """The document of a dataset that is open."""
    dataset = table.dataset
    return {
        "rows": dataset.table.num_rows,
        "bytes": dataset.table.nbytes,
        "columns": columns_document(dataset),
    }


def rows_answer(
    request: Request,
    table: OpenTable,
    offset: int,
    limit: int,
    order: RowOrder,
    columns: Sequence[str] | None,
) -> Any:
    """Some rows of a dataset, in the form that the request accepts."""
    if ARROW in request.headers.get("accept", ""):
        found = table.rows(offset, limit, order, columns)
        headers = {"X-Studiolo-Rows": str(found.total)}
        return Response(_arrow(found.table), media_type=ARROW, headers=headers)
    found = table.rows(offset, min(limit, _MOST_ROWS), order, columns)
    document = rows_document(found.table, table.dataset, offset=offset, total=found.total)
    # Without FastAPI's check of each cell, which takes longer than finding them.
    return JSONResponse(document)


def download_answer(table: OpenTable, name: str, format_name: str, order: RowOrder) -> Response:
    """A dataset as a file to be saved, whose name says whether it has only some of the rows."""
    chosen, extension = _EXTENSIONS.get(format_name, _EXTENSIONS["csv"])
    sink = BytesIO()
    if order.filters:
        name += "-filtered"
    write_dataset_to(table.chosen(order), sink, name=name, format=chosen)
    return _to_be_saved(sink.getvalue(), f"{name}.{extension}")


def _to_be_saved(content: bytes, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": disposition},
    )


def _filter(text: str) -> RowFilter:
    found = _FILTER.fullmatch(text)
    if found is None:
        return RowFilter(column=text, operator="eq")
    column, _, value = found["rest"].partition(":")
    name = column.replace("%3A", ":").replace("%25", "%")
    return RowFilter(column=name, operator=found["operator"], value=value)


def _arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    content: bytes = sink.getvalue().to_pybytes()
    return content
