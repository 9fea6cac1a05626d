"""A program: several scripts and modules that run one after another in one process.

It is what a published experiment is made of. The zygote loads it once: it compiles the scripts,
unpickles the models and maps the datasets that never change. Each fork then serves one call of it,
with the datasets of that call, and is gone; or, where that was asked for, one call after another.
"""

import contextlib
import gc
import itertools
import json
import os
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from studiolo_guest import wire
from studiolo_guest.confine import allow_results
from studiolo_guest.contract import script
from studiolo_guest.contract.dialect import Translated
from studiolo_guest.contract.failure import MismatchError
from studiolo_guest.contract.inputs import Inputs, opened_bytes
from studiolo_guest.contract.request import Request
from studiolo_guest.programs.reply import Reply
from studiolo_guest.programs.values import (
    Bytes,
    Dataset,
    Opened,
    Value,
    handed_on,
    mapped,
    private,
)

#: For one rehearsal; a sample that takes longer is not worth the wait.
_REHEARSAL_SECONDS: Final = 10
#: Bytes of the names of modules, as many as a pipe holds.
_MOST_NAMES: Final = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a program, as the host wrote it into the request file."""

    #: By the program's own input: how many bytes of the message, or how many files, and what is in
    #: them, as in `Request.inputs`.
    inputs: Mapping[str, Mapping[str, Any]]
    #: By the position of a step: values that take the place of its own.
    parameters: Mapping[str, Mapping[str, Any]]
    #: Bytes of address space for each process of the call.
    address_space: int
    #: What is written between the consoles of two steps; empty if there is only one.
    marker: str
    #: Whether the pipe and the files of this call and those after it come along.
    files: bool = False
    #: Environment variables of each step.
    secrets: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def read(content: bytes) -> "Call":
        """Read what the host has sent."""
        return Call(**json.loads(content))


@dataclass(frozen=True, kw_only=True)
class _Step:
    request: Request
    code: Translated
    #: Each with its target, and where its value comes from.
    edges: Sequence[Mapping[str, Any]]
    #: The values among them that were there when the program was loaded, by position.
    constants: Mapping[int, Value]
    #: The datasets among those that are mapped again for each call, so that none finds what one
    #: before wrote into them: what they are, and their files.
    fresh: Mapping[int, tuple[Mapping[str, Any], Sequence[int]]]
    #: The bytes of its script bundle.
    bundle: bytes | None

    def constant(self, position: int) -> Value:
        """The value of an edge that was there before the call."""
        if position in self.fresh:
            return mapped(*self.fresh[position])
        return self.constants.get(position)


class Program:
    """A loaded program."""

    def __init__(
        self, description: Mapping[str, Any], files: Sequence[int], *, several: bool
    ) -> None:
        """Compile the scripts and open the constants, which are in ``files``.

        With ``several``, a process serves several calls, and keeps the files of datasets open.

        Raises:
            MismatchError: A model or transform can't be opened.
            SyntaxError: A script is not Python.
        """
        self._steps = [_loaded(step, files, several=several) for step in description["steps"]]
        #: Descriptors that each process has to keep.
        self.files = [
            file for step in self._steps for _, own in step.fresh.values() for file in own
        ]
        #: Where each of its outputs comes from, as an edge has it.
        self._outputs: Sequence[Mapping[str, Any]] = description["outputs"]
        #: By the program's inputs: a few rows as callers may send them.
        self._sample = {
            name: mapped(entry, [files[number] for number in entry["files"]])
            for name, entry in description["sample"].items()
        }
        self._edges = [*self._outputs, *(edge for step in self._steps for edge in step.edges)]
        #: Call inputs and results that have more than one use.
        uses = Counter(_origin(edge) for edge in self._edges)
        self._shared = {origin for origin, count in uses.items() if origin and count > 1}
        self._wanted = {(edge["step"], edge["output"]) for edge in self._edges if "step" in edge}

    @property
    def has_sample(self) -> bool:
        """Whether it can be rehearsed."""
        return {edge["call"] for edge in self._edges if "call" in edge} <= set(self._sample)

    @property
    def outputs(self) -> int:
        """How many outputs it has."""
        return len(self._outputs)

    def rehearse(self) -> None:
        """Serve the sample, in a fork that may end at any time.

        What a call imports, and which memory it uses, is known from then on. The scripts in it
        have had no part in this process.
        """
        signal.alarm(_REHEARSAL_SECONDS)
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        for standard in (1, 2):
            os.dup2(null, standard)
        os.chdir(tempfile.mkdtemp())
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        files = [os.open(f"output-{n}", flags, 0o600) for n in range(1 + len(self._outputs))]
        call = Call(inputs={}, parameters={}, address_space=0, marker="")
        reply = Reply(files[0], files[1:])
        reply.message(self.serve(call, lambda: self._sample, reply))

    def serve(
        self, call: Call, open_inputs: Callable[[], Mapping[str, Value]], reply: Reply
    ) -> dict[str, Any]:
        """Run the steps in the current directory; the report, which never fails to come."""
        clock = script.Clock()
        log: list[str] = []
        report: dict[str, Any] = {"status": "succeeded", "outputs": [], "error": None}
        base = os.getcwd()
        number = 0
        requests = [
            _with(step.request, call.parameters.get(str(place), {}), call.secrets)
            for place, step in enumerate(self._steps)
        ]
        console = _Console(call.marker)
        try:
            given = open_inputs()
            values: dict[tuple[int, int], Value] = {}
            for number, (step, request) in enumerate(zip(self._steps, requests, strict=True)):
                directory = os.path.join(base, str(number))
                if number:
                    console.begin_next()
                os.mkdir(directory, 0o700)
                os.chdir(directory)
                said: list[str] = []
                try:
                    self._run(number, step, request, directory, given, values, clock, said)
                finally:
                    log += said
            results = [_source(output, None, given, values) for output in self._outputs]
            outputs = reply.hold(results)
            if outputs is None:
                allow_results()
                outputs = []
                for place, (output, result) in enumerate(zip(self._outputs, results, strict=True)):
                    # The step whose result may be too large.
                    number = output.get("step", 0)
                    outputs.append(reply.write(place, result))
            report["outputs"] = outputs
            clock.lap("write")
        except BaseException as error:  # noqa: BLE001  # the border of user code: whatever leaves it is the result
            report["status"] = "failed"
            directory = os.path.join(base, str(number))
            report["error"] = script.described(error, requests[number], directory, log)
            report["step"] = number
        script.flush()
        console.close()
        report["log"] = log[: script.MOST_LOG_LINES]
        report["seconds"] = clock.seconds
        return report

    def _run(
        self,
        number: int,
        step: _Step,
        request: Request,
        directory: str,
        given: Mapping[str, Value],
        values: dict[tuple[int, int], Value],
        clock: script.Clock,
        log: list[str],
    ) -> None:
        with _Restored(directory), warnings.catch_warnings():
            script.begin(request, directory)
            inputs = Inputs(nullable=request.nullable, log=log.append)
            for position, edge in enumerate(step.edges):
                value = _source(edge, step.constant(position), given, values)
                _open(inputs, edge, private(value) if _origin(edge) in self._shared else value)
            if step.bundle is not None:
                log += script.unpack_bundle(request.source, step.bundle, directory)
            clock.lap("open")
            results = script.call(request, step.code, inputs, clock, log)
            for output, value in enumerate(results):
                if (number, output) in self._wanted:
                    kind = request.outputs[output]["kind"]
                    values[number, output] = handed_on(value, kind, inputs.frames, log)
            script.flush()
            clock.lap("hand_over")


class _Console:
    """The console of a call, in which each step has a part; a step that redirects it, only its own.

    Without a marker there is one step, and nothing to do.
    """

    def __init__(self, marker: str) -> None:
        self._marker = marker.encode()
        self._pipe = os.dup(1) if marker else -1

    def begin_next(self) -> None:
        """Begin the part of the next step."""
        # A script can have closed it.
        with contextlib.suppress(OSError):
            for standard in (1, 2):
                os.dup2(self._pipe, standard)
            os.write(self._pipe, self._marker)

    def close(self) -> None:
        """Let go of the pipe."""
        if self._marker:
            with contextlib.suppress(OSError):
                os.close(self._pipe)


class _Restored:
    """The interpreter as a step found it: the next one does not see its changes.

    Its own modules are gone, so that two bundles may both have a module `helpers`.
    """

    def __init__(self, directory: str) -> None:
        self._directory = directory + os.sep

    def __enter__(self) -> None:
        self._path, self._hooks = sys.path[:], sys.meta_path[:]
        self._environment = dict(os.environ)
        self._arguments = sys.argv
        self._last_module = next(reversed(sys.modules))

    def __exit__(self, *_: object) -> None:
        sys.path[:], sys.meta_path[:] = self._path, self._hooks
        sys.argv = self._arguments
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close("all")
        for name in self._new_modules():
            place = getattr(sys.modules[name], "__file__", None)
            if isinstance(place, str) and place.startswith(self._directory):
                del sys.modules[name]

    def _new_modules(self) -> list[str]:
        """The modules that were imported since.

        They are looked for from the end: looking at the others would copy their pages.
        """
        names = reversed(sys.modules)
        return list(itertools.takewhile(lambda name: name != self._last_module, names))


def receive(link: Any, *, several: bool) -> Program:
    """Load the program that the host sends; see `Program` for ``several``."""
    received = wire.receive(link)
    if received is None:
        os._exit(0)
    description, *files = received[1]
    try:
        program = Program(json.loads(wire.read_all(description)), files, several=several)
    except MismatchError as error:
        wire.send(link, {"failed": "program", "why": str(error)})
        os._exit(1)
    # A fork would close them: what it needs is mapped, or read.
    for file in {description, *files}.difference(program.files):
        os.close(file)
    gc.collect()
    return program


def modules_imported_by(rehearse: Callable[[], None]) -> list[str]:
    """The modules that a fork of this process imports while it rehearses."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        try:
            known = set(sys.modules)
            rehearse()
            names = "\n".join(name for name in sys.modules if name not in known)
            os.write(writer, names.encode()[:_MOST_NAMES])
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        names = pipe.read(_MOST_NAMES).decode("utf-8", "replace")
    os.waitpid(child, 0)
    return names.splitlines()


