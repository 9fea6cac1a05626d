"""A program: several scripts and modules that run one after another in one process.

It is what a published experiment is made of. The zygote loads it once: it compiles the scripts,
unpickles the models and maps the datasets that never change. Each fork then serves one call of it,
with the datasets of that call, and is gone.
"""

import gc
import itertools
import json
import mmap
import os
import signal
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
from pyarrow import ipc

from studiolo_guest import bundle, script, wire
from studiolo_guest.confine import allow_results
from studiolo_guest.failure import MismatchError
from studiolo_guest.frames.columns_in import Memory
from studiolo_guest.frames.opening import InputFrame, map_file
from studiolo_guest.frames.output import OutputTable, frame_to_output
from studiolo_guest.frames.writing import write_batch
from studiolo_guest.inputs import Inputs, opened_bytes
from studiolo_guest.outputs import pickled, roles_of, too_large
from studiolo_guest.request import Request

#: For one rehearsal; a sample that takes longer is not worth the wait.
_REHEARSAL_SECONDS: Final = 10
#: Bytes of the names of modules, as many as a pipe holds.
_MOST_NAMES: Final = 1 << 16
_OPTIONS: Final = ipc.IpcWriteOptions(use_threads=False)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset in memory of this process, before a step makes a frame of it."""

    memories: Sequence[Memory]
    places: Sequence[tuple[int, int, str]] | None
    roles: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class _Bytes:
    """A zip, or a pickled model or transform, before a step opens it."""

    kind: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A model or transform that was opened before any call, for one step alone."""

    value: Any


_Value = Dataset | _Bytes | _Opened | None


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a program, as the host wrote it into the request file."""

    #: By the program's own input: its place in the files, as in `Request.inputs`.
    inputs: Mapping[str, Mapping[str, Any]]
    #: By the position of a step: values that take the place of its own.
    parameters: Mapping[str, Mapping[str, Any]]
    #: Bytes of address space for each process of the call.
    address_space: int

    @staticmethod
    def read(content: bytes) -> "Call":
        """Read the request file."""
        return Call(**json.loads(content))


@dataclass(frozen=True, kw_only=True)
class _Step:
    request: Request
    code: types.CodeType
    #: Each with its target, and where its value comes from.
    edges: Sequence[Mapping[str, Any]]
    #: The values among them that were there when the program was loaded, by position.
    constants: Mapping[int, _Value]
    #: The bytes of its script bundle.
    bundle: bytes | None


class Program:
    """A loaded program."""

    def __init__(self, description: Mapping[str, Any], files: Sequence[int]) -> None:
        """Compile the scripts and open the constants, which are in ``files``.

        Raises:
            MismatchError: A model or transform can't be opened.
            SyntaxError: A script is not Python.
        """
        self._steps = [_loaded(step, files) for step in description["steps"]]
        #: Where each of its outputs comes from, as an edge has it.
        self._outputs: Sequence[Mapping[str, Any]] = description["outputs"]
        #: By the program's inputs: a few rows as callers may send them.
        self._sample = {
            name: _mapped(entry, [files[number] for number in entry["files"]])
            for name, entry in description["sample"].items()
        }
        self._edges = [*self._outputs, *(edge for step in self._steps for edge in step.edges)]
        self._wanted = {(edge["step"], edge["output"]) for edge in self._edges if "step" in edge}

    @property
    def has_sample(self) -> bool:
        """Whether it can be rehearsed."""
        return {edge["call"] for edge in self._edges if "call" in edge} <= set(self._sample)

    @property
    def outputs(self) -> int:
        """How many outputs it has."""
        return len(self._outputs)

    def serve(
        self, call: Call, input_files: Sequence[int], result_files: Sequence[int]
    ) -> dict[str, Any]:
        """Run the steps in the current directory; the report, which never fails to come."""
        return self._served(call, lambda: _given(call, input_files), result_files)

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
        results = [os.open(f"output-{n}", flags, 0o600) for n in range(len(self._outputs))]
        call = Call(inputs={}, parameters={}, address_space=0)
        json.dumps(self._served(call, lambda: self._sample, results))

    def _served(
        self,
        call: Call,
        open_inputs: Callable[[], Mapping[str, _Value]],
        result_files: Sequence[int],
    ) -> dict[str, Any]:
        clock = script.Clock()
        log: list[str] = []
        report: dict[str, Any] = {"status": "succeeded", "outputs": [], "error": None}
        base = os.getcwd()
        current: tuple[int, Request, str] | None = None
        try:
            given = open_inputs()
            values: dict[tuple[int, int], _Value] = {}
            for number, step in enumerate(self._steps):
                request = _with(step.request, call.parameters.get(str(number), {}))
                directory = os.path.join(base, str(number))
                current = number, request, directory
                os.mkdir(directory, 0o700)
                os.chdir(directory)
                said: list[str] = []
                try:
                    self._run(number, step, request, directory, given, values, clock, said)
                finally:
                    log += said
            current = None
            allow_results()
            report["outputs"] = [
                _write(_source(output, None, given, values), file)
                for output, file in zip(self._outputs, result_files, strict=True)
            ]
            clock.lap("write")
        except BaseException as error:  # noqa: BLE001  # the border of user code: whatever leaves it is the result
            report["status"] = "failed"
            number, request, directory = current or (0, self._steps[-1].request, base)
            report["error"] = script.described(error, request, directory, log)
            report["step"] = number
        script.flush()
        report["log"] = log[: script.MOST_LOG_LINES]
        report["seconds"] = clock.seconds
        return report

    def _run(
        self,
        number: int,
        step: _Step,
        request: Request,
        directory: str,
        given: Mapping[str, _Value],
        values: dict[tuple[int, int], _Value],
        clock: script.Clock,
        log: list[str],
    ) -> None:
        with _Restored(directory), warnings.catch_warnings():
            script.begin(request, directory)
            inputs = Inputs(nullable=request.nullable, log=log.append)
            for position, edge in enumerate(step.edges):
                _open(inputs, edge, _source(edge, step.constants.get(position), given, values))
            if step.bundle is not None:
                bundle.unpack(step.bundle, directory)
                bundle.link_windows_paths(request.source, directory)
            clock.lap("open")
            results = script.call(request, step.code, inputs, clock, log)
            for output, value in enumerate(results):
                if (number, output) in self._wanted:
                    kind = request.outputs[output]["kind"]
                    values[number, output] = _handed_on(value, kind, inputs.frames, log)
            script.flush()
            clock.lap("hand_over")


class _Restored:
    """What one step does to the interpreter, the next one does not find.

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


