"""Models and transforms that nodes learnt, saved and used by other experiments."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import NodeName, SavedName
from studiolo.modules.definition import PortKind
from studiolo.workspace.errors import CopyRefusedError, NodeRefusedError
from studiolo.workspace.saved.errors import NothingToSaveError
from studiolo.workspace.set_up.errors import ResultsOutdatedError
from studiolo.workspace.set_up.service_experiment import write_service_experiment
from studiolo.workspace.transfer.copying import copy_experiment
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder, run_in

ROWS = "x,y,class\n" + "".join(f"{n},{n % 7 or ''},{int(n > 20)}\n" for n in range(40))
TRAINING = """
rows: {dataset: rows.csv}
clean:
  module: clean-missing-data
  inputs: {dataset: rows}
  parameters: {cleaning_mode: Replace with mean}
learner: {module: two-class-logistic-regression}
train:
  module: train-model
  inputs: {untrained_model: learner, dataset: clean}
  parameters: {label_column: class}
score: {module: score-model, inputs: {trained_model: train, dataset: clean}}
"""
SCORING = """
more: {dataset: rows.csv}
means: {transform: means}
model: {trained_model: classes}
clean: {module: apply-transformation, inputs: {transformation: means, dataset: more}}
score: {module: score-model, inputs: {trained_model: model, dataset: clean}}
"""
#: Its objects are of a class that only its own packages would have.
STAMP = """
# /// script
# [tool.studiolo]
# name = "Stamp"
# [tool.studiolo.outputs.stamp]
# label = "Stamp"
# kind = "transform"
# ///
import sys, types

library = types.ModuleType("gone_library")
exec("class Stamp:\\n    def transform(self, frame):\\n        return frame", library.__dict__)
sys.modules["gone_library"] = library

def azureml_main(dataset):
    library.Stamp.__module__ = "gone_library"
    return library.Stamp()
