"""A node of a run, looked at afterwards: why it ran, what it cost, gave, printed and drew."""

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from studiolo.cli.failures.variables_view import has_variables, show_variables
from studiolo.cli.reporting import show_error
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.experiment_view import state_shown
from studiolo.cli.views.profile_view import render_profile
from studiolo.cli.views.run_status import status_text
from studiolo.cli.views.run_view import dataset_preview, scores_of, show_network, show_reason
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, PortKind
from studiolo.rendering.amounts import count_text, duration_text, moment_text, size_text
from studiolo.rendering.plain_text import one_line, printable
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.history.node_outputs import NodeOutput
from studiolo.runs.history.provenance import Provenance

#: Lines of the console that are shown: errors and results are mostly printed last.
_LINES = 40


def show_node(
    console: Terminal,
    run: CurrentRun,
    node: NodeResult,
    provenance: Provenance,
    outputs: Iterable[NodeOutput],
    *,
    typed: str,
    variables: bool,
) -> None:
    """Show a node of a run.

    Args:
        console: Where to show it.
        run: The run.
        node: One of its nodes.
        provenance: What the run's nodes were made of.
        outputs: What the node gave.
        typed: How the node was named, to name it again.
        variables: Whether to show its local variables, if it failed.
    """
    console.say(Text(one_line(node.record.node), style="bold"))
    console.print(_facts(run, node, provenance))
    for output in outputs:
        console.print()
        _show_output(console, output, several=len(node.ports) > 1, typed=typed)
    _show_console(console, node.console)
    _show_notes(console, node)
    if node.failure is not None:
        console.print()
        show_reason(console, node.failure, of_node=True)
        if variables:
            show_variables(console, node.failure)
        elif any(has_variables(frame) for frame in node.failure.frames):
            console.say(Text("--variables shows the local variables.", style="dim"))
    elif variables:
        console.say(Text("The node did not fail, so it has no local variables.", style="dim"))


def _facts(run: CurrentRun, node: NodeResult, provenance: Provenance) -> Table:
    record = node.record
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("what", _what(node, provenance))
    facts.add_row("state", state_shown(record.state))
    facts.add_row("why", one_line(record.reason))
    if (seed := provenance.seed(record.node)) is not None:
        drawn = f', drawn; "seed: {seed}" in the experiment pins it'
        facts.add_row("seed", f"{seed}{drawn * (record.draw == seed)}")
    facts.add_row("run", f"{record.run}, {moment_text(run.record.started_at)}")
    if record.from_run is not None and record.from_run != record.run:
        facts.add_row("result", f"of run {one_line(record.from_run)}")
    cost = ", ".join(_cost(node))
    if cost:
        facts.add_row("cost", cost)
    return facts


def _what(node: NodeResult, provenance: Provenance) -> str:
    name = node.record.node
    module = provenance.module(name)
    what = one_line(provenance.what(name))
    if (saved := provenance.saved(name)) is not None:
        words = "saved model" if saved is PortKind.MODEL else "saved transform"
        return f"{words} {what}, {provenance.content(name)}"
    if module is None:
        return f"dataset {what}" if what else "not remembered"
    return f"script {what}" if module == EXECUTE_PYTHON_SCRIPT else f"module {what}"


def _cost(node: NodeResult) -> Iterator[str]:
    record = node.record
    if record.seconds is not None:
        yield duration_text(record.seconds)
    if record.cpu_seconds is not None:
        yield f"{duration_text(record.cpu_seconds)} of processor time"
    if record.peak_memory is not None:
        yield f"{size_text(record.peak_memory)} of memory"
    if record.bytes:
        yield f"{size_text(record.bytes)} of results"


def _show_output(console: Terminal, output: NodeOutput, *, several: bool, typed: str) -> None:
    if output.damage is not None:
        console.say(Text(one_line(output.port), style="bold"))
        show_error(console, output.damage)
        return
    if output.dataset is None:
        console.say(_closed(output))
        return
    option = f"--port {output.port} --output FILE" if several else "--output FILE"
    table = output.dataset.table
    preview = dataset_preview(
        output.port,
        table,
        console.width,
        more=f"{option} writes everything",
        wanted=scores_of(output.dataset),
    )
    console.print(preview)
    if output.profile is not None and output.profile.columns:
        console.print()
        console.print(render_profile(output.profile, size=False))
    elif output.profile is None:
        console.print()
        console.say(_profile_hint(output, several=several, typed=typed))


def _closed(output: NodeOutput) -> Text:
    kinds = {PortKind.MODEL: "a model", PortKind.TRANSFORM: "a transform", PortKind.ZIP: "a zip"}
    what = kinds.get(output.kind, "an object") if output.kind is not None else "an object"
    size = f", {size_text(output.size)}" if output.size is not None else ""
    return Text.assemble(
        (f"{one_line(output.port)}: {what}{size}", "bold"),
        ("\nIt is opened only in a sandbox, by a module that it is connected to.", "dim"),
    )


def _profile_hint(output: NodeOutput, *, several: bool, typed: str) -> Text:
    assert output.dataset is not None
    rows, columns = output.dataset.table.shape
    port = f" --port {output.port}" * several
    return Text(
        f"A profile of {rows * columns:,} cells takes a while to compute. To compute it, run:\n"
        f"  studiolo show {one_line(typed)}{port} --output {output.port}.arrow\n"
        f"  studiolo profile {output.port}.arrow",
        style="dim",
    )


def _show_console(console: Terminal, text: str) -> None:
    if not text.strip():
        return
    lines = printable(text.rstrip()).splitlines()
    console.print()
    console.say(Text("console", style="bold"))
    if len(lines) > _LINES:
        left = count_text(len(lines) - _LINES, "line")
        console.say(Text(f"… {left} before; --device DIR writes the whole console.", style="dim"))
    console.print(Text("\n".join(lines[-_LINES:])), soft_wrap=True)


def _show_notes(console: Terminal, node: NodeResult) -> None:
    pictures: Sequence[str] = [one_line(image.name) for image in node.record.images or ()]
    if node.log or pictures:
        console.print()
    for line in node.log:
        console.say(Text.assemble(("note: ", "yellow"), printable(line)))
    show_network(console, node.network)
    if pictures:
        hint = (
            "--device DIR writes the pictures." if len(pictures) > 1 else "--device DIR writes it."
        )
        console.say(Text.assemble(f"Drawn: {', '.join(pictures)}. ", (hint, "dim")))


def show_never_ran(console: Terminal, node: str, *, typed: str) -> None:
    """Say that a node has not run in any run so far."""
    console.say(Text(one_line(node), style="bold"))
    console.say(
        Text(f'It has not run yet: "studiolo run {one_line(typed)} --to {one_line(node)}" runs it.')
    )


def summary_of(run: CurrentRun, node: NodeResult) -> str:
    """A node in a sentence, for the page of its device."""
    record = node.record
    took = f" in {duration_text(record.seconds)}" if record.seconds is not None else ""
    name = one_line(run.record.experiment_name)
    state = record.state.value.capitalize()
    return f"{state}{took}. {name}, run {record.run} ({status_text(run.record).lower()})."
