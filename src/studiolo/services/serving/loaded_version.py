"""A version that is loaded, with the requests that it is answering."""

import threading
from typing import Protocol

from studiolo.services.schema import ServiceSchema
from studiolo.services.scoring import ScoringFailed, ScoringReply, ScoringRequest
from studiolo.services.serving.figures import Figures
from studiolo.services.validation import Validator


class Scorer(Protocol):
    """Something that answers the requests to a version; `Handler` does."""

    @property
    def schema(self) -> ServiceSchema:
        """The schema of requests and replies."""

    def wait_until_ready(self) -> None:
        """Wait until the first request would be answered at once.

        Raises:
            StudioloError: It never will be.
        """

    def score(
        self, request: ScoringRequest, *, cancelled: threading.Event | None = None
    ) -> ScoringReply | ScoringFailed:
        """Answer a request; it ends soon after ``cancelled`` is set."""

    def close(self) -> None:
        """End its processes."""


class LoadedVersion:
    """A handler, which is closed once it is retired and has answered everything.

    For any number of threads.
    """

    def __init__(self, number: int, handler: Scorer, figures: Figures) -> None:
        self.number = number
        self.handler = handler
        self.validator = Validator(handler.schema)
        self.figures = figures
        self._lock = threading.Lock()
        self._held = 0
        self._retired = False

    def hold(self) -> None:
        """Keep it from being closed until `let_go`; not after `retire`."""
        with self._lock:
            self._held += 1

    def let_go(self) -> None:
        """End what `hold` began."""
        with self._lock:
            self._held -= 1
            last = self._retired and not self._held
        if last:
            self._close()

    def retire(self) -> None:
        """Close it, now or after the last of the requests that it is answering."""
        with self._lock:
            last = not self._retired and not self._held
            self._retired = True
        if last:
            self._close()

    def _close(self) -> None:
        # Its processes take a moment to end, and the last request need not wait for that.
        threading.Thread(target=self.handler.close, name="retired version").start()