"""


@pytest.fixture(scope="module")
def trained_folder(
    tmp_path_factory: pytest.TempPathFactory, default_environment: Environment
) -> WorkspaceFolder:
    """A workspace in which the training experiment has run; tests copy it."""
    folder = WorkspaceFolder(tmp_path_factory.mktemp("trained") / "workspace")
    folder.dataset("rows.csv", ROWS)
    folder.experiment(TRAINING)
    folder.experiment(SCORING, name="scoring")
    with Workspace(folder.root) as workspace:
        run_in(workspace)
    return folder


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, default_environment: Environment
) -> WorkspaceFolder:
    """The workspace of a test: with a training run if it asks for one, else new."""
    root = tmp_path / "workspace"
    if "trained" not in request.fixturenames:
        return WorkspaceFolder(root)
    folder: WorkspaceFolder = request.getfixturevalue("trained_folder")
    return folder.copy(root)


@pytest.fixture
def trained(place: WorkspaceFolder) -> Iterator[Workspace]:
    """An open workspace, in which the training experiment has run."""
    with Workspace(place.root) as workspace:
        yield workspace


def save_both(workspace: Workspace) -> None:
    run = workspace.result(workspace.runs.newest()[0].id)
    workspace.save_model(run["train"], name="classes")
    workspace.save_transform(run["clean"], name="means")


def test_what_was_learnt_is_used_by_another_experiment(trained: Workspace) -> None:
    before = run_in(trained)
    save_both(trained)
    ran = run_in(trained, "scoring")
    assert ran.table("score") == before.table("score")
    assert run_in(trained, "scoring").kept() == set(ran.states)

    record = json.loads((trained.root / "models/classes/1.json").read_text())
    assert (record["experiment"], record["node"], record["run"]) == (
        "experiments/experiment",
        "train",
        before.id,
    )
    assert [column["name"] for column in record["columns"]] == ["x", "y", "class"]
    assert record["parameters"] == {"label_column": "class"}
    assert any(
        package.startswith("scikit-learn==") for package in record["environment"]["packages"]
    )


def test_a_new_version_is_used_at_once_and_an_old_one_by_its_number(
    trained: Workspace, place: WorkspaceFolder
) -> None:
    save_both(trained)
    before = run_in(trained, "scoring").table("score")
    place.change("two-class-logistic-regression", "two-class-decision-forest")
    run = trained.run(trained.experiment("experiment"))
    assert trained.save_model(run["train"], name="classes").version == 2
    after = run_in(trained, "scoring")
    assert after.ran() == {"model", "score"}
    assert after.reasons["model"] == "Changed: what is saved under the name."
    assert after.table("score") != before
    place.experiment(SCORING.replace("classes}", "classes, version: 1}"), name="scoring")
    assert run_in(trained, "scoring").table("score") == before


@pytest.mark.parametrize(
    ("node", "says"),
    [
        ("rows", "it is a dataset"),
        ("score", "its outputs are scored_dataset (a dataset)."),
        ("clean", "its outputs are cleaned_dataset (a dataset), cleaning_transformation (a transf"),
        ("learner", "what two-class-logistic-regression gives has not learnt from data."),
    ],
)
def test_only_a_trained_model_is_saved_as_one(trained: Workspace, node: str, says: str) -> None:
    run = trained.result(trained.runs.newest()[0].id)
    with pytest.raises(NothingToSaveError) as caught:
        trained.save_model(run[node], name="classes")
    assert says in str(caught.value)
    assert not (trained.root / "models").exists()


def test_a_port_is_chosen_and_has_to_fit(trained: Workspace) -> None:
    run = trained.result(trained.runs.newest()[0].id)
    saved = trained.save_transform(run["clean"], name="means", port="cleaning_transformation")
    assert saved.saved == SavedName(PortKind.TRANSFORM, "means")
    with pytest.raises(NothingToSaveError, match='there is none at "cleaned_dataset"'):
        trained.save_transform(run["clean"], name="means", port="cleaned_dataset")


def test_a_node_that_failed_or_was_skipped_has_nothing(
    trained: Workspace, place: WorkspaceFolder
) -> None:
    place.change("label_column: class", "label_column: nothing")
    run = trained.run(trained.experiment("experiment"))
    with pytest.raises(NothingToSaveError, match="it failed"):
        trained.save_model(run["train"], name="classes")
    with pytest.raises(NothingToSaveError, match="it was skipped"):
        trained.save_transform(run["score"], name="means")


def test_a_file_that_was_changed_is_found_before_a_run_and_in_it(trained: Workspace) -> None:
    save_both(trained)
    experiment = trained.experiment("scoring")
    plan = trained.plan(experiment)
    file = trained.root / "models/classes/1.model"
    file.write_bytes(file.read_bytes()[:-1])
    assert [found.code for found in trained.check(experiment)] == ["saved-damaged"]
    with pytest.raises(ExperimentFileError, match="does not have the SHA-256"):
        trained.run(experiment)
    # Changed in the moment after the plan was made.
    with pytest.raises(Exception, match="was changed while the run was beginning"):
        trained.saved.read(plan.steps[NodeName("model")])


def test_an_object_whose_class_is_gone_is_explained_by_the_sandbox(place: WorkspaceFolder) -> None:
    place.dataset("rows.csv", ROWS)
    place.module("stamp.py", STAMP)
    place.experiment("rows: {dataset: rows.csv}\nstamp: {module: stamp, inputs: {dataset: rows}}\n")
    place.experiment(
        """
        rows: {dataset: rows.csv}
        stamp: {transform: stamp}
        apply: {module: apply-transformation, inputs: {transformation: stamp, dataset: rows}}
        """,
        name="applying",
    )
    with Workspace(place.root) as workspace:
        run = run_in(workspace)
        workspace.save_transform(run.result["stamp"], name="stamp")
        ran = run_in(workspace, "applying")
        code, _, message = ran.failure("apply")
    assert code == "object-unreadable"
    assert "gone_library" in message
    assert "transformation" in message


def test_a_draft_uses_what_was_saved(trained: Workspace) -> None:
    save_both(trained)
    draft = trained.new_experiment("drafted")
    rows = draft.dataset("rows.csv")
    clean = draft.module(
        "apply-transformation", transformation=draft.transform("means"), dataset=rows
    )
    model = draft.trained_model("classes", version=1, comment="as of today")
    assert model.name == "classes"
    score = draft.module("score-model", name="score", trained_model=model, dataset=clean)
    run = draft.run()
    assert run[score].frame().shape[0] == 40
    assert "{trained_model: classes, version: 1, comment: as of today}" in (
        trained.root / "experiments/drafted/experiment.yaml"
    ).read_text(encoding="utf-8")
    for wrong in ("classse", "../classes"):
        with pytest.raises(NodeRefusedError):
            draft.trained_model(wrong)
    with pytest.raises(NodeRefusedError, match="has no version 7"):
        draft.transform("means", name="later", version=7)


def test_an_experiment_takes_its_models_along(trained: Workspace, tmp_path: Path) -> None:
    save_both(trained)
    other = WorkspaceFolder(tmp_path / "other")
    with Workspace(other.root) as there:
        copied = copy_experiment("scoring", trained, there)
        assert {"models/classes/1.model", "models/classes/1.json"} <= set(copied.taken)
        assert there.check(there.experiment("scoring")) == []
        again = copy_experiment("scoring", trained, there, name="again")
        assert {"transforms/means/1.transform", "models/classes/1.json"} <= set(again.shared)
        # Another second version there would be what the copy means.
        for extension in ("model", "json"):
            first = other.root / f"models/classes/1.{extension}"
            first.with_name(f"2.{extension}").write_bytes(first.read_bytes())
        with pytest.raises(CopyRefusedError, match='"classes" has a version 2 there'):
            copy_experiment("scoring", trained, there, name="third")
        (other.root / "models/classes/2.json").unlink()
        (other.root / "models/classes/1.json").write_text("{}")
        with pytest.raises(CopyRefusedError, match=r"models/classes/1\.json exists there already"):
            copy_experiment("scoring", trained, there, name="third")
        (trained.root / "models/classes/1.model").unlink()
        with pytest.raises(CopyRefusedError, match=r'1\.model" is missing'):
            copy_experiment("scoring", trained, there, name="third")


def test_a_service_is_set_up_from_what_was_trained(
    trained: Workspace, place: WorkspaceFolder
) -> None:
    before = run_in(trained)
    made = write_service_experiment(trained, trained.experiment("experiment"))
    assert made.folder == place.folder("experiment-service")
    assert [version.saved.name for version in made.saved] == ["experiment", "experiment clean"]
    ran = run_in(trained, "experiment-service")
    assert ran.table("output1") == before.table("score")
    assert ran.states.keys() == {
        "rows",
        "input1",
        "clean transform",
        "clean",
        "train",
        "score",
        "output1",
    }

    # Trained again, it says the same with a new version; nothing is trained in the service.
    place.change("two-class-logistic-regression", "two-class-decision-forest")
    with pytest.raises(ResultsOutdatedError, match='no result of "train" as it is now'):
        write_service_experiment(trained, trained.experiment("experiment"))
    trained.run(trained.experiment("experiment"))
    again = write_service_experiment(trained, trained.experiment("experiment"))
    assert [version.version for version in again.saved] == [2, 1]
    assert run_in(trained, "experiment-service").ran() == {"train", "score", "output1"}
