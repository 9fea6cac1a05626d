"""The memory files and the pipe that a run is given, and gives back."""

import json
from collections.abc import Callable
from typing import Self

from studiolo.sandbox.exchange.attachment import Attachment
from studiolo.sandbox.exchange.console import Console
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.run_request import RunRequest
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.process.zygote import Child


class RunFiles:
    """The memory files and the pipe of one run."""

    def __init__(
        self,
        request: RunRequest,
        limits: Limits,
        baseline: int,
        on_console: Callable[[str], None] | None,
        attached: Attachment | None = None,
    ) -> None:
        self._attached = attached
        self._handed = request.files
        #: The datasets that the script gets, in the order in which its columns refer to them.
        self.inputs = request.inputs
        given = sum(file.size for file in self._handed)
        content = {**request.content, "address_space": limits.memory + baseline + given}
        if attached is not None:
            content |= {"mode": attached.mode, **attached.details}
        # Not sealed: it is for this run alone, which may do to it what it likes.
        self._request = MemoryFile.empty("request")
        self._request.write(json.dumps(content).encode())
        self.report = MemoryFile.empty("report")
        self.outputs = request.outputs
        self.results = [MemoryFile.empty(port.name) for port in self.outputs]
        self.console = Console(
            kept=limits.console_kept,
            rate=limits.console_rate,
            on_text=on_console,
            parts=request.steps,
            marker=request.marker.encode(),
        )

    def send(self, child: Child) -> None:
        """Hand everything to the process that waits for it."""
        files = [self._request, self.report, *self.results, *self._handed]
        descriptors = [self.console.writer, *(file.descriptor for file in files)]
        if self._attached is not None:
            descriptors.append(self._attached.guest.fileno())
        child.request(descriptors)
        self.console.close_writer()
        if self._attached is not None:
            self._attached.handed_over(child.interrupt)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Results close by themselves: what was good among them lives on in the outcome.
        for file in (self._request, self.report):
            file.close()
        self.console.close()
