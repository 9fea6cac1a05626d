"""The differences between two runs as a document."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import cast

from typing_extensions import TypedDict

from studiolo.datasets.change import Change
from studiolo.datasets.comparison import TableComparison
from studiolo.documents.run import RunSummary, run_summary
from studiolo.experiments.json_value import Json
from studiolo.runs.history.comparison import Comparison, NodeComparison, OutputComparison


class ChangeDocument(TypedDict):
    """A value before and after, each None where there is none."""

    before: Json
    after: Json


class CellDocument(TypedDict):
    """A cell that differs, with its values as text."""

    #: From 1.
    row: int
    before: str | None
    after: str | None


class ColumnCellsDocument(TypedDict):
    """A column in which cells differ."""

    name: str
    #: How many.
    cells: int
    first: Sequence[CellDocument]


class TableComparisonDocument(TypedDict):
    """The differences between two datasets; `TableComparison` explains each key."""

    added: Sequence[str]
    removed: Sequence[str]
    types: Mapping[str, ChangeDocument]
    roles: Mapping[str, ChangeDocument]
    reordered: bool
    rows: ChangeDocument | None
    cells: Sequence[ColumnCellsDocument]


class OutputComparisonDocument(TypedDict):
    """The differences between two outputs."""

    kind: ChangeDocument | None
    table: TableComparisonDocument | None
    bytes: ChangeDocument | None


class ScriptDiffDocument(TypedDict):
    """The differences between two scripts, as `diff -u` writes them."""

    diff: str


class NodeComparisonDocument(TypedDict):
    """The differences between two runs of a node; `NodeComparison` explains each key."""

    differs: bool
    what: ChangeDocument | None
    content: ChangeDocument | None
    script: ScriptDiffDocument | None
    parameters: Mapping[str, ChangeDocument]
    inputs: Mapping[str, ChangeDocument]
    environment: ChangeDocument | None
    settings: Mapping[str, ChangeDocument]
    state: ChangeDocument | None
    rows: ChangeDocument | None
    results: Mapping[str, OutputComparisonDocument]


class ComparisonDocument(TypedDict):
    """The differences between two runs."""

    differs: bool
    before: RunSummary
    after: RunSummary
    #: Nodes that only the second has.
    added: Sequence[str]
    #: Nodes that only the first has.
    removed: Sequence[str]
    nodes: Mapping[str, NodeComparisonDocument]


def comparison_document(comparison: Comparison) -> ComparisonDocument:
    """The document of a comparison."""
    return {
        "differs": comparison.differs,
        "before": run_summary(comparison.before.record),
        "after": run_summary(comparison.after.record),
        "added": list(comparison.added),
        "removed": list(comparison.removed),
        "nodes": {name: _node(node) for name, node in comparison.nodes.items()},
    }


def _node(node: NodeComparison) -> NodeComparisonDocument:
    script = node.script
    return {
        "differs": node.differs,
        "what": _change(node.what),
        "content": _change(node.content),
        "script": None if script is None else {"diff": "".join(f"{it}\n" for it in script.lines)},
        "parameters": _changes(node.parameters),
        "inputs": _changes(node.inputs),
        "environment": _change(node.environment),
        "settings": _changes(node.settings),
        "state": _change(node.state),
        "rows": _change(node.rows),
        "results": {port: _output(output) for port, output in node.results.items()},
    }


def _output(output: OutputComparison) -> OutputComparisonDocument:
    sizes = output.sizes
    return {
        "kind": _change(output.kind),
        "table": None if output.table is None else _table(output.table),
        "bytes": None if sizes is None else {"before": sizes[0], "after": sizes[1]},
    }


def _table(table: TableComparison) -> TableComparisonDocument:
    return cast("TableComparisonDocument", asdict(table))


def _changes(changes: Mapping[str, Change]) -> dict[str, ChangeDocument]:
    return {name: {"before": it.before, "after": it.after} for name, it in changes.items()}


def _change(change: Change | None) -> ChangeDocument | None:
    return None if change is None else {"before": change.before, "after": change.after}