def receive(link: Any) -> Program:
    """Load the program that the host sends."""
    received = wire.receive(link)
    if received is None:
        os._exit(0)
    description, *files = received[1]
    program = Program(json.loads(wire.read_all(description)), files)
    # A fork would close them: what it needs is mapped, or read.
    for file in [description, *files]:
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


def _loaded(description: Mapping[str, Any], files: Sequence[int]) -> _Step:
    request = Request(**description["request"], inputs=[], address_space=0)
    constants: dict[int, _Value] = {}
    for position, edge in enumerate(description["edges"]):
        if "constant" in edge:
            entry = edge["constant"]
            own = [files[number] for number in entry["files"]]
            constants[position] = _constant(entry, own, edge)
    number = description["bundle"]
    return _Step(
        request=request,
        code=script.compiled(request),
        edges=description["edges"],
        constants=constants,
        bundle=None if number is None else wire.read_all(files[number]),
    )


def _constant(entry: Mapping[str, Any], files: Sequence[int], target: Mapping[str, Any]) -> _Value:
    if entry["kind"] == "dataset":
        return _mapped(entry, files)
    content = wire.read_all(files[0])
    if entry["kind"] == "zip":
        return _Bytes(kind="zip", content=content)
    return _Opened(value=opened_bytes(entry["kind"], content, target))


def _mapped(entry: Mapping[str, Any], files: Sequence[int]) -> Dataset:
    memories = [map_file(file) for file in files]
    return Dataset(memories=memories, places=entry["places"], roles=entry["roles"])


def _with(request: Request, given: Mapping[str, Any]) -> Request:
    """The request with these values in place of its own."""
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
    )


