"""How two runs differ, node by node: in what a node was made of, and in its outcome."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from studiolo.datasets.change import Change, changes_of
from studiolo.datasets.comparison import TableComparison, compare_tables
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortKind
from studiolo.runs.experiments.state import HAS_RESULT
from studiolo.runs.history.current_state import CurrentRun, short_id
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.history.provenance import Provenance, ScriptText
from studiolo.runs.planning.recipe import Recipe
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable

#: Parts of a recipe that are told by their name and their values.
_SETTINGS = {
    "binding": "port binding",
    "seed": "seed",
    "draw": "draw",
    "contract": "script contract",
    "reader": "reading of files",
}
#: Parts of a dataset column's entry in a manifest that tell it from others.
_COLUMN = ("name", "type", "role", "column")


@dataclass(frozen=True, kw_only=True)
class ComparedRun:
    """One of the two."""

    run: CurrentRun
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class ScriptChange:
    """A script, or a module's own text, that differs."""

    #: None where the text is not remembered, as a module's.
    before: ScriptText | None
    after: ScriptText | None
    #: The ends of the runs' ids.
    runs: Change

    @property
    def lines(self) -> Sequence[str]:
        """The difference, as `diff -u` writes it; nothing where a text is not remembered."""
        if self.before is None or self.after is None:
            return ()
        return list(
            difflib.unified_diff(
                self.before.text.splitlines(),
                self.after.text.splitlines(),
                fromfile=f"{self.before.name} (run {self.runs.before})",
                tofile=f"{self.after.name} (run {self.runs.after})",
                lineterm="",
            )
        )


