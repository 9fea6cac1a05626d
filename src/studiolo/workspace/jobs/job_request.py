"""The task of a batch job, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from studiolo.workspace.jobs.job_files import StoredFile


@dataclass(frozen=True, kw_only=True)
class AzureBlob:
    """A blob in Azure's storage, and what opens it."""

    #: Its address, or "container/path" with a connection string.
    address: str
    connection_string: str = field(default="", repr=False)
    #: The query of a signed address.
    signature: str = field(default="", repr=False)

    @property
    def secrets(self) -> Mapping[str, str]:
        """The secrets, which no record may hold."""
        return {"connection_string": self.connection_string, "signature": self.signature}


#: Where an input is, or an output goes.
Place = StoredFile | AzureBlob


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """The task of a batch job."""

    #: By the names of the inputs.
    inputs: Mapping[str, Place]
    #: By the names of the outputs; those that are left out are files of the server.
    outputs: Mapping[str, Place] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
