import io
from datetime import UTC, datetime

import pytest

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.diff_view import show_comparison
from studiolo.datasets.change import Change
from studiolo.datasets.comparison import CellChange, ColumnChange, TableComparison
from studiolo.experiments.experiment import NodeName
from studiolo.runs.history.comparison import (
    Comparison,
    NodeComparison,
    OutputComparison,
    ScriptChange,
)
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.provenance import ScriptText
from studiolo.store.identity import RunId
from studiolo.store.run_record import RunRecord, RunStatus

SEEN = CurrentRun(
    record=RunRecord(
        id=RunId("20250131-184502117-9f2c4e"),
        experiment="experiments/e",
        experiment_name="E",
        status=RunStatus.FINISHED,
        started_at=datetime(2025, 1, 31, 18, 45, 2, tzinfo=UTC),
        pid=1,
        host="studio",
    ),
    nodes={},
)


def shown(
    monkeypatch: pytest.MonkeyPatch, added: list[str] | None = None, **nodes: NodeComparison
) -> list[str]:
    """The lines below the two runs."""
    monkeypatch.setenv("COLUMNS", "100")
    stream = io.StringIO()
    comparison = Comparison(
        before=SEEN,
        after=SEEN,
        added=[NodeName(name) for name in added or []],
        removed=[],
        nodes={NodeName(name): node for name, node in nodes.items()},
    )
    show_comparison(Terminal(stream), comparison)
    return [line.rstrip() for line in stream.getvalue().splitlines()][3:]


def test_nothing_is_said_about_nodes_that_do_not_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, node=NodeComparison()) == ["Nothing differs."]


@pytest.mark.parametrize(
    ("node", "line"),
    [
        (NodeComparison(what=Change(before="a", after="b")), "what  a → b"),
        (
            NodeComparison(environment=Change(before="key", after="key pandas>=2")),
            "packages  none of its own → pandas>=2",
        ),
        (
            NodeComparison(environment=Change(before="key", after="other")),
            "packages  the default environment's packages differ",
        ),
        (NodeComparison(settings={"seed": Change(before=None, after=3)}), "seed  default → 3"),
        (
            NodeComparison(parameters={"p": Change(before="5", after=[True, None])}),
            'parameter p  "5" → [true, null]',
        ),
        (
            NodeComparison(inputs={"in": Change(before=None, after="a.b")}),
            "input in  not connected → a.b",
        ),
        (NodeComparison(rows=Change(before=1000, after=2000)), "rows  1,000 → 2,000"),
        (
            NodeComparison(results={"out": OutputComparison(sizes=(1024, 2048))}),
            "out  contents differ (1.0 KiB → 2.0 KiB)",
        ),
        (
            NodeComparison(
                results={"out": OutputComparison(kind=Change(before=None, after="dataset"))}
            ),
            "out  nothing → dataset",
        ),
        (
            NodeComparison(
                script=ScriptChange(
                    before=None, after=None, runs=Change(before="9f2c4e", after="9f2c4e")
                )
            ),
            "script  the module's own code differs",
        ),
    ],
)
def test_what_differs_is_a_line(
    monkeypatch: pytest.MonkeyPatch, node: NodeComparison, line: str
) -> None:
    assert shown(monkeypatch, node=node) == ["node", f"  {line}", "", "1 node of 1 differs."]


def test_a_table_is_told_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [
        ColumnChange(
            name=f"c{n}", cells=n, first=[CellChange(row=1, before=None, after="x\x1b[2J")]
        )
        for n in range(1, 13)
    ]
    table = TableComparison(
        added=["new"],
        types={"t": Change(before="int64", after="double")},
        reordered=True,
        cells=cells,
    )
    lines = shown(monkeypatch, node=NodeComparison(results={"out": OutputComparison(table=table)}))
    assert lines[:6] == [
        "node",
        "  out  + column new",
        "       type of t: int64 → double",
        "       the columns are in a different order",
        "       1 cell of c1: missing → x\ufffd[2J (row 1)",
        "       2 cells of c2: missing → x\ufffd[2J (row 1), …",
    ]
    assert lines[-3] == "       … and cells in 2 more columns"


def test_a_script_that_two_nodes_share_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    script = ScriptChange(
        before=ScriptText(name="s.py", text="a"),
        after=ScriptText(name="s.py", text="b"),
        runs=Change(before="9f2c4e", after="9f2c4e"),
    )
    lines = shown(
        monkeypatch, ["n"], one=NodeComparison(script=script), two=NodeComparison(script=script)
    )
    assert lines == [
        "+ n",
        "",
        "one",
        "  script  s.py",
        "    --- s.py (run 9f2c4e)",
        "    +++ s.py (run 9f2c4e)",
        "    @@ -1 +1 @@",
        "    -a",
        "    +b",
        "",
        "two",
        "  script  s.py",
        "    the same lines as at one",
        "",
        "2 nodes of 2 differ, 1 added.",
    ]
