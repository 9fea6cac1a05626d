"""Errors of endpoints and services that can't answer at this moment."""

from typing import ClassVar

from studiolo.errors import StudioloError


class EndpointBusyError(StudioloError):
    """As many requests as may are being answered, and as many as may wait."""

    code: ClassVar[str] = "endpoint-busy"

    def __init__(self, *, concurrent: int, queued: int, retry_after: int) -> None:
        self.concurrent = concurrent
        self.queued = queued
        #: Seconds after which there may be room.
        self.retry_after = retry_after
        super().__init__(
            f"The endpoint answers {concurrent} requests at once, and {queued} more may wait. "
            f"There is no room for this one. Try again in {retry_after} s."
        )


class EndpointLoadingError(StudioloError):
    """No version of an endpoint is loaded yet."""

    code: ClassVar[str] = "endpoint-loading"

    def __init__(self, *, service: str, endpoint: str) -> None:
        self.service = service
        self.endpoint = endpoint
        super().__init__(
            f'The endpoint "{endpoint}" of the service "{service}" is still being loaded. Try '
            "again in a few seconds."
        )


class ServiceRestartingError(StudioloError):
    """The process of a version has ended, and so have those that were to replace it."""

    code: ClassVar[str] = "service-restarting"

    def __init__(self, *, why: str) -> None:
        self.why = why
        super().__init__(
            "The process that answers for the service ended, and so did several in its place while "
            f"they started: {why}. Try again in a few seconds."
        )


class EndpointBrokenError(StudioloError):
    """No version of an endpoint can be loaded."""

    code: ClassVar[str] = "endpoint-broken"

    def __init__(self, *, service: str, endpoint: str) -> None:
        self.service = service
        self.endpoint = endpoint
        super().__init__(
            f'No version of the service "{service}" can be loaded at the endpoint "{endpoint}". '
            "The server's log says why."
        )
