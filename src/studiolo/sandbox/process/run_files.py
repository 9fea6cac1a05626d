"""The memory files and the pipe that a run is given, and gives back."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Self

from studiolo.modules.definition import PortKind
from studiolo.sandbox.exchange.console import Console
from studiolo.sandbox.exchange.job import Connected, Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.process.zygote import Child


class RunFiles:
    """The memory files and the pipe of one run."""

    def __init__(
        self,
        job: Job,
        limits: Limits,
        baseline: int,
        on_console: Callable[[str], None] | None,
    ) -> None:
        connected = _connected(job)
        self._handed = [] if job.bundle is None else [job.bundle]
        #: The datasets that the script gets, in the order in which its columns refer to them.
        self.inputs: list[SealedTable] = []
        described = []
        for entry, source in connected:
            files = source.files if isinstance(source, SealedTable) else [source]
            self._handed += files
            described.append({**entry, "files": len(files), **_places(source)})
            if isinstance(source, SealedTable):
                self.inputs.append(source)
        given = sum(file.size for file in self._handed)
        # Not sealed: it is for this run alone, which may do to it what it likes.
        self._request = MemoryFile.empty("request")
        self._request.write(_request(job, described, limits.memory + baseline + given))
        self.report = MemoryFile.empty("report")
        self.outputs = job.contract.outputs
        self.results = [MemoryFile.empty(port.name) for port in self.outputs]
        self.console = Console(
            kept=limits.console_kept, rate=limits.console_rate, on_text=on_console
        )

    def send(self, child: Child) -> None:
        """Hand everything to the process that waits for it."""
        files = [self._request, self.report, *self.results, *self._handed]
        child.request([self.console.writer, *(file.descriptor for file in files)])
        self.console.close_writer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Results close by themselves: what was good among them lives on in the outcome.
        for file in (self._request, self.report):
            file.close()
        self.console.close()


def _connected(job: Job) -> list[tuple[dict[str, Any], Connected]]:
    """The files of the connected inputs, each with the entry that describes it to the guest."""
    ports = {port.name: port for port in job.contract.inputs}
    unknown = set(job.inputs) - set(ports)
    if unknown:
        raise ValueError(
            f"{sorted(unknown)} are not input ports; the input ports are {sorted(ports)}"
        )
    connected: list[tuple[dict[str, Any], Connected]] = []
    for port in ports.values():
        if port.name not in job.inputs:
            continue
        source = job.inputs[port.name]
        if port.kind is PortKind.DATASET and isinstance(source, MemoryFile):
            source = SealedTable.of_file(source)
        connected.append(({"port": port.name, "kind": port.kind}, source))
    for name, table in job.dataset_parameters.items():
        connected.append(({"parameter": name, "kind": PortKind.DATASET}, table))
    return connected


def _places(source: Connected) -> Mapping[str, Any]:
    """Where the guest finds the columns, unless it is as they lie in the one file."""
    if not isinstance(source, SealedTable):
        return {}
    places = None
    if not source.is_one_file:
        places = [[place.file, place.column, place.name] for place in source.places]
    return {"places": places, "roles": dict(source.roles)}


def _request(job: Job, inputs: list[dict[str, Any]], address_space: int) -> bytes:
    contract = job.contract
    return json.dumps(
        {
            "source": job.source,
            "name": job.script_name,
            "ports": [{"name": port.name, "label": port.label} for port in contract.inputs],
            "inputs": inputs,
            "outputs": [
                {
                    "name": port.name,
                    "kind": port.kind,
                    "optional": port.optional,
                }
                for port in contract.outputs
            ],
            "has_bundle": job.bundle is not None,
            "binding": "module" if contract.module else job.port_binding,
            "parameters": dict(job.parameters),
            "columns": {
                name: {"port": p.port, "single": p.single, "selection": p.selection}
                for name, p in job.column_parameters.items()
            },
            "nullable": job.nullable,
            "seed": job.seed,
            "address_space": address_space,
        }
    ).encode()
