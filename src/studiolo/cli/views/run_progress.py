"""A run of an experiment on the terminal, in progress."""

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.cells import cell_len, set_cell_size
from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from studiolo.cli.reporting import show_notes
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.build_progress import BUILDING
from studiolo.environments.progress import BuildPhase, BuildProgress
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.rendering.amounts import count_text, duration_text
from studiolo.rendering.cells import cut
from studiolo.rendering.plain_text import one_line, printable
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.store.run_record import NodeState

#: Each state's sign, and how it is shown.
SIGNS = {
    NodeState.WAITING: ("·", "dim"),
    NodeState.RUNNING: ("▸", "cyan"),
    NodeState.FINISHED: ("✓", "green"),
    NodeState.KEPT: ("=", "blue"),
    NodeState.FAILED: ("✗", "bold red"),
    NodeState.CANCELLED: ("-", "yellow"),
    NodeState.SKIPPED: ("-", "dim"),
}
#: Lines of nodes that fit on a screen beside what is above and below.
_LINES = 20
_NAME = 40


class RunProgress(Observer):
    """Shows a table of the nodes that moves where a person looks on, and lines elsewhere."""

    def __init__(
        self,
        console: Terminal,
        experiment: Experiment,
        *,
        errors: Terminal,
        tells_why: bool,
    ) -> None:
        """Show nothing yet.

        Args:
            console: Where to show it.
            experiment: What is run.
            errors: Where to say that an environment is being built, if nothing moves.
            tells_why: Whether a node's line says why it failed; if not, that is told afterwards.
        """
        self._console = console
        self._tells_why = tells_why
        self._errors = errors
        self._building: str | None = None
        self._tells_of_building = False
        # Reentrant: a new display asks at once, in the same thread, what it is to show.
        self._lock = threading.RLock()
        self._nodes = {
            name: NodeProgress(node=name, state=NodeState.WAITING) for name in experiment.nodes
        }
        self._since: dict[NodeName, float] = {}
        self._live: Live | None = None
        widest = max((cell_len(one_line(name)) for name in experiment.nodes), default=0)
        self._width = min(_NAME, widest)

    def node_changed(self, progress: NodeProgress) -> None:
        """Show the state of a node."""
        with self._lock:
            if progress.state is NodeState.RUNNING:
                # It may have ended before this is told.
                self._since.setdefault(progress.node, time.monotonic())
            self._nodes[progress.node] = progress
            if self._console.is_interactive:
                self._go_live()
            elif progress.state is not NodeState.RUNNING:
                self._console.print(self._line(progress), soft_wrap=True)

    def node_noted(self, node: NodeName, notes: Sequence[str]) -> None:
        """Show what a node's script calls that means something else today."""
        with self._lock:
            show_notes(self._console, [f"{node}, {note}" for note in notes])

    def environment_progressed(self, progress: BuildProgress) -> None:
        """Show how far the building of an environment is."""
        with self._lock:
            over = progress.phase is BuildPhase.BUILT
            if self._console.is_interactive:
                self._building = None if over else progress.message
                self._go_live()
            elif not self._tells_of_building and not over:
                self._tells_of_building = True
                self._errors.print(BUILDING, soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            for progress in self._nodes.values():
                if progress.state is not NodeState.WAITING:
                    self._console.print(self._line(progress), soft_wrap=True)

    def _go_live(self) -> None:
        if self._live is None:
            self._live = Live(
                get_renderable=self._view,
                console=self._console,
                refresh_per_second=12,
                transient=True,
            )
            self._live.start()

    def _line(self, progress: NodeProgress) -> Text:
        return node_line(progress, self._width, tells_why=self._tells_why)

    def _view(self) -> Group:
        with self._lock:
            nodes = list(self._nodes.values())
        running = [node for node in nodes if node.state is NodeState.RUNNING]
        ended = [n for n in nodes if n.state not in {NodeState.RUNNING, NodeState.WAITING}]
        room = max(3, min(_LINES, self._console.size.height - len(running) - 3))
        lines = [self._line(node) for node in ended[-room:]]
        now = time.monotonic()
        grid = Table.grid(padding=(0, 1))
        for node in running:
            seconds = now - self._since.get(node.node, now)
            name = _padded(node.node, self._width)
            grid.add_row(Spinner("dots", style="cyan"), Text(name), Text(f"{seconds:8.1f} s"))
        total = len(nodes)
        if self._building is not None:
            grid.add_row(Spinner("dots", style="cyan"), Text(self._building, style="dim"))
        head = Text(f"{len(ended)} of {total} nodes", style="dim")
        return Group(*lines, grid, head)


def node_line(progress: NodeProgress, width: int, *, tells_why: bool) -> Text:
    """One node that has ended: its sign, its name, its cost and its results."""
    sign, style = SIGNS[progress.state]
    parts = [_padded(progress.node, width), f"{progress.state.value:9}"]
    if progress.state in {NodeState.FINISHED, NodeState.FAILED}:
        parts.append(
            _column(None if progress.seconds is None else duration_text(progress.seconds), 9)
        )
        parts.append(
            _column(None if progress.rows is None else count_text(progress.rows, "row"), 15)
        )
        memory = progress.peak_memory
        parts.append(_column(None if memory is None else f"{memory / 2**20:,.0f} MiB", 10))
    else:
        rows = "" if progress.rows is None else count_text(progress.rows, "row")
        parts.append(f"{'':9}  {rows:>15}")
    said = ""
    if progress.state is NodeState.KEPT and progress.from_run is not None:
        said = f"from run {progress.from_run.rpartition('-')[2]}"
    elif progress.failure is not None and tells_why:
        said = printable(progress.failure.sentence).splitlines()[0]
    return Text.assemble(
        (sign, style), " ", "  ".join(parts).rstrip(), "  " if said else "", (said, "dim")
    )


def _column(text: str | None, width: int) -> str:
    return f"{text or '':>{width}}"


def _padded(name: str, width: int) -> str:
    return set_cell_size(cut(name, width), width)