def _given(call: Call, files: Sequence[int]) -> dict[str, _Value]:
    """The datasets of a call, by the program's inputs."""
    given: dict[str, _Value] = {}
    rest = list(files)
    for name, entry in call.inputs.items():
        own, rest = rest[: entry["files"]], rest[entry["files"] :]
        given[name] = _mapped(entry, own)
    return given


def _source(
    edge: Mapping[str, Any],
    constant: _Value,
    given: Mapping[str, _Value],
    values: Mapping[tuple[int, int], _Value],
) -> _Value:
    if "call" in edge:
        return given[edge["call"]]
    if "step" in edge:
        return values[edge["step"], edge["output"]]
    return constant


def _open(inputs: Inputs, edge: Mapping[str, Any], value: _Value) -> None:
    if value is None:
        raise MismatchError(
            "input-empty",
            f"The input {edge['port']} has no data: the node {edge['from']!r} left its output "
            "empty.",
        )
    if isinstance(value, Dataset):
        inputs.open_dataset(edge, value.memories, value.places, value.roles)
    elif isinstance(value, _Bytes):
        inputs.put(edge, opened_bytes(value.kind, value.content, edge))
    else:
        inputs.put(edge, value.value)


def _handed_on(value: Any, kind: str, inputs: Sequence[InputFrame], log: list[str]) -> _Value:
    """A result as it would leave a sandbox: the next step gets what it would get in one."""
    if value is None:
        return None
    if kind == "zip":
        return _Bytes(kind=kind, content=value)
    if kind != "dataset":
        return _Bytes(kind=kind, content=pickled(value, script.MODULE_NAME))
    output = frame_to_output(value, inputs, log=log.append)
    memory = _in_memory(_whole(output, inputs))
    roles = roles_of(value, [source.name for source in output.sources])
    return Dataset(memories=[memory], places=None, roles=roles)


def _whole(output: OutputTable, inputs: Sequence[InputFrame]) -> pa.RecordBatch:
    """All columns of a result, also those that are an input's."""
    columns = [
        output.batch.column(source.column)
        if source.input is None
        else inputs[source.input].columns[source.column].array
        for source in output.sources
    ]
    return pa.RecordBatch.from_arrays(columns, names=[source.name for source in output.sources])


def _in_memory(batch: pa.RecordBatch) -> Memory:
    """The batch in memory of its own that the next step may write to."""
    size = pa.MockOutputStream()
    with ipc.new_stream(size, batch.schema, options=_OPTIONS) as writer:
        writer.write_batch(batch)
    mapping = mmap.mmap(-1, size.size())
    buffer = pa.py_buffer(mapping)
    sink = pa.FixedSizeBufferWriter(buffer)
    sink.set_memcopy_threads(1)
    with ipc.new_stream(sink, batch.schema, options=_OPTIONS) as writer:
        writer.write_batch(batch)
    return Memory(mapping=mapping, buffer=buffer)


def _write(value: _Value, file: int) -> dict[str, Any] | None:
    """Write an output of the program; what the report says of it."""
    if value is None:
        return None
    if isinstance(value, Dataset):
        return _write_dataset(value, file)
    assert isinstance(value, _Bytes)
    with open(file, "wb", closefd=False) as stream:
        stream.write(value.content)
    return {"rows": 0, "references": []}


def _write_dataset(value: Dataset, file: int) -> dict[str, Any]:
    batches = [_batch_of(memory) for memory in value.memories]
    places = value.places
    batch = batches[0]
    if places is not None:
        columns = [batches[number].column(column) for number, column, _ in places]
        batch = pa.RecordBatch.from_arrays(columns, names=[name for _, _, name in places])
    try:
        write_batch(file, batch)
    except OSError as error:
        raise too_large(error, batch.nbytes) from error
    return {"rows": batch.num_rows, "references": [], "roles": dict(value.roles)}


def _batch_of(memory: Memory) -> pa.RecordBatch:
    with ipc.open_stream(memory.buffer) as reader:
        table = reader.read_all().combine_chunks()
    return (table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)])[0]