def _loaded(description: Mapping[str, Any], files: Sequence[int], *, several: bool) -> _Step:
    request = Request(**description["request"], inputs=[], address_space=0)
    constants: dict[int, Value] = {}
    fresh: dict[int, tuple[Mapping[str, Any], Sequence[int]]] = {}
    for position, edge in enumerate(description["edges"]):
        if "constant" in edge:
            entry = edge["constant"]
            own = [files[number] for number in entry["files"]]
            constants[position] = _constant(entry, own, edge, description["node"])
            if several and entry["kind"] == "dataset":
                fresh[position] = (entry, own)
    number = description["bundle"]
    return _Step(
        request=request,
        code=script.compiled(request),
        edges=description["edges"],
        constants=constants,
        fresh=fresh,
        bundle=None if number is None else wire.read_all(files[number]),
    )


def _constant(
    entry: Mapping[str, Any], files: Sequence[int], target: Mapping[str, Any], node: str
) -> Value:
    if entry["kind"] == "dataset":
        return mapped(entry, files)
    content = wire.read_all(files[0])
    if entry["kind"] in ("zip", "file"):
        return Bytes(kind=entry["kind"], content=content)
    try:
        return Opened(value=opened_bytes(entry["kind"], content, target))
    except MismatchError as error:
        raise MismatchError(error.code, f"The node {node!r} can't be loaded. {error}") from error


