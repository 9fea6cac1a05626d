"""The list of a workspace's experiments, which reads each of them once."""

from pathlib import Path
from unittest.mock import patch

from studiolo.experiments.experiment import Experiment
from studiolo.workspace.folder.sample import new_workspace
from studiolo.workspace.studio.listing import ExperimentList
from studiolo.workspace.workspace import Workspace

EXPERIMENT = "studiolo: 1\nname: {name}\nnodes:\n  n: {{dataset: a.csv}}\n"


def write(root: Path, name: str, text: str) -> None:
    folder = root / "experiments" / name
    folder.mkdir(exist_ok=True)
    (folder / "experiment.yaml").write_text(text)


def test_an_experiment_is_read_once_in_each_version(tmp_path: Path) -> None:
    root = new_workspace(tmp_path / "workspace", samples=False)
    # One more than the reading of files remembers by itself.
    for number in range(5):
        write(root, f"e{number}", EXPERIMENT.format(name=f"number {number}"))
    write(root, "broken", "studiolo: [")
    reads: list[str] = []

    def read(path: Path | str) -> Experiment:
        reads.append(Path(path).name)
        return experiment(path)

    with Workspace(root) as workspace:
        experiment = workspace.experiment
        listed = ExperimentList(workspace)
        with patch.object(workspace, "experiment", read):
            first = {one.name: one.experiment for one in listed.all()}
            assert sorted(reads) == sorted(first)
            assert first["broken"] is None
            assert {one.name: one.experiment for one in listed.all()} == first
            assert len(reads) == 6
            write(root, "e1", EXPERIMENT.format(name="changed"))
            write(root, "broken", EXPERIMENT.format(name="mended"))
            (root / "experiments" / "e2" / "experiment.yaml").unlink()
            now = {one.name: one.experiment for one in listed.all()}
        titles = {name: one.name for name, one in now.items() if one is not None}
        assert titles["e1"] == "changed"
        assert titles["broken"] == "mended"
        assert "e2" not in titles
        assert sorted(reads[6:]) == ["broken", "e1"]
