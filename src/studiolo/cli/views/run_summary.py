"""The outcome of an experiment's run on the terminal: how it ended, why, and where to look."""

import shlex
from collections.abc import Collection
from pathlib import Path

from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.run_view import dataset_preview, scores_of, show_reason, without_lines
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.rendering.amounts import duration_text
from studiolo.rendering.plain_text import printable
from studiolo.runs.history.experiment_result import ExperimentResult, NodeResult
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.run_record import NodeState, RunStatus

#: Failures that are shown with the lines of their scripts; the others are sentences.
_MOST = 3
#: Datasets of the last nodes that are shown, and rows of the only one.
_MOST_DATASETS = 6
_ROWS = 8


def show_run(
    console: Terminal,
    notes: Terminal,
    result: ExperimentResult,
    experiment: Experiment,
    *,
    own: Collection[NodeName],
    path: Path,
) -> None:
    """Show how a run ended: why nodes failed, or the results of the last ones.

    Args:
        console: Where to show it.
        notes: Where to show what went wrong.
        result: The run.
        experiment: What was run.
        own: The nodes whose code is the user's own, so that its lines say something.
        path: How the experiment was named.
    """
    failed = [node for node in result.nodes.values() if node.state is NodeState.FAILED]
    for number, node in enumerate(failed):
        lines = number < _MOST and node.record.node in own
        _show_failure(notes, node, lines=lines)
    last = _last(result, experiment)
    for node in last[:_MOST_DATASETS] if result.succeeded else ():
        _show_dataset(console, notes, node, rows=_ROWS if len(last) == 1 else _ROWS // 2)
    if result.succeeded and len(last) > _MOST_DATASETS:
        names = ", ".join(node.record.node for node in last[_MOST_DATASETS:])
        console.say(Text(printable(f"… and the results of {names}."), style="dim"))
    console.say(_end(result))
    target = failed[0] if failed else last[-1] if last else None
    if target is not None:
        command_line = shlex.join(["studiolo", "show", f"{path}/{target.record.node}"])
        console.say(Text.assemble(("Look: ", "dim"), printable(command_line)))


def _show_failure(notes: Terminal, node: NodeResult, *, lines: bool) -> None:
    notes.say(Text.assemble(("\n", ""), (printable(node.record.node), "bold"), " failed:"))
    failure = node.failure
    if failure is not None:
        show_reason(notes, failure if lines else without_lines(failure), of_node=True)


def _show_dataset(console: Terminal, notes: Terminal, node: NodeResult, *, rows: int) -> None:
    port = node.ports[0]
    name = f"{node.record.node}.{port}"
    try:
        dataset = node.dataset(port)
    except (BlobMissingError, BlobRottenError) as error:
        # No node needed it in this run, so it was not noticed before.
        advice = f"To make it again, add --only {shlex.quote(node.record.node)}."
        notes.say(Text(printable(f"warning: {name}: {error} {advice}"), style="yellow"))
        return
    console.print()
    console.print(
        dataset_preview(
            name,
            dataset.table,
            console.width,
            rows=rows,
            more="studiolo show has all of it",
            wanted=scores_of(dataset),
        )
    )


def _last(result: ExperimentResult, experiment: Experiment) -> list[NodeResult]:
    """The nodes that gave a dataset which no other node of the run took."""
    taken = {
        source.node for name in result.nodes for source in experiment.nodes[name].inputs.values()
    }
    return [
        node
        for name, node in result.nodes.items()
        if name not in taken
        and node.ports
        and node.kept is not None
        and node.kept.outputs[node.ports[0]]["kind"] == "dataset"
    ]


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
        f" in {duration_text(seconds)}",
        (f" · {', '.join(said)}{drawn} · run {record.id.rpartition('-')[2]}", "dim"),
    )
