"""Errors of endpoints that can't answer at this moment."""

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
