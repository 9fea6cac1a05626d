"""The memory files and the pipe that a run is given, and gives back."""

import json
from collections.abc import Callable, Collection
from typing import Self

from studiolo.sandbox.console import Console
from studiolo.sandbox.job import DATASET_PORTS, RESULT_PORTS, Job
from studiolo.sandbox.memory_file import MemoryFile
from studiolo.sandbox.policy import Limits
from studiolo.sandbox.zygote import Child


class RunFiles:
    """The memory files and the pipe of one run."""

    def __init__(
        self,
        job: Job,
        limits: Limits,
        baseline: int,
        on_console: Callable[[str], None] | None,
    ) -> None:
        unknown = set(job.inputs) - set(DATASET_PORTS)
        if unknown:
            raise ValueError(f"{sorted(unknown)} are no dataset ports; there are {DATASET_PORTS}")
        ports = [port for port in DATASET_PORTS if port in job.inputs]
        self.inputs = [job.inputs[port] for port in ports]
        self._bundle = job.bundle
        given = sum(file.size for file in self._handed())
        # Not sealed: it is for this run alone, which may do to it what it likes.
        self._request = MemoryFile.empty("request")
        self._request.write(_request(job, ports, limits.memory + baseline + given))
        self.report = MemoryFile.empty("report")
        self.results = [MemoryFile.empty(port) for port in RESULT_PORTS]
        self.console = Console(
            kept=limits.console_kept, rate=limits.console_rate, on_text=on_console
        )

    def send(self, child: Child) -> None:
        """Hand everything to the process that waits for it."""
        files = [self._request, self.report, *self.results, *self._handed()]
        child.request([self.console.writer, *(file.descriptor for file in files)])
        self.console.close_writer()

    def _handed(self) -> list[MemoryFile]:
        return [*([self._bundle] if self._bundle is not None else []), *self.inputs]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self._request, self.report, *self.results):
            file.close()
        self.console.close()


def _request(job: Job, ports: Collection[str], address_space: int) -> bytes:
    return json.dumps(
        {
            "source": job.source,
            "name": job.script_name,
            "ports": list(ports),
            "has_bundle": job.bundle is not None,
            "binding": job.port_binding,
            "parameters": dict(job.parameters),
            "seed": job.seed,
            "address_space": address_space,
        }
    ).encode()
