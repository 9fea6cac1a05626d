"""The pipe and the memory files that a worker writes to."""

from collections.abc import Sequence

from studiolo.modules.definition import OutputPort
from studiolo.sandbox.exchange.console import ConsolePipe
from studiolo.sandbox.exchange.memory_file import MemoryFile


class WorkerFiles:
    """The places that a worker writes to: its console, its report and its results.

    A worker that serves several calls keeps them for as long as it has written to none of the
    files: what is in these is the host's alone.
    """

    def __init__(self, outputs: Sequence[OutputPort]) -> None:
        self.pipe = ConsolePipe()
        self.report = MemoryFile.empty("report")
        self.results = [MemoryFile.empty(port.name) for port in outputs]
        #: Whether the worker has them.
        self.handed_over = False
        #: Whether it has written to one of the files.
        self.written = False

    @property
    def files(self) -> Sequence[MemoryFile]:
        """The memory files."""
        return [self.report, *self.results]

    def close(self) -> None:
        """Let go of the pipe and the report; results live on in the outcome."""
        self.pipe.close()
        self.report.close()
