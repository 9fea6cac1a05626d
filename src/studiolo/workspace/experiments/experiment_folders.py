"""The folders of a workspace's experiments: which there are, and what they may be called."""

import contextlib
from collections.abc import Collection, Sequence
from pathlib import Path

from studiolo.experiments.errors import ExperimentMissingError
from studiolo.experiments.experiment import Experiment
from studiolo.experiments.file import FILE_NAME, read_experiment
from studiolo.experiments.revision import Revision, revision_at
from studiolo.suggestions import closest
from studiolo.workspace.errors import (
    ExperimentExistsError,
    ExperimentNameError,
    WorkspaceNotExperimentError,
)

EXPERIMENTS = "experiments"
#: Bytes of an experiment's name; file systems take no longer names of folders.
_LONGEST_NAME = 200


class ExperimentFolders:
    """The folder `experiments` of a workspace."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / EXPERIMENTS

    @property
    def all(self) -> Sequence[Path]:
        """The folders of its experiments, by name."""
        return sorted(file.parent for file in self._folder.glob(f"*/{FILE_NAME}"))

    def read(self, path: Path | str) -> Experiment:
        """An experiment, given by its folder, its file, or its name here.

        Raises:
            ExperimentMissingError: It does not exist.
            ExperimentFileError: Its file does not follow the format.
        """
        typed, named = Path(path), self._folder / path
        # "." and ".." are something in `experiments`, too.
        is_there = typed.is_file() or (typed / FILE_NAME).is_file()
        try:
            return read_experiment(typed if is_there or not named.exists() else named)
        except ExperimentMissingError as error:
            names = [folder.name for folder in self.all]
            if typed.is_dir() and typed.resolve() == self._root.resolve():
                # From elsewhere a name alone does not find them.
                inside = Path.cwd().is_relative_to(self._root.resolve())
                shown = names if inside else [str(typed / EXPERIMENTS / name) for name in names]
                raise WorkspaceNotExperimentError(path=str(path), experiments=shown) from error
            close = closest(typed.name, names)
            near = error.neighbours or ([] if close is None else [close])
            raise ExperimentMissingError(path=str(path), neighbours=near, known=names) from error

    def folder(self, name: str) -> Path:
        """The folder of an experiment of that name, whether or not it exists.

        Raises:
            ExperimentNameError: No folder can be called so.
        """
        if name != name.strip() or not name or not name.isprintable():
            raise ExperimentNameError(name=name)
        if (
            name.startswith(".")
            or "/" in name
            or "\\" in name
            or len(name.encode()) > _LONGEST_NAME
        ):
            raise ExperimentNameError(name=name)
        return self._folder / name

    def to_replace(self, name: str, *, replace: bool) -> Experiment | None:
        """The experiment of that name; None if there is none.

        Raises:
            ExperimentNameError: No folder can be called so.
            ExperimentExistsError: It exists, and is not to be replaced.
            ExperimentFileError: It can't be read: someone is editing it.
        """
        folder = self.folder(name)
        if not (folder / FILE_NAME).exists():
            return None
        if not replace:
            raise ExperimentExistsError(name=name)
        return read_experiment(folder)


def script_revisions(experiment: Experiment) -> dict[str, Revision]:
    """The revisions of the scripts that an experiment names, as far as they can be read."""
    scripts: Collection[str] = {
        node.script for node in experiment.nodes.values() if node.script is not None
    }
    revisions = {}
    for script in scripts:
        with contextlib.suppress(OSError):
            revisions[script] = revision_at(experiment.folder / script)
    return revisions
