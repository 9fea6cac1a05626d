"""Runs that are watched from Python."""

import sys
import types
from typing import Any

import pytest

from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.sandbox.exchange.job import Failure
from studiolo.store.run_record import NodeState
from studiolo.workspace.drafts.notebook_progress import LineProgress, NotebookProgress, watching


def progress(state: NodeState, **more: Any) -> NodeProgress:
    return NodeProgress(node=NodeName("rank"), state=state, **more)


class Display:
    """As IPython.display, as far as it is used."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def HTML(self, text: str) -> str:  # noqa: N802  # its name there
        return text

    def display(self, shown: str, *, display_id: bool) -> "Display":
        assert display_id
        self.shown.append(shown)
        return self

    def update(self, shown: str) -> None:
        self.shown.append(shown)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (progress(NodeState.FINISHED, rows=8, seconds=1.58), "rank: finished, 8 rows, 1.58 s"),
        (progress(NodeState.KEPT, rows=1200, seconds=1.0), "rank: kept, 1,200 rows"),
        (progress(NodeState.SKIPPED, reason="It can't."), "rank: skipped: It can't."),
        (
            progress(
                NodeState.FAILED,
                seconds=0.5,
                failure=Failure(code="x", classic_number=None, message="No\x1b[2J.\nMore."),
            ),
            "rank: failed, 0.50 s: No\N{REPLACEMENT CHARACTER}[2J.",
        ),
    ],
)
def test_a_node_that_has_ended_is_a_line(
    capsys: pytest.CaptureFixture[str], told: NodeProgress, line: str
) -> None:
    LineProgress().node_changed(told)
    assert capsys.readouterr().err == f"{line}\n"


def test_a_node_that_runs_is_no_line_yet(capsys: pytest.CaptureFixture[str]) -> None:
    observer = LineProgress()
    observer.node_changed(progress(NodeState.RUNNING))
    observer.console_written(NodeName("rank"), "hello")
    assert capsys.readouterr().err == ""


def test_a_notebook_has_a_table_that_ends_as_the_run_ended() -> None:
    display = Display()
    with NotebookProgress(display) as table:
        table.node_changed(progress(NodeState.RUNNING))
        table.node_changed(progress(NodeState.FINISHED, rows=8))
    assert "0 nodes ended" in display.shown[0]
    assert "1 node ended" in display.shown[-1]
    assert "<td>8</td>" in display.shown[-1]


def test_who_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = Observer()
    with watching(somebody) as observer:
        assert observer is somebody
    with watching(False) as observer:
        assert observer is None
    monkeypatch.setitem(sys.modules, "IPython", None)
    with watching(True) as observer:
        assert isinstance(observer, LineProgress)

    ipython: Any = types.ModuleType("IPython")
    shell = types.SimpleNamespace()
    ipython.get_ipython = lambda: shell
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", Display())
    # On a terminal IPython has no kernel, and nothing shows HTML.
    with watching(True) as observer:
        assert isinstance(observer, LineProgress)
    shell.kernel = object()
    with watching(True) as observer:
        assert isinstance(observer, NotebookProgress)
