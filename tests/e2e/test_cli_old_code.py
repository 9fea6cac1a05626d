"""Old code on the command line: what still runs and means something else is said beforehand."""

import zipfile
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment

from .command_line import CommandLine
from .workspace_folder import WorkspaceFolder

_NOTE = "The first argument is plain text today; it was a pattern."
_SCRIPT = """\
import helpers

def azureml_main(frame=None):
    frame["name"] = frame["name"].str.replace("[0-9]+", "")
    print("it runs")
    return frame
"""


def _bundle(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("helpers.py", "def f(s):\n    return s.str.replace('[a-z]+', '')\n")
        archive.writestr("unused.py", "def g(frame):\n    return frame.ix[0]\n")


@pytest.fixture
def place(tmp_path: Path) -> CommandLine:
    (tmp_path / "old.py").write_text(_SCRIPT)
    (tmp_path / "names.csv").write_text("name,x\na1,1\nb2,2\n")
    _bundle(tmp_path / "bundle.zip")
    return CommandLine(tmp_path)


def test_a_script_and_its_bundle_are_noted_before_they_run(place: CommandLine) -> None:
    options = ("--dataset1", "names.csv", "--script-bundle", "bundle.zip")
    # The script fails, so that both streams are one.
    place.folder.joinpath("old.py").write_text(_SCRIPT.replace("return frame", "raise OSError(1)"))
    ended = place("run", "old.py", *options)
    notes = [line for line in ended.err.splitlines() if line.startswith("note: ")]
    assert [note.partition(":")[2].split(": ")[0].strip() for note in notes] == [
        "line 4",
        "helpers.py, line 2",
    ]
    assert ended.err.startswith("note: ")
    assert ended.err.count(_NOTE) == 2


def test_check_reads_the_modules_of_a_bundle(place: CommandLine) -> None:
    ended = place("check", "bundle.zip")
    assert ended.code == 2
    assert f"warning[call-changed]: bundle.zip/helpers.py:2: {_NOTE}" in ended.err
    assert "error[call-retired]: bundle.zip/unused.py:2: " in ended.err


def test_an_experiment_s_scripts_are_noted_before_they_run_and_checked(
    tmp_path: Path, default_environment: Environment
) -> None:
    typed = WorkspaceFolder(tmp_path)
    typed.write("datasets/names.csv", "name,x\na1,1\nb2,2\n")
    _bundle(typed.folder / "datasets/bundle.zip")
    typed.experiment(
        "old",
        """
            name: Old
            nodes:
              data: {dataset: names.csv}
              bundle: {dataset: bundle.zip}
              old: {module: execute-python-script, script: old.py,
                    inputs: {dataset1: data, script_bundle: bundle}}
        """,
    )
    typed.write("experiments/old/old.py", _SCRIPT)
    checked = typed("check", "experiments/old")
    assert checked.code == 2
    assert f"warning[call-changed]: experiments/old/old.py:4: {_NOTE}" in checked.err
    assert "error[call-retired]: datasets/bundle.zip/unused.py:2: " in checked.err
    out = typed("run", "experiments/old").out
    assert f"note: old, line 4: {_NOTE}" in out
    assert f"note: old, helpers.py, line 2: {_NOTE}" in out
    assert out.index("note: old") < out.index("✓ old")
    # Nothing runs, so nothing is said.
    assert "note:" not in typed("run", "experiments/old").out
