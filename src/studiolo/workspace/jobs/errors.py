"""Errors of batch jobs and of the files that they score."""

from typing import ClassVar

from studiolo.errors import StudioloError


class JobFileError(StudioloError):
    """A file of a batch job can't be kept or found."""

    code: ClassVar[str] = "job-file"

    def __init__(self, *, name: str, problem: str) -> None:
        self.name = name
        self.problem = problem
        super().__init__(f'The file "{name}" {problem}')


class JobFileNameError(JobFileError):
    """No file of a batch job can be called so."""

    code: ClassVar[str] = "job-file-name"


class BlobError(StudioloError):
    """A blob of a batch job can't be read or written."""

    code: ClassVar[str] = "blob"

    def __init__(self, *, blob: str, problem: str) -> None:
        #: Its address, without keys and signatures.
        self.blob = blob
        self.problem = problem
        super().__init__(f'The blob "{blob}" {problem}')


class AzureMissingError(StudioloError):
    """The client library of Azure's storage is not installed."""

    code: ClassVar[str] = "azure-missing"

    def __init__(self) -> None:
        super().__init__(
            'Blobs of Azure need a library that is not installed. Run "pip install '
            'studiolo[azure]", or send the file to this server.'
        )
