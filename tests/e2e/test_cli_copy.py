"""`studiolo copy`."""

import pytest

from .command_line import CommandLine

EXPERIMENT = "here/experiments/rank-features"


@pytest.fixture
def workspaces(studiolo: CommandLine) -> CommandLine:
    """The command line beside a workspace with samples, and an empty one."""
    assert studiolo("new", "here").code == 0
    assert studiolo("new", "there", "--empty").code == 0
    return studiolo


def test_an_experiment_is_copied_with_what_it_names(workspaces: CommandLine) -> None:
    ended = workspaces("copy", EXPERIMENT, "there")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[1:] == [
        "  + experiments/rank-features/experiment.yaml",
        "  + experiments/rank-features/rank_features.py",
        "  + datasets/pima-indians-diabetes.csv",
    ]
    assert ended.out.splitlines()[0].endswith("there/experiments/rank-features.")
    assert workspaces("check", "there/experiments/rank-features").code == 0

    again = workspaces("copy", EXPERIMENT, "there")
    assert again.code == 0
    assert again.out.endswith("already holds the same experiment.\n")
    named = workspaces("copy", f"{EXPERIMENT}/experiment.yaml", "there", "--name", "two")
    assert "  = datasets/pima-indians-diabetes.csv, there already" in named.out.splitlines()


def test_what_is_in_the_way_is_told_and_stays(workspaces: CommandLine) -> None:
    file = workspaces.folder / "there/datasets/pima-indians-diabetes.csv"
    file.write_text("a\n1\n")
    ended = workspaces("copy", EXPERIMENT, "there")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error[copy-refused]:")
    assert "datasets/pima-indians-diabetes.csv exists there already" in ended.err
    assert file.read_text() == "a\n1\n"
    assert not list((workspaces.folder / "there/experiments").iterdir())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["here/experiments/nothing", "there"], "experiment-missing"),
        ([EXPERIMENT, "nowhere"], "workspace-missing"),
        ([EXPERIMENT, "there", "--name", "../up"], "experiment-name"),
    ],
)
def test_bad_usage_is_explained(workspaces: CommandLine, arguments: list[str], code: str) -> None:
    ended = workspaces("copy", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert f"error[{code}" in ended.err
