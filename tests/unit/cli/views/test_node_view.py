import io
from datetime import UTC, datetime
from typing import Any, cast

import pyarrow as pa
import pytest

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.node_view import show_node
from studiolo.datasets.dataset import Dataset
from studiolo.experiments.experiment import NodeName
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import PortKind
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.runs.history import node_outputs
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.history.node_outputs import NodeOutput, kinds_of, outputs_of
from studiolo.runs.history.provenance import Provenance
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.store.identity import RunId
from studiolo.store.records import Records
from studiolo.store.run_record import NodeRecord, NodeState, RunRecord

RUN = RunId("20250131-184502117-9f2c4e")
TABLE = pa.table({"a": [1, 2, 3]})


class NothingRemembered:
    """Records of a run of which only the nodes are there."""

    def snapshot(self, _run: RunId) -> dict[str, Any]:
        return {}

    def recipes(self, _digests: object) -> dict[str, Any]:
        return {}


class OneDataset(NodeResult):
    """A node that gave one dataset."""

    @property
    def ports(self) -> list[str]:
        return ["out"]

    def output(self, port: str | None = None) -> SealedTable:
        assert port == "out"
        return SealedTable.of_dataset(Dataset(table=TABLE))


def node(console: str = "") -> NodeResult:
    record = NodeRecord(
        run=RUN,
        position=0,
        node=NodeName("node"),
        state=NodeState.FINISHED,
        reason="It has not run before.",
        console=console,
    )
    return OneDataset(record=record, kept=None, results=cast("KeptResults", None))


def shown(monkeypatch: pytest.MonkeyPatch, node: NodeResult, *outputs: NodeOutput) -> str:
    monkeypatch.setenv("COLUMNS", "100")
    record = RunRecord(
        id=RUN,
        experiment="experiments/e",
        experiment_name="E",
        started_at=datetime(2025, 1, 31, tzinfo=UTC),
        pid=1,
        host="studio",
    )
    run = CurrentRun(record=record, nodes={NodeName("node"): node})
    provenance = Provenance(cast("Records", NothingRemembered()), RUN, run.nodes)
    stream = io.StringIO()
    show_node(Terminal(stream), run, node, provenance, outputs, typed="e/node", variables=False)
    return stream.getvalue()


def test_a_small_dataset_has_its_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    (output,) = outputs_of(node(), {})
    assert output.profile is not None
    text = shown(monkeypatch, node(), output)
    assert "out: 3 rows, 1 column\n" in text
    assert "distribution" in text


def test_of_a_large_one_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_outputs, "MOST_CELLS", 2)
    (output,) = outputs_of(node(), {})
    assert output.profile is None
    text = shown(monkeypatch, node(), output)
    assert text.endswith(
        "A profile of 3 cells takes a while to compute. To compute it, run:\n"
        "  studiolo show e/node --output out.arrow\n"
        "  studiolo profile out.arrow\n"
    )


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (PortKind.MODEL, "a model, 2.0 KiB"),
        (PortKind.TRANSFORM, "a transform, 2.0 KiB"),
        (PortKind.ZIP, "a zip, 2.0 KiB"),
        (None, "an object, 2.0 KiB"),
    ],
)
def test_what_is_not_opened_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: PortKind | None, what: str
) -> None:
    output = NodeOutput(port="out", kind=kind, size=2048)
    assert f"\nout: {what}\n" in shown(monkeypatch, node(), output)


@pytest.mark.parametrize(
    ("lines", "first"),
    [(40, "line 0"), (41, "… 1 line before; --device DIR writes the whole console.")],
)
def test_the_end_of_the_console_is_shown(
    monkeypatch: pytest.MonkeyPatch, lines: int, first: str
) -> None:
    text = shown(monkeypatch, node("".join(f"line {n}\n" for n in range(lines))))
    tail = text.partition("\nconsole\n")[2].splitlines()
    assert tail[0] == first
    assert tail[-1] == f"line {lines - 1}"


def test_a_console_that_says_nothing_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "console" not in shown(monkeypatch, node("\n \n"))


def test_the_ports_of_a_module_that_is_gone_are_not_known() -> None:
    assert kinds_of("no-such-module", Catalogue()) == {}
    assert kinds_of("train-model", Catalogue()) == {"trained_model": PortKind.MODEL}
    assert kinds_of(None, Catalogue()) == {"dataset": PortKind.ZIP}
