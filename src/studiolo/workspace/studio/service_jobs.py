"""Batch jobs that pages submit: files that were uploaded are scored by a service."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from studiolo.services.schema_document import read_schema
from studiolo.services.scoring import RequestRefused
from studiolo.services.validation import Validator
from studiolo.store.identity import EndpointId, JobId
from studiolo.store.services.errors import JobUnknownError
from studiolo.store.services.job_record import Job, JobState
from studiolo.store.services.service_record import DEFAULT_ENDPOINT, ServedEndpoint, ServiceVersion
from studiolo.workspace.jobs.job_files import StoredFile
from studiolo.workspace.jobs.job_request import JobRequest
from studiolo.workspace.studio.errors import JobOutputMissingError, JobRefusedError
from studiolo.workspace.studio.partial_uploads import PartialUploads
from studiolo.workspace.workspace import Workspace

#: The formats of outputs, by the extension of their files.
OUTPUT_FORMATS: Final = ("csv", "parquet")


@dataclass(frozen=True, kw_only=True)
class UploadedInput:
    """An upload that has arrived, to be scored."""

    upload: str
    #: What its file is called, whose extension says the format.
    name: str


@dataclass(frozen=True, kw_only=True)
class ServiceJob:
    """A job of a service."""

    #: The name of the endpoint that it was submitted to.
    endpoint: str
    job: Job


class ServiceJobs:
    """The batch jobs of the services of one workspace. For any number of threads."""

    def __init__(self, workspace: Workspace, uploads: PartialUploads) -> None:
        self._workspace = workspace
        self._uploads = uploads

    def submit(
        self,
        service: str,
        inputs: Mapping[str, UploadedInput],
        *,
        endpoint: str = DEFAULT_ENDPOINT,
        parameters: Mapping[str, object],
        output_format: str,
    ) -> ServiceJob:
        """Submit a job and start it; the version with the largest share of the calls scores.

        Args:
            service: The service.
            inputs: By the names of its inputs. The uploads are none any more.
            endpoint: The endpoint.
            parameters: Values of web-service parameters.
            output_format: One of `OUTPUT_FORMATS`.

        Raises:
            ServiceUnknownError, EndpointUnknownError: There is no such endpoint.
            JobRefusedError: An input is missing, a parameter is wrong, or no version has a share.
            UploadUnknownError: An upload is not there.
            JobFileError, StoreError: It can't be kept.
        """
        served = self._workspace.services.endpoint(service, endpoint)
        version = _version(served)
        schema = read_schema(json.dumps(version.schema))
        refused = Validator(schema).check_outside(list(inputs), parameters)
        if isinstance(refused, RequestRefused):
            raise JobRefusedError(problems=[problem.message for problem in refused.problems])
        jobs = self._workspace.batch_jobs
        taken = {
            name: jobs.files.take(self._uploads.files.path(one.upload), one.name, instead=name)
            for name, one in inputs.items()
        }
        request = JobRequest(inputs=taken, parameters=parameters)
        made = jobs.with_outputs(request, schema, extension=output_format)
        job = jobs.submit(served.endpoint.id, made, version=version.number)
        return ServiceJob(endpoint=endpoint, job=jobs.start(job.id))

    def listed(self, service: str, *, limit: int) -> Sequence[ServiceJob]:
        """The newest jobs of a service.

        Raises:
            ServiceUnknownError: There is no such service.
        """
        records = self._workspace.batch_jobs.records
        found = [
            ServiceJob(endpoint=name, job=job)
            for endpoint, name in self._endpoints(service).items()
            for job in records.jobs(endpoint, limit=limit)
        ]
        return sorted(found, key=lambda one: one.job.created_at, reverse=True)[:limit]

    def find(self, service: str, job: str) -> ServiceJob:
        """A job of a service.

        Raises:
            ServiceUnknownError, JobUnknownError: There is none.
        """
        found = self._workspace.batch_jobs.records.job(JobId(job))
        name = self._endpoints(service).get(found.endpoint)
        if name is None:
            raise JobUnknownError(job=JobId(job))
        return ServiceJob(endpoint=name, job=found)

    def cancel(self, service: str, job: str) -> None:
        """End a job; one that has ended stays as it is.

        Raises:
            ServiceUnknownError, JobUnknownError: There is none.
        """
        self._workspace.batch_jobs.cancel(self.find(service, job).job.id)

    def output(self, service: str, job: str, output: str) -> Path:
        """The file of an output of a job that has finished.

        Raises:
            ServiceUnknownError, JobUnknownError: There is no such job.
            JobOutputMissingError: It has no such output, or it is not a file of this server.
        """
        found = self.find(service, job).job
        jobs = self._workspace.batch_jobs
        place = jobs.results(found).get(output) if found.state is JobState.FINISHED else None
        path = jobs.files.path(place) if isinstance(place, StoredFile) else None
        if path is None or not path.is_file():
            raise JobOutputMissingError(job=job, output=output)
        return path

    def _endpoints(self, service: str) -> Mapping[EndpointId, str]:
        seen = self._workspace.services.find(service)
        return {one.endpoint.id: one.endpoint.name for one in seen.endpoints}


def _version(served: ServedEndpoint) -> ServiceVersion:
    """The version with the largest share of an endpoint's calls; the newest of several.

    Raises:
        JobRefusedError: None has a share.
    """
    weights = {
        number: weight
        for number, weight in served.traffic.weights.items()
        if number in served.versions
    }
    if not any(weights.values()):
        raise JobRefusedError(problems=["No version answers the calls of this endpoint."])
    return served.versions[max(weights, key=lambda number: (weights[number], number))]
