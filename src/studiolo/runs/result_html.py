"""How runs and their nodes look in a notebook: HTML that holds nothing that could act.

Names, messages and values come from scripts and files. All of it is escaped here, and a picture
is shown only if its bytes are those of a PNG or a JPEG: an SVG could hold a script.
"""

import base64
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from studiolo.datasets.value_text import value_text
from studiolo.runs.remedies import message_with_advice
from studiolo.sandbox.job import Failure, Image
from studiolo.store.run_record import NodeState

_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_ROWS = 10
_COLUMNS = 20
_NODES = 500
_LONGEST = 80
_CONSOLE = 4_000
_COLOURS = {
    NodeState.RUNNING: "#0b7285",
    NodeState.FINISHED: "#2b8a3e",
    NodeState.KEPT: "#1864ab",
    NodeState.FAILED: "#c92a2a",
    NodeState.CANCELLED: "#e67700",
}
_LEFT = ' style="text-align: left"'


@dataclass(frozen=True, kw_only=True)
class NodeRow:
    """A node of a run, as a line of a table."""

    node: str
    state: NodeState
    rows: int | None = None
    seconds: float | None = None
    #: A sentence: why it failed, or why it ran or did not.
    said: str = ""


def run_html(head: str, nodes: Sequence[NodeRow]) -> str:
    """A run: a line about it, and a table of its nodes."""
    body = "".join(
        f"<tr><td{_LEFT}>{html.escape(row.node)}</td><td{_LEFT}>{_state(row.state)}</td>"
        f"<td>{'' if row.rows is None else f'{row.rows:,}'}</td><td>{seconds_text(row)}</td>"
        f"<td{_LEFT}>{html.escape(_shortened(first_line(row.said), 2 * _LONGEST))}</td></tr>"
        for row in nodes[:_NODES]
    )
    heads = "".join(
        f"<th{_LEFT if name in {'node', 'state', ''} else ''}>{name}</th>"
        for name in ("node", "state", "rows", "time", "")
    )
    more = f"<p>… and {len(nodes) - _NODES:,} nodes more.</p>" if len(nodes) > _NODES else ""
    return (
        f"<div><p>{html.escape(head)}</p><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table>{more}</div>"
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
    """A node, or a script alone: how it ended, what it gave (the first rows), printed and drew.

    Args:
        row: The node.
        failure: Why it failed.
        console: What it printed.
        tables: Its datasets, by output port.
        images: What it drew.
        others: The output ports that hold something else.
        notes: What a person should know that is no error.
    """
    parts = [f"<p><b>{html.escape(row.node)}</b> · {_state(row.state)}{_cost(row)}</p>"]
    parts += (f"<p>note: {html.escape(note)}</p>" for note in notes)
    if failure is not None:
        parts.append(f"<p>{html.escape(message_with_advice(failure))}</p>")
        if failure.traceback:
            parts.append(_pre(failure.traceback))
    elif row.said and row.state is not NodeState.FINISHED:
        parts.append(f"<p>{html.escape(row.said)}</p>")
    for port, table in tables.items():
        parts += table_html(port, table)
    if others:
        parts.append(f"<p>Also at {html.escape(', '.join(others))}: no table.</p>")
    if console:
        parts.append(_pre(console))
    parts += map(image_html, images)
    return f"<div>{''.join(parts)}</div>"


def table_html(port: str, table: pa.Table) -> Iterator[str]:
    """The first rows and columns of a dataset."""
    shown = table.select(range(min(_COLUMNS, table.num_columns))).slice(0, _ROWS)
    size = f"{_counted(table.num_rows, 'row')}, {_counted(table.num_columns, 'column')}"
    yield f"<p>{html.escape(port)}: {size}</p>"
    heads = "".join(f"<th>{_cell(name)}</th>" for name in shown.column_names)
    columns = [
        [_cell(value_text(value, characters=_LONGEST + 1) or "") for value in column]
        for column in shown.columns
    ]
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
        for row in zip(*columns, strict=True)
    )
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    left_out = [
        f"{_counted(number, name)} more"
        for number, name in (
            (table.num_rows - _ROWS, "row"),
            (table.num_columns - _COLUMNS, "column"),
        )
        if number > 0
    ]
    if left_out:
        yield f"<p>… and {', '.join(left_out)}.</p>"


def image_html(image: Image) -> str:
    """A picture; or its name, where it is no PNG and no JPEG."""
    name = html.escape(image.name)
    signature = _SIGNATURES.get(image.media_type)
    if signature is None or not image.content.startswith(signature):
        size = len(image.content)
        return f"<p>{name}: {size:,} bytes of {html.escape(image.media_type)}, not shown here.</p>"
    data = base64.b64encode(image.content).decode("ascii")
    return (
        f'<figure><img alt="{name}" style="max-width: 100%" '
        f'src="data:{image.media_type};base64,{data}"><figcaption>{name}</figcaption></figure>'
    )


def seconds_text(row: NodeRow) -> str:
    """The time and memory of a node; nothing if it did not run."""
    ran = row.state in {NodeState.FINISHED, NodeState.FAILED}
    return f"{row.seconds:.2f} s" if ran and row.seconds is not None else ""


def first_line(text: str) -> str:
    """As much of a message as a table has room for."""
    return next(iter(text.splitlines()), "")


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _cost(row: NodeRow) -> str:
    seconds = seconds_text(row)
    return f" in {seconds}" if seconds else ""


def _state(state: NodeState) -> str:
    colour = _COLOURS.get(state, "gray")
    return f'<span style="color: {colour}">{html.escape(state.value)}</span>'


def _pre(text: str) -> str:
    cut = "" if len(text) <= _CONSOLE else "…\n"
    return f"<pre>{cut}{html.escape(text[-_CONSOLE:])}</pre>"


def _cell(text: str) -> str:
    return html.escape(_shortened(text, _LONGEST))


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
