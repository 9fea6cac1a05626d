"""The request for a run: the job as the guest reads it, and the files that go along."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studiolo.modules.definition import OutputPort, PortKind
from studiolo.sandbox.exchange.job import Connected, Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """The request for one run."""

    #: In the form of the request file, but for the bound on the address space.
    content: Mapping[str, Any]
    #: The files that go along, in the order in which the content counts them.
    files: Sequence[MemoryFile]
    #: What goes along in the message of a call, in the order in which the content counts it; None
    #: for what is not a call, which goes in files.
    streams: Sequence[bytes] | None = None
    #: The datasets that the script gets, in the order in which its columns refer to them.
    inputs: Sequence[SealedTable]
    outputs: Sequence[OutputPort]
    #: The scripts that run one after another, and what the guest writes between their consoles.
    steps: int = 1
    marker: str = ""


def request_of(job: Job) -> RunRequest:
    """The request for a job.

    Raises:
        ValueError: Something is connected to a port that the job does not have.
    """
    files = [] if job.bundle is None else [job.bundle]
    inputs: list[SealedTable] = []
    entries = []
    for target, source in connected(job):
        own = files_of(source)
        files += own
        entries.append({**target, "files": len(own), **placed(source)})
        if isinstance(source, SealedTable):
            inputs.append(source)
    content = {**script_of(job), "inputs": entries}
    return RunRequest(content=content, files=files, inputs=inputs, outputs=job.contract.outputs)


def script_of(job: Job) -> Mapping[str, Any]:
    """A job as the guest reads it, but for its inputs."""
    contract = job.contract
    return {
        "source": job.source,
        "name": job.script_name,
        "ports": [{"name": port.name, "label": port.label} for port in contract.inputs],
        "outputs": [
            {"name": port.name, "kind": port.kind, "optional": port.optional}
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
        "secrets": dict(job.secrets),
        "seed": job.seed,
    }


def connected(job: Job) -> Iterator[tuple[dict[str, Any], Connected]]:
    """The job's inputs in the order of its ports, then the datasets and files of its parameters.

    Each comes with its target: the port or the parameter, and the kind.

    Raises:
        ValueError: Something is connected to a port that the job does not have.
    """
    ports = {port.name: port for port in job.contract.inputs}
    unknown = set(job.inputs) - set(ports)
    if unknown:
        raise ValueError(
            f"{sorted(unknown)} are not input ports; the input ports are {sorted(ports)}"
        )
    for port in ports.values():
        if port.name not in job.inputs:
            continue
        source = job.inputs[port.name]
        if port.kind is PortKind.DATASET and isinstance(source, MemoryFile):
            source = SealedTable.of_file(source)
        yield {"port": port.name, "kind": port.kind}, source
    for name, given in job.dataset_parameters.items():
        if name in job.file_names:
            yield {"parameter": name, "kind": "file", "name": job.file_names[name]}, given
        else:
            yield {"parameter": name, "kind": PortKind.DATASET}, given


def files_of(source: Connected) -> Sequence[MemoryFile]:
    """The files that it is in."""
    return source.files if isinstance(source, SealedTable) else [source]


def placed(source: Connected) -> Mapping[str, Any]:
    """The places of the columns, unless they are in order in a single file."""
    if not isinstance(source, SealedTable):
        return {}
    places = None
    if not source.is_one_file:
        places = [[place.file, place.column, place.name] for place in source.places]
    return {"places": places, "roles": dict(source.roles)}
