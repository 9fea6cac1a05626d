"""Errors of setting a web service up."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.suggestions import listed


class ResultsOutdatedError(StudioloError):
    """The models that a service needs were not trained by the experiment as it is now."""

    code: ClassVar[str] = "results-outdated"

    def __init__(self, *, experiment: str, nodes: Sequence[str]) -> None:
        self.experiment = experiment
        self.nodes = tuple(nodes)
        super().__init__(
            f'The experiment "{experiment}" has no result of {listed(nodes)} as it is now. Run it '
            f"first: studiolo run {shlex.quote(experiment)}"
        )


class ServiceExperimentExistsError(StudioloError):
    """There is an experiment for the service already, and it says something else."""

    code: ClassVar[str] = "service-experiment-exists"

    def __init__(self, *, folder: Path, files: Sequence[str]) -> None:
        self.folder = folder
        self.files = tuple(files)
        super().__init__(
            f'The experiment "{folder.name}" exists already and differs in {listed(files)}, '
            "perhaps because it was edited. Nothing was written. Rename it to keep it, or "
            "overwrite it with --replace."
        )