def _with(request: Request, given: Mapping[str, Any], secrets: Mapping[str, str]) -> Request:
    """The request with these values in place of its own, and with the secrets of the call."""
    columns = {
        name: {**request.columns[name], "selection": value}
        for name, value in given.items()
        if name in request.columns
    }
    others = {name: value for name, value in given.items() if name not in columns}
    return replace(
        request,
        parameters={**request.parameters, **others},
        columns={**request.columns, **columns},
        secrets=secrets,
    )


def _origin(edge: Mapping[str, Any]) -> tuple[object, object] | None:
    """The source that edges may share; None for a constant, which each edge has anew."""
    if "call" in edge:
        return "call", edge["call"]
    return (edge["step"], edge["output"]) if "step" in edge else None


def _source(
    edge: Mapping[str, Any],
    constant: Value,
    given: Mapping[str, Value],
    values: Mapping[tuple[int, int], Value],
) -> Value:
    if "call" in edge:
        return given[edge["call"]]
    if "step" in edge:
        return values[edge["step"], edge["output"]]
    return constant


def _open(inputs: Inputs, edge: Mapping[str, Any], value: Value) -> None:
    if value is None:
        raise MismatchError(
            "input-empty",
            f"The input {edge['port']} has no data: the node {edge['from']!r} left its output "
            "empty.",
        )
    if isinstance(value, Dataset):
        inputs.open_dataset(edge, value.memories, value.places, value.roles)
    elif isinstance(value, Bytes):
        inputs.put(edge, opened_bytes(value.kind, value.content, edge))
    else:
        inputs.put(edge, value.value)
