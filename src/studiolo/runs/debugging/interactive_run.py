"""A run that a person looks into, in a thread of its own."""

import threading
from collections.abc import Callable
from dataclasses import replace

from studiolo.modules.definition import OutputPort, PortKind, PortName
from studiolo.sandbox.exchange.attachment import Attachment, Mode
from studiolo.sandbox.exchange.job import Job, Outcome
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.sandbox import Sandbox

#: A console gives no results, and a report of a run has at least one output.
_NOTHING = OutputPort(
    name=PortName("nothing"), label="Nothing", kind=PortKind.DATASET, optional=True
)


class InteractiveRun:
    """A job that runs in a sandbox until it, or the person, has had enough. Close it."""

    def __init__(
        self,
        sandbox: Sandbox,
        job: Job,
        line: Attachment,
        *,
        limits: Limits,
        on_text: Callable[[str], None],
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin.

        Args:
            sandbox: Where it runs; it is closed with this.
            job: What to run.
            line: The person's line to it, which is closed with this.
            limits: Its limits.
            on_text: Gets what it prints, as it comes.
            on_end: Hears when it has ended; of the two it is called last.
        """
        if line.mode is Mode.CONSOLE:
            job = replace(job, contract=replace(job.contract, outputs=[_NOTHING]))
        self._sandbox, self._job, self._line, self._limits = sandbox, job, line, limits
        self._on_text, self._on_end = on_text, on_end
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._outcome: Outcome | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"studiolo-{line.mode.value}")
        self._thread.start()

    def wait(self, timeout: float | None = None) -> Outcome | None:
        """How it ended; None if it has not after so many seconds.

        Raises:
            StudioloError: It could not be begun.
        """
        self._ended.wait(timeout)
        if self._error is not None:
            raise self._error
        return self._outcome

    def stop(self) -> None:
        """Have it end soon."""
        self._cancelled.set()

    def close(self) -> None:
        """End it, and wait for that."""
        self.stop()
        self._thread.join()
        self._line.close()
        self._sandbox.close()

    def _run(self) -> None:
        try:
            self._outcome = self._sandbox.run(
                self._job,
                limits=self._limits,
                on_console=self._on_text,
                cancelled=self._cancelled,
                attached=self._line,
            )
        except BaseException as error:  # noqa: BLE001  # the end of a thread: `wait` raises it
            self._error = error
        finally:
            self._line.ended()
            self._ended.set()
            self._on_end()
