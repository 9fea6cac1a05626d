"""The workspace of a draft, as far as a draft needs it."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from studiolo.experiments.experiment import Experiment
from studiolo.experiments.finding import Finding
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.script import Script
from studiolo.runs.experiments.progress import Observer
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.runs.planning.selection import Selection
from studiolo.workspace.datasets.uploads import UploadedDataset, UploadSource


class Home(Protocol):
    """The verbs that a draft asks of its workspace."""

    @property
    def catalogue(self) -> Catalogue:
        """The modules that exist now."""

    def upload(self, name: str, source: UploadSource, *, replace: bool) -> UploadedDataset:
        """Make a dataset file of these bytes."""

    def editing(self) -> AbstractContextManager[object]:
        """A lock that is held while an experiment is saved."""

    def check(
        self, experiment: Experiment, *, read_script: Callable[[Path], Script]
    ) -> Sequence[Finding]:
        """The mistakes that would keep it from running; scripts are read as given."""

    def run(
        self,
        experiment: Experiment,
        *,
        selection: Selection | None,
        observer: Observer | None,
        cancelled: threading.Event | None,
    ) -> ExperimentResult:
        """Run it."""
