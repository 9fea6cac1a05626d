"""The memory files and the pipe that a run is given, and gives back."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from studiolo.sandbox.exchange.attachment import Attachment
from studiolo.sandbox.exchange.checked_json import ReportError
from studiolo.sandbox.exchange.console import Console
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.report import Report, read_report
from studiolo.sandbox.exchange.run_request import RunRequest
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.process.worker_files import WorkerFiles
from studiolo.sandbox.process.zygote import Child
from studiolo_guest import wire


class RunFiles:
    """The memory files and the pipe of one run, of which some are the worker's own."""

    def __init__(
        self,
        request: RunRequest,
        own: WorkerFiles,
        limits: Limits,
        baseline: int,
        on_console: Callable[[str], None] | None,
        attached: Attachment | None = None,
    ) -> None:
        self._attached = attached
        self._limits = limits
        self._handed = request.files
        self._streams = request.streams
        self._own = own
        #: The datasets that the script gets, in the order in which its columns refer to them.
        self.inputs = request.inputs
        given = sum(file.size for file in self._handed)
        self._content = {
            **request.content,
            "address_space": limits.memory + baseline + given,
        }
        if attached is not None:
            self._content |= {"mode": attached.mode, **attached.details}
        self.outputs = request.outputs
        self.console = Console(
            kept=limits.console_kept,
            rate=limits.console_rate,
            on_text=on_console,
            parts=request.steps,
            marker=request.marker.encode(),
            pipe=own.pipe,
        )

    @property
    def written_to(self) -> list[MemoryFile]:
        """The files that the run can write to."""
        return [*self._own.files]

    def send(self, child: Child) -> None:
        """Hand everything to the process that waits for it."""
        if self._streams is None:
            self._send_in_files(child)
        else:
            self._send_call(child, self._streams)
        self._own.pipe.close_writer()
        self._own.handed_over = True
        if self._attached is not None:
            self._attached.handed_over(child.interrupt)

    def report(self, answer: bytes) -> tuple[Report, list[MemoryFile]]:
        """The report that came back, and the content of each output.

        Args:
            answer: What the process said when it was done.

        Raises:
            ReportError: It is not as it must be.
        """
        if self._streams is None or answer == wire.IN_A_FILE:
            self._own.written = True
            report = read_report(self._own.report.read(self._limits.report_size))
            if any(output is not None and output.size is not None for output in report.outputs):
                raise ReportError("a result is said to be in a message that has none")
            return report, self._own.results
        content, streams = wire.unpacked(answer)
        report = read_report(content)
        return report, _cut(streams, report)

    def _send_in_files(self, child: Child) -> None:
        # Not sealed: it is for this run alone, which may do to it what it likes.
        with MemoryFile.empty("request") as request:
            request.write(json.dumps(self._content).encode())
            report, *results = (file.descriptor for file in self._own.files)
            descriptors = [self._own.pipe.writer, request.descriptor, report, *results]
            descriptors += [file.descriptor for file in self._handed]
            if self._attached is not None:
                descriptors.append(self._attached.guest.fileno())
            child.send(wire.IN_A_FILE, descriptors)

    def _send_call(self, child: Child, streams: Sequence[bytes]) -> None:
        new = not self._own.handed_over
        content: dict[str, Any] = {**self._content, "files": new}
        own = [self._own.pipe.writer, *(file.descriptor for file in self._own.files)] if new else []
        descriptors = [*own, *(file.descriptor for file in self._handed)]
        message = wire.packed(content, streams)
        if len(message) <= wire.MESSAGE_BYTES:
            child.send(message, descriptors)
            return
        with MemoryFile.empty("request") as request:
            request.write(message)
            child.send(wire.IN_A_FILE, [request.descriptor, *descriptors])


def _cut(streams: bytes, report: Report) -> list[MemoryFile]:
    """The streams of a message as files, one for each output."""
    sizes = [0 if output is None else output.size for output in report.outputs]
    if None in sizes or sum(size or 0 for size in sizes) != len(streams):
        raise ReportError("its results are not as long as it says")
    files = []
    for size in sizes:
        files.append(MemoryFile.holding(streams[:size], "result"))
        streams = streams[size:]
    return files