@dataclass(frozen=True, kw_only=True)
class OutputComparison:
    """The values at an output port that differ."""

    #: What it is: "dataset", "object"; None where there is nothing.
    kind: Change | None = None
    #: Of two datasets.
    table: TableComparison | None = None
    #: Bytes of two objects that are not the same.
    sizes: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class NodeComparison:
    """The differences of a node that both runs have."""

    #: The module, or the dataset's file.
    what: Change | None = None
    #: The content of the dataset's file: "version 2".
    content: Change | None = None
    script: ScriptChange | None = None
    parameters: Mapping[str, Change] = field(default_factory=dict)
    #: Where inputs come from, by port. Both are the same where what comes from there differs.
    inputs: Mapping[str, Change] = field(default_factory=dict)
    #: The packages that the script asks for, and what they are added to.
    environment: Change | None = None
    #: Port binding, seed, draw and script contract.
    settings: Mapping[str, Change] = field(default_factory=dict)
    #: The states; a kept result is as good as one that was just made.
    state: Change | None = None
    rows: Change | None = None
    #: By output port.
    results: Mapping[str, OutputComparison] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return any(getattr(self, part.name) for part in fields(self))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two runs."""

    before: CurrentRun
    after: CurrentRun
    added: Sequence[NodeName]
    removed: Sequence[NodeName]
    #: The nodes that both have, in the order of the second.
    nodes: Mapping[NodeName, NodeComparison]

    @property
    def differing(self) -> Mapping[NodeName, NodeComparison]:
        """Those of the nodes about which something differs."""
        return {name: node for name, node in self.nodes.items() if node.differs}

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.added or self.removed or self.differing)


def compare_runs(before: ComparedRun, after: ComparedRun) -> Comparison:
    """Compare two runs.

    Raises:
        BlobMissingError, BlobRottenError: A result is not what was kept.
    """
    old, new = before.run.nodes, after.run.nodes
    nodes: dict[NodeName, NodeComparison] = {}
    # Each node comes after those that it needs, and differs if they do.
    for name in new:
        if name in old:
            nodes[name] = _compared(name, before, after, nodes)
    return Comparison(
        before=before.run,
        after=after.run,
        added=[name for name in new if name not in old],
        removed=[name for name in old if name not in new],
        nodes=nodes,
    )


def _compared(
    name: NodeName,
    before: ComparedRun,
    after: ComparedRun,
    others: Mapping[NodeName, NodeComparison],
) -> NodeComparison:
    old, new = before.run.nodes[name], after.run.nodes[name]
    outcome: dict[str, Any] = {
        "state": _state_change(old, new),
        "rows": _row_change(old, new),
        "results": _result_changes(old, new),
    }
    first, second = before.provenance.recipes.get(name), after.provenance.recipes.get(name)
    if first is None or second is None or first == second:
        return NodeComparison(**outcome)
    return NodeComparison(
        what=Change.of(_what(first), _what(second)),
        content=Change.of(before.provenance.content(name), after.provenance.content(name)),
        script=_script_change(name, before, after),
        parameters=dict(changes_of(first.get("parameters", {}), second.get("parameters", {}))),
        inputs=_input_changes(name, before, after, others),
        environment=Change.of(first.get("environment"), second.get("environment")),
        settings={
            said: change
            for part, said in _SETTINGS.items()
            if (change := Change.of(first.get(part), second.get(part))) is not None
        },
        **outcome,
    )


def _what(recipe: Recipe) -> str:
    return str(recipe.get("module") or recipe.get("file") or "")


def _script_change(name: NodeName, before: ComparedRun, after: ComparedRun) -> ScriptChange | None:
    old, new = before.provenance.recipes[name], after.provenance.recipes[name]
    # A different module has a different text, which goes without saying.
    if old.get("source") == new.get("source") or _what(old) != _what(new):
        return None
    return ScriptChange(
        before=before.provenance.script(name),
        after=after.provenance.script(name),
        runs=Change(before=short_id(before.run.record.id), after=short_id(after.run.record.id)),
    )


def _input_changes(
    name: NodeName,
    before: ComparedRun,
    after: ComparedRun,
    others: Mapping[NodeName, NodeComparison],
) -> Mapping[str, Change]:
    changes = {}
    edges = (run.provenance.recipes[name].get("inputs", {}) for run in (before, after))
    for port, change in changes_of(*edges):
        ends = Change(
            before=None if change.before is None else before.provenance.origin(change.before),
            after=None if change.after is None else after.provenance.origin(change.after),
        )
        source = NodeName(str(ends.after).rpartition(".")[0])
        # A node that may give another result each time has another recipe each time.
        if ends.before != ends.after or source not in others or others[source].differs:
            changes[port] = ends
    return changes


def _state_change(old: NodeResult, new: NodeResult) -> Change | None:
    if old.state in HAS_RESULT and new.state in HAS_RESULT:
        return None
    return Change.of(old.state.value, new.state.value)


def _row_change(old: NodeResult, new: NodeResult) -> Change | None:
    rows = old.record.rows, new.record.rows
    return None if None in rows else Change.of(*rows)


def _result_changes(old: NodeResult, new: NodeResult) -> Mapping[str, OutputComparison]:
    if old.kept is None or new.kept is None or not (old.ports and new.ports):
        return {}
    changes = {}
    for port, entries in changes_of(old.kept.outputs, new.kept.outputs):
        comparison = _output_change(port, old, new, entries)
        if comparison is not None:
            changes[port] = comparison
    return changes


def _output_change(
    port: str, old: NodeResult, new: NodeResult, entries: Change
) -> OutputComparison | None:
    """How two outputs differ whose entries in the manifests do; perhaps not at all."""
    kinds = [None if entry is None else entry["kind"] for entry in (entries.before, entries.after)]
    if kinds[0] != kinds[1]:
        return OutputComparison(kind=Change(before=kinds[0], after=kinds[1]))
    before, after = old.output(port), new.output(port)
    if isinstance(before, SealedTable) and isinstance(after, SealedTable):
        same = _same_columns(entries.before, entries.after)
        table = compare_tables(before.dataset, after.dataset, same=same)
        return OutputComparison(table=table) if table.differs else None
    assert kinds[0] != PortKind.DATASET
    assert isinstance(before, MemoryFile)
    assert isinstance(after, MemoryFile)
    return OutputComparison(sizes=(before.size, after.size))


def _same_columns(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Columns that have the same place in the same blob in both."""
    before, after = (
        {
            column["name"]: (entry["files"][column["file"]], *(column.get(k) for k in _COLUMN))
            for column in entry["columns"]
        }
        for entry in (old, new)
    )
    return {name for name, place in before.items() if after.get(name) == place}
