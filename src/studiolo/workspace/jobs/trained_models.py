"""Retraining: a trained model of an endpoint is replaced by one that a batch job has trained.

A model is code, and decides what a service does. So none is taken from a caller, only
what a batch job of this workspace has trained, in a sandbox, by an experiment that the workspace's
owner has published. It is known by its digest, wherever it has been meanwhile.
"""

import hashlib
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.store.services.job_record import JobState
from studiolo.store.services.service_record import DEFAULT_ENDPOINT, Published, ServedEndpoint
from studiolo.workspace.jobs.batch_jobs import BatchJobs
from studiolo.workspace.jobs.job_request import Place
from studiolo.workspace.services.errors import RetrainingError
from studiolo.workspace.services.workspace_services import WorkspaceServices

#: The key of a model's digest in the results of a job.
MODEL_DIGEST: Final = "model_sha256"


class TrainedModels:
    """Replaces trained models of endpoints. For any number of threads."""

    def __init__(self, services: WorkspaceServices, jobs: BatchJobs) -> None:
        self._services = services
        self._jobs = jobs
        #: Loading a version takes a processor.
        self._lock = threading.Lock()

    def replace(self, endpoint: ServedEndpoint, models: Mapping[str, Place]) -> Published:
        """Give an endpoint a version with other trained models, once that has answered.

        Args:
            endpoint: Not the default one, whose versions are published.
            models: Where the models are, by the names of those that they replace.

        Raises:
            RetrainingError: A model is not to be used, or does not fit the service.
            BlobError, AzureMissingError, JobFileError: A file can't be read.
            StudioloError: The version is damaged, or can't be kept.
        """
        if endpoint.endpoint.name == DEFAULT_ENDPOINT:
            raise RetrainingError(
                problem=f'the endpoint "{DEFAULT_ENDPOINT}" answers with what is published. Make '
                'another one with "studiolo publish EXPERIMENT --endpoint NAME"'
            )
        with self._lock, tempfile.TemporaryDirectory() as folder:
            contents = {name: self._content(place, Path(folder)) for name, place in models.items()}
            return self._services.retrain(endpoint, contents)

    def _content(self, place: Place, folder: Path) -> MemoryFile:
        # Read once: a caller may put another file there meanwhile.
        content = self._jobs.fetch(place, folder).read_bytes()
        if hashlib.sha256(content).hexdigest() not in self._trained():
            raise RetrainingError(
                problem="the file is not a model that a batch job of this workspace has trained, "
                "or the job has been forgotten since"
            )
        return MemoryFile.of_bytes(content, "model")

    def _trained(self) -> set[str]:
        """The digests of the models that batch jobs have trained."""
        finished = self._jobs.records.jobs(states=[JobState.FINISHED])
        return {
            str(place[MODEL_DIGEST])
            for job in finished
            for place in (job.results or {}).values()
            if MODEL_DIGEST in place
        }


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
