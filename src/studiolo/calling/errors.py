"""Errors of calls to a web service."""

from collections.abc import Sequence
from typing import ClassVar

from studiolo.errors import StudioloError


class ServiceCallError(StudioloError):
    """The family of all errors of a call to a web service."""

    code: ClassVar[str] = "service-call"


class ServiceUnreachableError(ServiceCallError):
    """No server answers at the address, or it stopped in the middle of its answer."""

    code: ClassVar[str] = "service-unreachable"

    def __init__(self, *, address: str, reason: str) -> None:
        self.address = address
        super().__init__(
            f"{address} does not answer: {reason}. Is the server running, and is the address right?"
        )


class ServiceRefusedError(ServiceCallError):
    """The server refused a request, or its scoring failed."""

    code: ClassVar[str] = "service-refused"

    def __init__(
        self, *, status: int, outer: str, problems: Sequence[str], retry_after: float | None
    ) -> None:
        #: The HTTP status, such as 401.
        self.status = status
        #: The service's own code: "Unauthorized".
        self.outer = outer
        #: Seconds after which to try again, where the server says so.
        self.retry_after = retry_after
        later = "" if retry_after is None else f" Try again after {retry_after:g} seconds."
        super().__init__(f"{outer} ({status}): {' '.join(problems)}{later}")


class ServiceBatchFailedError(ServiceCallError):
    """A batch job of the server failed, or was cancelled."""

    code: ClassVar[str] = "service-batch-failed"

    def __init__(self, *, job: str, state: str, details: str) -> None:
        self.job = job
        self.state = state
        self.details = details
        super().__init__(f"The batch job {job} ended as {state}. {details}".rstrip())
