"""The experiments of a workspace as a list, of which each is read once in each of its versions."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment
from studiolo.experiments.file import FILE_NAME
from studiolo.experiments.revision import Revision, revision_at
from studiolo.store.run_record import RunRecord
from studiolo.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class ListedExperiment:
    """An experiment in the list of all."""

    #: The name of its folder.
    name: str
    #: None if its file can't be read now.
    experiment: Experiment | None
    #: When its file was last changed.
    changed_at: datetime
    #: Its newest run.
    last_run: RunRecord | None


class ExperimentList:
    """The list of a workspace's experiments. For any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        #: Each as it was read last, with its revision; reading a large one takes a second.
        self._read: dict[Path, tuple[Revision, Experiment | None]] = {}

    def all(self) -> Sequence[ListedExperiment]:
        """The experiments, the one that was changed last first."""
        newest: dict[str, RunRecord] = {}
        for run in self._workspace.runs.newest():
            newest.setdefault(run.experiment, run)
        folders = self._workspace.experiments
        found = []
        # Those who ask at the same time wait, instead of reading the same.
        with self._lock:
            self._read = {folder: self._read[folder] for folder in folders if folder in self._read}
            for folder in folders:
                # One may be removed at this moment.
                with suppress(FileNotFoundError):
                    found.append(self._listed(folder, newest))
        return sorted(found, key=lambda one: one.changed_at, reverse=True)

    def _listed(self, folder: Path, newest: dict[str, RunRecord]) -> ListedExperiment:
        changed = datetime.fromtimestamp((folder / FILE_NAME).stat().st_mtime, UTC)
        return ListedExperiment(
            name=folder.name,
            experiment=self._experiment(folder),
            changed_at=changed,
            last_run=newest.get(folder.relative_to(self._workspace.root).as_posix()),
        )

    def _experiment(self, folder: Path) -> Experiment | None:
        try:
            revision = revision_at(folder / FILE_NAME)
        except OSError:
            # Its page says what is wrong with it.
            return None
        read = self._read.get(folder)
        if read is not None and read[0] == revision:
            return read[1]
        experiment = None
        with suppress(StudioloError):
            experiment = self._workspace.experiment(folder)
            revision = experiment.revision
        self._read[folder] = (revision, experiment)
        return experiment
