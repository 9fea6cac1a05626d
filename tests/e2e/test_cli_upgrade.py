"""`studiolo upgrade` of an experiment with its bundle: shown, verified by running both, written."""

import zipfile
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment

from .workspace_folder import WorkspaceFolder

_HELPERS = b"def f(frame):\r\n    return frame.sort('x', ascending=False)\r\n"
_TWO = """\
def azureml_main(frame):
    return frame.groupby("name").x.describe().reset_index()
"""


@pytest.mark.usefixtures("classic_environment")
def test_an_experiment_is_verified_and_its_bundle_stays(
    tmp_path: Path, default_environment: Environment
) -> None:
    del default_environment  # it has to be there
    typed = WorkspaceFolder(tmp_path)
    typed.write("datasets/names.csv", "name,x\na1,1\nb2,2\n")
    bundle = tmp_path / "datasets/bundle.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("helpers.py", _HELPERS)
        archive.writestr("broken.py", "x = ((\n")
        archive.writestr("notes.txt", "kept")
    before = bundle.read_bytes()
    typed.experiment(
        "old",
        """
            name: Old
            nodes:
              data: {dataset: names.csv}
              bundle: {dataset: bundle.zip}
              one: {module: execute-python-script, script: one.py,
                    inputs: {dataset1: data, script_bundle: bundle}}
              two: {module: execute-python-script, script: two.py, inputs: {dataset1: one}}
        """,
        {
            "one.py": "def azureml_main(frame):\n    print 'rows'\n    return frame.ix[[0]]\n",
            "two.py": f"{_TWO}# frame.ix\nprint 'two'\n",
        },
    )
    script = tmp_path / "experiments/old/one.py"

    verified = typed("upgrade", "experiments/old", "--verify", "--write")
    # What a person has to change differs, and where is said; nothing is written.
    assert verified.code == 1
    assert "two, results_dataset: " in verified.err
    assert "one, results_dataset: " not in verified.err
    assert "Not verified." in verified.err
    assert "bundle.zip/broken.py can't be upgraded. Line 1: " in verified.err
    assert "print 'rows'" in script.read_text()
    assert not (tmp_path / "datasets/bundle.upgraded.zip").exists()

    written = typed("upgrade", "experiments/old", "--write")
    assert written.code == 0
    assert "return frame.loc[[0]]" in script.read_text()
    assert bundle.read_bytes() == before
    assert "bundle.zip stays as it is: give scripts the new bundle in its place." in written.err
    with zipfile.ZipFile(tmp_path / "datasets/bundle.upgraded.zip") as archive:
        assert archive.read("helpers.py") == _HELPERS.replace(b"sort(", b"sort_values(")
        assert archive.read("notes.txt") == b"kept"


def test_a_bundle_alone_can_not_be_verified(tmp_path: Path) -> None:
    typed = WorkspaceFolder(tmp_path)
    ended = typed("upgrade", "bundle.zip", "--verify")
    assert ended.code == 2
    assert "a bundle does not run by itself" in ended.err


def test_a_misspelt_script_is_named(tmp_path: Path) -> None:
    typed = WorkspaceFolder(tmp_path)
    (tmp_path / "rank.py").touch()
    ended = typed("upgrade", "rank.pyy")
    assert ended.code == 2
    assert 'There is no script "rank.pyy". Did you mean "rank.py"?' in " ".join(ended.err.split())
