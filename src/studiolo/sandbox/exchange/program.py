"""A program: the steps of a published experiment, run one after another in one process."""

import functools
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studiolo.modules.definition import OutputPort, PortKind, PortName
from studiolo.sandbox.exchange.job import Connected, Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.run_request import (
    RunRequest,
    connected,
    files_of,
    placed,
    script_of,
)
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo_guest.wire import MESSAGE_BYTES

#: Files beside the description in the one message that hands a program over; the kernel takes 253.
_MOST_FILES = 200
#: Bytes of datasets that go along in the message of a call: there has to be room for the rest.
_MOST_IN_MESSAGE = MESSAGE_BYTES // 2


class ProgramTooWideError(Exception):
    """A program has more models, transforms and constant datasets than one message can carry."""


@dataclass(frozen=True, kw_only=True)
class CallInput:
    """A dataset that each call brings along."""

    name: str


@dataclass(frozen=True, kw_only=True)
class StepOutput:
    """An output of a step before."""

    #: Its position among the steps, from 0.
    step: int
    port: PortName


#: Where a value comes from that is not there before the call.
Source = CallInput | StepOutput


@dataclass(frozen=True, kw_only=True)
class ProgramStep:
    """A script or module of a program."""

    #: The node that it was.
    node: str
    #: What is run. Its inputs and its bundle are there before any call.
    job: Job
    #: Its other inputs, by port.
    sources: Mapping[PortName, Source] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Program:
    """Steps, each after those that it needs, and what of them leaves."""

    steps: Sequence[ProgramStep]
    #: By the names that its callers know.
    outputs: Mapping[str, Source]
    #: A few rows for each of its inputs, with which it is rehearsed before the first call.
    sample: Mapping[str, SealedTable] = field(default_factory=dict)

    @functools.cached_property
    def inputs(self) -> Sequence[str]:
        """The names of the datasets that each call brings along."""
        every = [*self.outputs.values()]
        every += [source for step in self.steps for source in step.sources.values()]
        return list(dict.fromkeys(source.name for source in every if isinstance(source, CallInput)))

    @functools.cached_property
    def output_ports(self) -> Sequence[OutputPort]:
        """Its outputs, as the ports of one job."""
        return [
            OutputPort(name=PortName(name), label=name, kind=self._kind_of(source), optional=False)
            for name, source in self.outputs.items()
        ]

    def _kind_of(self, source: Source) -> PortKind:
        if isinstance(source, CallInput):
            return PortKind.DATASET
        ports = self.steps[source.step].job.contract.outputs
        return next(port.kind for port in ports if port.name == source.port)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a program."""

    #: By the names of the program's inputs.
    inputs: Mapping[str, SealedTable]
    #: By the position of a step: values that take the place of its own.
    parameters: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    #: Environment variables of its steps, by name.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def request_of_call(program: Program, call: Call) -> RunRequest:
    """The request for a call of a program.

    Raises:
        ValueError: Its inputs are not those of the program.
    """
    if set(call.inputs) != set(program.inputs):
        raise ValueError(f"{sorted(call.inputs)} are not the inputs {sorted(program.inputs)}")
    inputs: dict[str, dict[str, Any]] = {}
    streams: list[bytes] = []
    files: list[MemoryFile] = []
    for name, table in call.inputs.items():
        content = table.files[0].content if table.is_one_file else None
        if content is not None and sum(map(len, streams)) + len(content) <= _MOST_IN_MESSAGE:
            streams.append(content)
            inputs[name] = {"bytes": len(content), **placed(table)}
        else:
            files += table.files
            inputs[name] = {"files": len(table.files), **placed(table)}
    # Drawn for this call, so that no script of good will prints it.
    marker = f"\0{secrets.token_hex(16)}\n" if len(program.steps) > 1 else ""
    return RunRequest(
        content={
            "marker": marker,
            "inputs": inputs,
            "parameters": {str(step): dict(own) for step, own in call.parameters.items()},
            "secrets": dict(call.secrets),
        },
        files=files,
        streams=streams,
        # Its results refer to no columns of theirs.
        inputs=[],
        outputs=program.output_ports,
        steps=len(program.steps),
        marker=marker,
    )


class PackedProgram:
    """A program as the zygote gets it. Closing it leaves the constants as they are."""

    def __init__(self, program: Program) -> None:
        """Pack it.

        Raises:
            ProgramTooWideError: It has too many constants.
        """
        self._constants: list[MemoryFile] = []
        steps = [self._step(program, step) for step in program.steps]
        outputs = [_edge(program, source) for source in program.outputs.values()]
        sample = {
            name: {**placed(one), "files": self._add(files_of(one))}
            for name, one in ((name, _in_one_file(t)) for name, t in program.sample.items())
        }
        if len(self._constants) > _MOST_FILES:
            raise ProgramTooWideError(f"{len(self._constants):,} files of {_MOST_FILES}")
        content = json.dumps({"steps": steps, "outputs": outputs, "sample": sample}).encode()
        self._description = MemoryFile.of_bytes(content, "program")

    @property
    def descriptors(self) -> Sequence[int]:
        """The description and the constants."""
        return [file.descriptor for file in (self._description, *self._constants)]

    def close(self) -> None:
        """Let go of the description."""
        self._description.close()

    def _step(self, program: Program, step: ProgramStep) -> dict[str, Any]:
        bundle = step.job.bundle
        return {
            "node": step.node,
            "request": script_of(step.job),
            "edges": list(self._edges(program, step)),
            "bundle": None if bundle is None else self._add([bundle])[0],
        }

    def _edges(self, program: Program, step: ProgramStep) -> Iterator[dict[str, Any]]:
        constants = list(connected(step.job))
        by_port = {target["port"]: (target, it) for target, it in constants if "port" in target}
        for port in step.job.contract.inputs:
            if port.name in step.sources:
                yield {"port": port.name, **_edge(program, step.sources[port.name])}
            elif port.name in by_port:
                yield self._constant(*by_port[port.name])
        for target, constant in constants:
            if "parameter" in target:
                yield self._constant(target, constant)

    def _constant(self, target: Mapping[str, Any], constant: Connected) -> dict[str, Any]:
        if isinstance(constant, SealedTable):
            constant = _in_one_file(constant)
        entry = {"kind": target["kind"], **placed(constant)}
        return {**target, "constant": {**entry, "files": self._add(files_of(constant))}}

    def _add(self, files: Sequence[MemoryFile]) -> list[int]:
        first = len(self._constants)
        self._constants += files
        return list(range(first, len(self._constants)))


def _in_one_file(table: SealedTable) -> SealedTable:
    """The same dataset: there is room for few files in the message."""
    return table if len(table.files) == 1 else SealedTable.of_dataset(table.dataset)


def _edge(program: Program, source: Source) -> dict[str, Any]:
    if isinstance(source, CallInput):
        return {"call": source.name}
    step = program.steps[source.step]
    ports = [port.name for port in step.job.contract.outputs]
    return {"step": source.step, "output": ports.index(source.port), "from": step.node}
