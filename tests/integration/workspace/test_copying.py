"""Experiments that go to another workspace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import studiolo
from studiolo.environments.environment import Environment
from studiolo.experiments.errors import ExperimentMissingError
from studiolo.store.records import Records
from studiolo.workspace.errors import (
    CopyRefusedError,
    ExperimentNameError,
    WorkspaceUnwritableError,
)
from studiolo.workspace.folder.state_folder import StateFolder
from studiolo.workspace.transfer.copying import copy_experiment
from studiolo.workspace.workspace import Workspace

LAYOUT = '{"studiolo": 1, "nodes": {}}'
YAML = """\
# Do not lose this.
studiolo: 1
name:   Cities
nodes:
  cities: {dataset: cities.csv}   # as they are
  doubled: {module: double, inputs: {dataset: cities}}
  script:
    module: execute-python-script
    script: parts/script.py
    inputs: {dataset1: doubled}
  data:
    module: import-data
    parameters: {file: more.csv}
"""
DOUBLE = """\
import pandas as pd

def azureml_main(dataset: pd.DataFrame) -> tuple[pd.DataFrame]:
    return pd.concat([dataset, dataset]),
"""
SCRIPT = "def azureml_main(frame=None):\n    return frame,\n"
CITIES = "city\nSeoul\n"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workspace]:
    root = studiolo.new_workspace(tmp_path / "here", samples=False)
    (root / "datasets" / "cities.csv").write_text(CITIES)
    (root / "datasets" / "more.csv").write_text("n\n1\n")
    (root / "datasets" / "unused.csv").write_text("n\n1\n")
    (root / "modules" / "double.py").write_text(DOUBLE)
    (root / "modules" / "unused.py").write_text(DOUBLE)
    folder = root / "experiments" / "cities"
    (folder / "parts").mkdir(parents=True)
    (folder / "experiment.yaml").write_text(YAML)
    (folder / "layout.json").write_text(LAYOUT)
    (folder / "parts" / "script.py").write_text(SCRIPT)
    (folder / "notes.txt").write_text("not named")
    with studiolo.open_workspace(root) as opened:
        yield opened


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Workspace]:
    root = studiolo.new_workspace(tmp_path / "there", samples=False)
    with studiolo.open_workspace(root) as opened:
        yield opened


def files(workspace: Workspace) -> dict[str, str]:
    """The files of a workspace that a person sees."""
    return {
        path.relative_to(workspace.root).as_posix(): path.read_text()
        for path in sorted(workspace.root.rglob("*"))
        if path.is_file() and not path.is_relative_to(StateFolder(workspace.root).path)
    }


def test_everything_that_is_named_is_taken_along_and_nothing_else(
    here: Workspace, there: Workspace
) -> None:
    before = files(there)
    copied = copy_experiment("cities", here, there)
    assert copied.folder == there.root / "experiments" / "cities"
    added = {name: text for name, text in files(there).items() if name not in before}
    assert added == {
        "datasets/cities.csv": CITIES,
        "datasets/more.csv": "n\n1\n",
        "experiments/cities/experiment.yaml": YAML,
        "experiments/cities/layout.json": LAYOUT,
        "experiments/cities/parts/script.py": SCRIPT,
        "modules/double.py": DOUBLE,
    }
    assert sorted(copied.taken) == sorted(added)
    assert (copied.shared, copied.renumbered) == ([], {})
    assert there.check(there.experiment("cities")) == []


def test_what_is_there_already_is_shared_and_a_second_copy_changes_nothing(
    here: Workspace, there: Workspace
) -> None:
    (there.root / "datasets" / "cities.csv").write_text(CITIES)
    # The same module, written another way.
    (there.root / "modules" / "double.py").write_text(DOUBLE)
    copied = copy_experiment(here.root / "experiments" / "cities", here, there, name="towns")
    assert copied.folder.name == "towns"
    assert sorted(copied.shared) == ["datasets/cities.csv", "modules/double.py"]
    before = files(there)
    again = copy_experiment("cities", here, there, name="towns")
    assert again.taken == []
    assert "experiments/towns/experiment.yaml" in again.shared
    assert files(there) == before


@pytest.mark.parametrize("kind", ["datasets", "modules"])
def test_no_link_leads_the_copy_out_of_its_folder(
    kind: str, here: Workspace, there: Workspace, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    if kind == "datasets":
        (here.root / "datasets" / "sub").mkdir()
        (here.root / "datasets" / "cities.csv").rename(here.root / "datasets" / "sub" / "a.csv")
        yaml = here.root / "experiments" / "cities" / "experiment.yaml"
        yaml.write_text(YAML.replace("dataset: cities.csv", "dataset: sub/a.csv"))
        (there.root / "datasets" / "sub").symlink_to(outside)
    else:
        (there.root / "modules" / "double.py").symlink_to(outside / "double.py")
    with pytest.raises((WorkspaceUnwritableError, CopyRefusedError)):
        copy_experiment("cities", here, there)
    assert list(outside.iterdir()) == []
    assert not (there.root / "experiments" / "cities").exists()
    assert not (there.root / "datasets" / "more.csv").exists()


def test_all_that_is_in_the_way_is_told_and_nothing_is_written(
    here: Workspace, there: Workspace
) -> None:
    (there.root / "datasets" / "cities.csv").write_text("city\nOslo\n")
    (there.root / "modules" / "double.py").write_text(f"# Mine.\n{DOUBLE}")
    folder = there.root / "experiments" / "cities"
    folder.mkdir()
    (folder / "experiment.yaml").write_text("studiolo: 1\nname: Mine\nnodes: {}\n")
    before = files(there)
    with pytest.raises(CopyRefusedError) as caught:
        copy_experiment("cities", here, there)
    reasons = "\n".join(caught.value.reasons)
    assert len(caught.value.reasons) == 3
    assert "datasets/cities.csv exists there already" in reasons
    assert "modules/double.py exists there already" in reasons
    assert "experiments/cities exists there already and differs in experiment.yaml" in reasons
    assert files(there) == before
    assert not list(there.root.glob(".copying-*"))


def test_all_that_is_missing_is_told_and_nothing_is_written(
    here: Workspace, there: Workspace
) -> None:
    (here.root / "datasets" / "cities.csv").unlink()
    (here.root / "modules" / "double.py").unlink()
    (here.root / "experiments" / "cities" / "parts" / "script.py").unlink()
    before = files(there)
    with pytest.raises(CopyRefusedError) as caught:
        copy_experiment("cities", here, there)
    assert len(caught.value.reasons) == 3
    assert files(there) == before


def test_a_dataset_outside_of_the_workspace_is_not_taken_along(
    here: Workspace, there: Workspace
) -> None:
    file = here.root / "experiments" / "cities" / "experiment.yaml"
    file.write_text(YAML.replace("more.csv", "../../secret.csv"))
    with pytest.raises(CopyRefusedError, match=r"secret\.csv"):
        copy_experiment("cities", here, there)


def test_a_copy_that_breaks_off_leaves_nothing(
    here: Workspace, there: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(there)

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(WorkspaceUnwritableError, match="No space left"):
        copy_experiment("cities", here, there)
    assert files(there) == before


def test_an_experiment_is_copied_within_its_workspace_under_another_name(here: Workspace) -> None:
    copied = copy_experiment("cities", here, here, name="towns")
    assert all(name.startswith("experiments/towns/") for name in copied.taken)
    assert here.experiment("towns").nodes == here.experiment("cities").nodes
    with pytest.raises(ExperimentNameError):
        copy_experiment("cities", here, here, name="../towns")
    with pytest.raises(ExperimentMissingError):
        copy_experiment("villages", here, here)


@pytest.fixture
def older(here: Workspace, default_environment: Environment) -> Workspace:
    """The workspace, with three versions of a dataset, and an experiment that names the second."""
    file = here.root / "datasets" / "counts.csv"
    draft = here.new_experiment("counts")
    for number in (1, 22, 333):
        file.write_text(f"n\n{number}\n")
        if not draft.nodes:
            draft.dataset("counts.csv", name="now")
        draft.run()
    draft.dataset("counts.csv", name="then", version=2)
    draft.save()
    yaml = draft.folder / "experiment.yaml"
    yaml.write_text(f"# Mine.\n{yaml.read_text()}")
    return here


def test_an_older_version_gets_the_number_that_the_other_workspace_has_for_it(
    older: Workspace, there: Workspace
) -> None:
    copied = copy_experiment("counts", older, there)
    assert copied.renumbered == {"then": (2, 1)}
    text = (copied.folder / "experiment.yaml").read_text()
    original = (older.root / "experiments" / "counts" / "experiment.yaml").read_text()
    assert text == original.replace("version: 2", "version: 1")
    run = there.run(there.experiment("counts"))
    assert run["then"].frame()["n"].tolist() == [22]
    assert run["now"].frame()["n"].tolist() == [333]
    # Another time nothing is new.
    assert copy_experiment("counts", older, there).taken == []


def test_an_older_version_keeps_its_number_where_it_can(older: Workspace, there: Workspace) -> None:
    # The other workspace has met the newest one, which is version 1 there.
    (there.root / "datasets" / "counts.csv").write_text("n\n333\n")
    draft = there.new_experiment("look")
    draft.dataset("counts.csv")
    draft.run()
    copied = copy_experiment("counts", older, there)
    assert copied.renumbered == {}
    original = older.root / "experiments" / "counts" / "experiment.yaml"
    assert (copied.folder / "experiment.yaml").read_bytes() == original.read_bytes()
    run = there.run(there.experiment("counts"))
    assert run["then"].frame()["n"].tolist() == [22]
    with Records.open(StateFolder(there.root).path) as records:
        current = records.dataset_version("counts.csv")
    assert current is not None
    assert current.version == 1


def test_an_older_version_that_is_not_kept_is_missing(older: Workspace, there: Workspace) -> None:
    record = older.datasets.versions.find("counts.csv", 2)
    StateFolder(older.root).blobs.path(record.content).unlink()
    with pytest.raises(CopyRefusedError, match="version 2"):
        copy_experiment("counts", older, there)
