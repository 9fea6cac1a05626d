"""What came of a run of an experiment, on the terminal: how it ended, why, and where to look."""

import shlex
from pathlib import Path

from rich.text import Text

from studiolo.cli.reporting import printable
from studiolo.cli.run_view import dataset_preview, show_reason
from studiolo.cli.terminal import Terminal
from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiment_result import ExperimentResult, NodeResult
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.run_record import NodeState, RunStatus

#: Failures that are shown in full; the others have a line each in the table.
_MOST = 3
#: Rows of the last dataset.
_ROWS = 8


def show_run(console: Terminal, notes: Terminal, result: ExperimentResult, path: Path) -> None:
    """Show how a run ended."""
    failed = [node for node in result.nodes.values() if node.state is NodeState.FAILED]
    for node in failed[:_MOST]:
        notes.say(Text.assemble(("\n", ""), (printable(node.record.node), "bold"), " failed:"))
        if node.failure is not None:
            show_reason(notes, node.failure)
    last = _last(result)
    if last is not None and result.succeeded:
        _show_dataset(console, notes, last)
    console.say(_end(result))
    target = failed[0] if failed else last
    if target is not None:
        command_line = shlex.join(["studiolo", "show", f"{path}/{target.record.node}"])
        console.say(Text.assemble(("Look: ", "dim"), printable(command_line)))


def _show_dataset(console: Terminal, notes: Terminal, node: NodeResult) -> None:
    port = node.ports[0]
    name = f"{node.record.node}.{port}"
    try:
        table = node.dataset(port).table
    except (BlobMissingError, BlobRottenError) as error:
        # Nobody needed it in this run, so that nobody has noticed before.
        advice = f"--only {shlex.quote(node.record.node)} makes it again."
        notes.say(Text(printable(f"warning: {name}: {error} {advice}"), style="yellow"))
        return
    console.print()
    console.print(
        dataset_preview(name, table, console.width, rows=_ROWS, more="studiolo show has all of it")
    )


def _last(result: ExperimentResult) -> NodeResult | None:
    """The last node that gave a dataset."""
    for node in reversed(list(result.nodes.values())):
        if node.ports and node.kept and node.kept.outputs[node.ports[0]]["kind"] == "dataset":
            return node
    return None


def _end(result: ExperimentResult) -> Text:
    record = result.record
    counts = dict.fromkeys(NodeState, 0)
    for node in result.nodes.values():
        counts[node.state] += 1
    said = [f"{count} {state.value}" for state, count in counts.items() if count]
    styles = {RunStatus.FINISHED: "bold green", RunStatus.FAILED: "bold red"}
    seconds = (record.ended_at - record.started_at).total_seconds() if record.ended_at else 0.0
    pictures = [NodeName(n) for n, node in result.nodes.items() if node.record.images]
    drawn = f" · pictures of {printable(', '.join(pictures))}" if pictures else ""
    return Text.assemble(
        (record.status.value, styles.get(record.status, "bold yellow")),
        f" in {seconds:.2f} s",
        (f" · {', '.join(said)}{drawn} · run {record.id.rpartition('-')[2]}", "dim"),
    )
