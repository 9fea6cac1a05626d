"""The positions of nodes on the canvas: no part of what a run depends on."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import studiolo
from studiolo.environments.environment import Environment
from studiolo.experiments.errors import LayoutFileError
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.layout import Position
from studiolo.store.run_record import NodeState
from studiolo.workspace.errors import NodeNameTakenError, NodeRefusedError
from studiolo.workspace.transfer.copying import copy_experiment

CITIES, SPLIT, AGAIN = NodeName("cities"), NodeName("split"), NodeName("split 2")
HERE, THERE = Position(x=16, y=16), Position(x=16, y=160)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[studiolo.Workspace]:
    root = studiolo.new_workspace(tmp_path / "workspace", samples=False)
    (root / "datasets" / "cities.csv").write_text("city,degrees\nSeoul,25\nOslo,12\n")
    with studiolo.open_workspace(root) as opened:
        draft = opened.new_experiment("weather")
        draft.module("split-data", name="split", dataset=draft.dataset("cities.csv"))
        draft.save()
        opened.arrange(opened.experiment("weather"), {CITIES: HERE, SPLIT: THERE})
        yield opened


def positions(workspace: studiolo.Workspace, name: str = "weather") -> dict[NodeName, Position]:
    return dict(workspace.layout(workspace.experiment(name)).layout.positions)


def test_a_moved_node_does_not_run_again(
    workspace: studiolo.Workspace, default_environment: Environment
) -> None:
    experiment = workspace.experiment("weather")
    assert workspace.run(experiment).succeeded
    revision = experiment.revision
    workspace.arrange(experiment, {SPLIT: Position(x=500, y=0.5)})
    assert positions(workspace) == {CITIES: HERE, SPLIT: Position(x=500, y=0.5)}
    experiment = workspace.experiment("weather")
    assert experiment.revision == revision
    run = workspace.run(experiment)
    assert {node.state for node in run.nodes.values()} == {NodeState.KEPT}


def test_a_broken_layout_is_a_warning_and_keeps_nothing_from_running(
    workspace: studiolo.Workspace, default_environment: Environment
) -> None:
    experiment = workspace.experiment("weather")
    file = experiment.folder / "layout.json"
    file.write_text("<<<<<<< HEAD\n")
    (found,) = workspace.check(experiment)
    assert (found.code, found.file, found.line) == ("layout-invalid", file, 1)
    assert workspace.run(experiment).succeeded
    # A draft can be saved and run, and takes nobody's work on the layout away.
    draft = workspace.draft("weather")
    draft.rename("split", "halves")
    assert draft.run().succeeded
    with pytest.raises(LayoutFileError):
        workspace.arrange(experiment, {SPLIT: HERE})
    assert file.read_text() == "<<<<<<< HEAD\n"


def test_renamed_nodes_keep_their_place_their_connections_and_their_results(
    workspace: studiolo.Workspace, default_environment: Environment
) -> None:
    assert workspace.run(workspace.experiment("weather")).succeeded
    draft = workspace.draft("weather")
    node = draft.rename("cities", "towns")
    assert (node.name, node.node.dataset) == ("towns", "cities.csv")
    assert list(draft.nodes) == ["towns", "split"]
    assert positions(workspace).keys() == {"cities", "split"}
    run = draft.run()
    assert {node.state for node in run.nodes.values()} == {NodeState.KEPT}
    assert positions(workspace) == {NodeName("towns"): HERE, SPLIT: THERE}


def test_a_renamed_node_keeps_its_comments_and_what_callers_may_set(
    workspace: studiolo.Workspace,
) -> None:
    file = workspace.experiment("weather").folder / "experiment.yaml"
    typed = file.read_text().replace("module: split-data", "module: split-data  # in halves")
    file.write_text(typed)
    draft = workspace.draft("weather")
    draft["split"].web_service_parameter("random_seed", name="seed")
    draft.rename("split", "parts")
    draft.rename("parts", "halves").change(fraction=0.25)
    assert draft.web_service_parameters == {"seed": [("halves", "random_seed")]}
    draft.save()
    assert "halves:" in file.read_text()
    assert "# in halves" in file.read_text()


def test_names_that_no_node_can_get_are_refused(workspace: studiolo.Workspace) -> None:
    draft = workspace.draft("weather")
    with pytest.raises(NodeNameTakenError):
        draft.rename("cities", "split")
    with pytest.raises(NodeRefusedError):
        draft.rename("cities", "a.b")
    assert draft.rename("cities", "cities").name == "cities"
    assert draft.experiment == workspace.experiment("weather")


def test_a_duplicate_is_put_beside_its_original(workspace: studiolo.Workspace) -> None:
    draft = workspace.draft("weather")
    node = draft.duplicate("split")
    assert (node.name, node.node.inputs) == (AGAIN, draft.nodes[SPLIT].inputs)
    draft.duplicate("split", new_name="third")
    draft.remove("split")
    # Somebody moves the original meanwhile.
    workspace.arrange(workspace.experiment("weather"), {SPLIT: HERE})
    draft.save()
    beside = Position(x=HERE.x + 32, y=HERE.y + 32)
    assert positions(workspace) == {CITIES: HERE, AGAIN: beside, NodeName("third"): beside}


def test_a_copy_of_an_experiment_has_its_layout(
    workspace: studiolo.Workspace, tmp_path: Path
) -> None:
    with studiolo.open_workspace(studiolo.new_workspace(tmp_path / "to", samples=False)) as other:
        copied = copy_experiment("weather", workspace, other)
        assert "experiments/weather/layout.json" in copied.taken
        assert positions(other) == positions(workspace)


def test_nodes_that_are_moved_at_once_all_arrive(workspace: studiolo.Workspace) -> None:
    many = 8
    draft = workspace.draft("weather")
    names = [draft.dataset("cities.csv", name=f"node {number}").name for number in range(many)]
    draft.save()
    experiment = workspace.experiment("weather")
    together = threading.Barrier(many)

    def move(name: NodeName) -> None:
        together.wait()
        workspace.arrange(experiment, {name: HERE})

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(move, names))
    assert positions(workspace).keys() == {CITIES, SPLIT, *names}
