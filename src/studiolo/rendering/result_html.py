"""How runs and their nodes look in a notebook: HTML that holds nothing that could act.

Names, messages and values come from scripts and files. The templates escape all of it, and a
picture is shown only if its bytes are those of a PNG or a JPEG.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from studiolo.datasets.value_text import value_text
from studiolo.rendering.amounts import count_text
from studiolo.rendering.decimal_points import has_point, missing_places
from studiolo.rendering.node_row import NodeRow
from studiolo.rendering.pictures import data_url, is_inert
from studiolo.rendering.remedies import message_with_advice
from studiolo.rendering.templates import rendered
from studiolo.sandbox.exchange.job import Failure, Image
from studiolo.store.run_record import NodeState

_ROWS: Final = 10
_COLUMNS: Final = 20
_NODES: Final = 500
_LONGEST: Final = 80
_CONSOLE: Final = 4_000
#: Blanks as wide as a point and as a digit.
_POINT: Final = "\N{PUNCTUATION SPACE}"
_DIGIT: Final = "\N{FIGURE SPACE}"
_COLOURS: Final = {
    NodeState.RUNNING: "#0b7285",
    NodeState.FINISHED: "#2b8a3e",
    NodeState.KEPT: "#1864ab",
    NodeState.FAILED: "#c92a2a",
    NodeState.CANCELLED: "#e67700",
}


@dataclass(frozen=True, kw_only=True)
class _ColumnView:
    """How a column is headed and set."""

    name: str
    #: `left` or `right`.
    side: str
    #: Whether its cells may be broken into lines.
    breaks: bool


@dataclass(frozen=True, kw_only=True)
class _TableView:
    """The first rows and columns of a dataset."""

    port: str
    size: str
    columns: Sequence[_ColumnView]
    rows: Sequence[Sequence[str]]
    #: How much more there is; empty if that is all.
    left_out: str


@dataclass(frozen=True, kw_only=True)
class _ImageView:
    """A picture, or what it is if it is not shown here."""

    name: str
    media_type: str
    size: int
    url: str | None


def run_html(head: str, nodes: Sequence[NodeRow]) -> str:
    """A run: a line about it, and a table of its nodes."""
    return rendered(
        "run.html",
        head=head,
        nodes=[(row, _shortened(row.headline, 2 * _LONGEST)) for row in nodes[:_NODES]],
        more=max(len(nodes) - _NODES, 0),
        colours=_COLOURS,
    )


def node_html(
    row: NodeRow,
    *,
    failure: Failure | None,
    console: str,
    tables: Mapping[str, pa.Table],
    images: Sequence[Image],
    others: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> str:
    """A node, or a script alone: how it ended, its results (the first rows), console and images.

    Args:
        row: The node.
        failure: Why it failed.
        console: What it printed.
        tables: Its datasets, by output port.
        images: What it drew.
        others: The output ports that hold something else.
        notes: What a person should know that is not an error.
    """
    said = "" if row.state is NodeState.FINISHED else row.said
    return rendered(
        "node.html",
        row=row,
        notes=notes,
        message=said if failure is None else message_with_advice(failure),
        traceback="" if failure is None else _end(failure.traceback),
        tables=[_table(port, table) for port, table in tables.items()],
        others=others,
        console=_end(console),
        images=[_image(image) for image in images],
        colours=_COLOURS,
    )


def image_html(image: Image) -> str:
    """A picture; or its name, if it is neither a PNG nor a JPEG."""
    return rendered("image.html", image=_image(image))


def message_html(message: str) -> str:
    """A sentence in place of what can't be shown."""
    return rendered("message.html", message=message)


def _table(port: str, table: pa.Table) -> _TableView:
    shown = table.select(range(min(_COLUMNS, table.num_columns))).slice(0, _ROWS)
    return _TableView(
        port=port,
        size=f"{count_text(table.num_rows, 'row')}, {count_text(table.num_columns, 'column')}",
        columns=[_column(field) for field in shown.schema],
        rows=list(zip(*map(_cells, shown.columns), strict=True)),
        left_out=", ".join(_left_out(table)),
    )


def _cells(column: "pa.ChunkedArray[Any]") -> Sequence[str]:
    cells = [_cell(value_text(value, characters=_LONGEST + 1) or "") for value in column]
    if not pa.types.is_floating(column.type):
        return cells
    return [
        f"{said}{_blank(places, point=not has_point(said))}"
        for said, places in zip(cells, missing_places(cells), strict=True)
    ]


def _blank(places: int, *, point: bool) -> str:
    """Blanks as wide as so many digits, or as a decimal point and digits."""
    return f"{_POINT}{_DIGIT * (places - 1)}" if places and point else _DIGIT * places


def _column(field: "pa.Field[Any]") -> _ColumnView:
    kind = field.type
    number = pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    return _ColumnView(
        name=_cell(field.name),
        side="right" if number else "left",
        breaks=not (number or pa.types.is_temporal(kind)),
    )


def _left_out(table: pa.Table) -> Iterator[str]:
    for number, noun in ((table.num_rows - _ROWS, "row"), (table.num_columns - _COLUMNS, "column")):
        if number > 0:
            yield f"{count_text(number, noun)} more"


def _image(image: Image) -> _ImageView:
    return _ImageView(
        name=image.name,
        media_type=image.media_type,
        size=len(image.content),
        url=data_url(image) if is_inert(image) else None,
    )


def _end(text: str) -> str:
    """The end of a long text, which says most."""
    return text if len(text) <= _CONSOLE else f"…\n{text[-_CONSOLE:]}"


def _cell(text: str) -> str:
    return _shortened(text, _LONGEST)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
