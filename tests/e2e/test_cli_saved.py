"""`studiolo save-model` and `studiolo save-transform`, and experiments that use what they save."""

import subprocess
import sys
from pathlib import Path

import pytest

from .command_line import CommandLine
from .workspace_folder import WorkspaceFolder

ROWS = "x,class\n" + "".join(f"{n},{int(n > 20)}\n" for n in range(40))
TRAINING = """
    name: Train
    nodes:
      rows: {dataset: rows.csv}
      learner: {module: two-class-logistic-regression}
      train:
        module: train-model
        inputs: {untrained_model: learner, dataset: rows}
        parameters: {label_column: class}
    """
SCORING = """
    name: Score
    nodes:
      rows: {dataset: rows.csv}
      model: {trained_model: classes}
      score: {module: score-model, inputs: {trained_model: model, dataset: rows}}
    """


@pytest.fixture
def workspace(tmp_path: Path) -> WorkspaceFolder:
    return new_workspace(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceFolder:
    """A workspace whose experiment "train" has run; nothing is saved in it."""
    folder = new_workspace(tmp_path_factory.mktemp("trained"))
    folder.run_experiment("train")
    return folder


def new_workspace(at: Path) -> WorkspaceFolder:
    folder = WorkspaceFolder(at)
    folder.write("datasets/rows.csv", ROWS)
    folder.experiment("train", TRAINING)
    folder.experiment("score", SCORING)
    return folder


def test_a_model_is_saved_and_used(workspace: WorkspaceFolder) -> None:
    ended = workspace("save-model", "train/train", "--name", "classes")
    assert ended.code == 2
    assert 'error[nothing-to-save]: The node "train" has no trained model to save' in ended.err
    assert "Run it first: studiolo run train" in ended.err.replace("\n", " ")
    ended = workspace("check", "experiments/score")
    assert "error[saved-missing]: experiments/score/experiment.yaml:6: There is no" in ended.err

    workspace.run_experiment("train")
    ended = workspace("save-model", "train/train", "--name", "classes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith('Saved the trained model "classes" as version 1: models/classes/1.')
    assert ended.out.endswith("In an experiment: {trained_model: classes}\n")
    again = workspace("save-model", "experiments/train/train", "--name", "classes")
    assert "is the same as its newest version, 1; nothing was written." in again.out

    ran = workspace("run", "experiments/score")
    assert ran.code == 0, ran.err
    shown = workspace("show", "score/model")
    assert "saved model classes, content" in shown.out
    assert "trained_model: a model" in shown.out
    document = workspace("show", "score/model", "--json").report
    assert (document["trained_model"], document["dataset"], document["module"]) == (
        "classes",
        None,
        None,
    )
    assert document["ports"]["trained_model"]["kind"] == "model"


def test_a_program_without_studiolo_opens_the_model(workspace: WorkspaceFolder) -> None:
    workspace.run_experiment("train")
    assert workspace("save-model", "train/train", "--name", "classes").code == 0
    workspace.run_experiment("score")
    assert workspace("show", "score/score", "--output", "studiolo.csv").code == 0
    assert workspace("export", "experiments/score", "--output", "program.py").code == 0
    assert '"cloudpickle==' in workspace.read("program.py")
    python = default_python()
    done = subprocess.run(
        [python, "program.py", "datasets", "--write", "out"],
        cwd=workspace.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert workspace.read("out/score.csv") == workspace.read("studiolo.csv")


def default_python() -> Path:
    """The Python of the default environment, which has what the program needs."""
    code = (
        "from studiolo.environments.environment import default_spec\n"
        "from studiolo.environments.request import EnvironmentRequest\n"
        "from studiolo.environments.script_environment import environment_for\n"
        "print(environment_for(EnvironmentRequest(base=default_spec())).python)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return Path(told.stdout.strip())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["save-model", "train", "--name", "x"], "train is an experiment. Name one of its nodes"),
        (["save-model", "nothing/train", "--name", "x"], "error[experiment-missing"),
        (["save-model", "train/nothing", "--name", "x"], "error[node-unknown"),
        (["save-model", "train/train", "--name", "../x"], "error[saved-name"),
        (["save-transform", "train/train", "--name", "x"], "error[nothing-to-save"),
        (["save-model", "train/rows", "--name", "x"], "it is a dataset"),
        (["save-model", "train/train", "--name", "x", "--port", "y"], 'there is none at "y"'),
        (["save-model", "train/train", "--name", "x", "--run", "zzz"], "error[run-unknown"),
        (["save-model", "train/train"], "--name"),
    ],
)
def test_bad_usage_is_explained(trained: WorkspaceFolder, arguments: list[str], says: str) -> None:
    ended = trained(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert says in " ".join(ended.err.replace("│", " ").split())
    assert not {"models", "transforms"} & trained.names


def test_outside_of_a_workspace(studiolo: CommandLine) -> None:
    ended = studiolo("save-model", "train/train", "--name", "x")
    assert ended.code == 2
    assert "error[experiment-missing" in ended.err
