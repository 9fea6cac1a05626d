import shutil
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from studiolo.runs.planning.selection import Selection
from studiolo.store.identity import RunId
from studiolo.workspace.workspace import open_workspace

from .command_line import CommandLine


class WorkspaceFolder(CommandLine):
    """A workspace in a folder of its own, in which experiments are written and run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write("studiolo.toml", 'name = "Test"\n')

    def write(self, name: str, text: str) -> Path:
        """Write a file with this text, in folders that are made."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def experiment(self, name: str, text: str, scripts: Mapping[str, str] | None = None) -> None:
        """Write an experiment and the scripts beside it."""
        self.write(f"experiments/{name}/experiment.yaml", f"studiolo: 1\n{textwrap.dedent(text)}")
        for script, source in (scripts or {}).items():
            self.write(f"experiments/{name}/{script}", source)

    def remove(self, name: str) -> None:
        """Remove an experiment."""
        shutil.rmtree(self.folder / "experiments" / name)

    def run_experiment(self, name: str, *, to: Sequence[str] = ()) -> RunId:
        """Run an experiment, or what some of its nodes need; the run's id."""
        with open_workspace(self.folder) as workspace:
            experiment = workspace.experiment(name)
            selection = Selection.of(experiment, to=to)
            return workspace.run(experiment, selection=selection).id
