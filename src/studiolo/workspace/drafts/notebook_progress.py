"""A run that is watched from Python: a table in a notebook, lines on the standard error elsewhere.

IPython is not a dependency. Where a notebook runs, it is loaded already.
"""

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from studiolo.experiments.experiment import NodeName
from studiolo.rendering.amounts import count_text
from studiolo.rendering.node_row import NodeRow, node_line
from studiolo.rendering.plain_text import one_line
from studiolo.rendering.result_html import run_html
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.store.run_record import NodeState

_UNDER_WAY = {NodeState.WAITING, NodeState.RUNNING}
#: Seconds between two pictures of the table.
_PAUSE = 0.2


@contextmanager
def watching(progress: bool | Observer) -> Iterator[Observer | None]:
    """The observer of a run: none, a given one, or the one that suits where Python runs."""
    if not isinstance(progress, bool):
        yield progress
    elif not progress:
        yield None
    elif (display := _notebook()) is not None:
        with NotebookProgress(display) as table:
            yield table
    else:
        yield LineProgress()


class LineProgress(Observer):
    """Writes a line for each node that has ended: `rank: finished, 8 rows, 1.58 s`."""

    def node_changed(self, progress: NodeProgress) -> None:
        """Write it, if it has ended."""
        if progress.state not in _UNDER_WAY:
            # Where a test or a program puts another one, it goes there.
            sys.stderr.write(f"{one_line(node_line(_row(progress)))}\n")
            sys.stderr.flush()


class NotebookProgress(Observer):
    """Keeps a table of the nodes up to date, from a thread of its own: nodes end in many."""

    def __init__(self, display: Any) -> None:
        """``display`` is the module IPython.display, or what does as it does."""
        self._display = display
        self._nodes: dict[NodeName, NodeProgress] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._changed = threading.Event()
        self._painter = threading.Thread(target=self._paint, daemon=True)
        self._handle: Any = None

    def node_changed(self, progress: NodeProgress) -> None:
        """Note its state."""
        with self._lock:
            self._nodes[progress.node] = progress
        self._changed.set()

    def __enter__(self) -> Self:
        self._handle = self._display.display(self._table(), display_id=True)
        self._painter.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._painter.join()
        self._handle.update(self._table())

    def _paint(self) -> None:
        while not self._ended.wait(_PAUSE):
            if self._changed.is_set():
                self._changed.clear()
                self._handle.update(self._table())

    def _table(self) -> Any:
        with self._lock:
            nodes = list(self._nodes.values())
        ended = sum(node.state not in _UNDER_WAY for node in nodes)
        head = f"{count_text(ended, 'node')} ended"
        return self._display.HTML(run_html(head, [_row(node) for node in nodes]))


def _row(progress: NodeProgress) -> NodeRow:
    failure = progress.failure
    return NodeRow(
        node=progress.node,
        state=progress.state,
        rows=progress.rows,
        seconds=progress.seconds,
        said=progress.reason if failure is None else failure.sentence,
    )


def _notebook() -> Any | None:
    """The function that shows HTML here; None where there is none, as in IPython on a terminal."""
    ipython: Any = sys.modules.get("IPython")
    if ipython is None or getattr(ipython.get_ipython(), "kernel", None) is None:
        return None
    return importlib.import_module("IPython.display")
