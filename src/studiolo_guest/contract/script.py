"""One run of one script: read the request, call `azureml_main`, write the outcome."""

import io
import linecache
import os
import random
import sys
import time
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from studiolo_guest import wire
from studiolo_guest.confine import allow_results
from studiolo_guest.contract import bundle, failure, figures, ports, wheels
from studiolo_guest.contract.dialect import Dialect, Translated
from studiolo_guest.contract.inputs import Inputs
from studiolo_guest.contract.outputs import values_returned, write_outputs
from studiolo_guest.contract.request import Request

#: What the script is called as a module. Never `__main__`: the classic studio imported it, so a
#: script's own `if __name__ == "__main__":` part did not run.
MODULE_NAME: Final = "studiolo_script"
#: Of what the contract did that a person should know.
MOST_LOG_LINES: Final = 200


@dataclass(frozen=True, kw_only=True)
class Ran:
    """The outcome of a script: the report on it, and the frames of its own code where it failed."""

    report: dict[str, Any]
    #: One for each place of the report's error, outermost first; empty if there is none.
    frames: Sequence[types.FrameType] = ()


class Clock:
    """Seconds of each phase, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, phase: str) -> None:
        """Add the time since the last lap to a phase."""
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._since
        self._since = now


def run(
    request: Request,
    bundle_file: int | None,
    input_files: Sequence[int],
    result_files: Sequence[int],
) -> Ran:
    """Run the script in the current directory; its report, which never fails to come."""
    clock = Clock()
    frames: Sequence[types.FrameType] = ()
    log: list[str] = []
    directory = os.getcwd()
    report: dict[str, Any] = {"status": "succeeded", "outputs": [], "error": None}
    try:
        begin(request, directory)
        inputs = Inputs.of(request, input_files, log=log.append)
        clock.lap("open")
        if bundle_file is not None:
            log += unpack_bundle(request.source, wire.read_all(bundle_file), directory)
            clock.lap("unpack")
        values = call(request, compiled(request), inputs, clock, log)
        allow_results()
        report["outputs"] = write_outputs(
            values, request, inputs.frames, result_files, module=MODULE_NAME, log=log.append
        )
        clock.lap("write")
    except BaseException as error:  # noqa: BLE001  # the border of user code: whatever leaves it is the result
        report["status"] = "failed"
        report["error"] = described(error, request, directory, log)
        frames = failure.frames_of(error, report["error"], script=request.name, directory=directory)
    flush()
    report["log"] = log[:MOST_LOG_LINES]
    report["seconds"] = clock.seconds
    return Ran(report=report, frames=frames)


def begin(request: Request, directory: str) -> None:
    """Set the process up for a script that is to run in ``directory``."""
    _unbuffer()
    os.environ.update(request.secrets)
    figures.save_into(directory)
    # What a script sees that looks for arguments of its own (argparse).
    sys.argv = [request.name]
    _seed(request.seed)


def unpack_bundle(source: str, content: bytes, directory: str) -> list[str]:
    """Put the script bundle where a script with this source finds it; what the log says of it.

    Raises:
        MismatchError: It can't be unpacked.
    """
    bundle.unpack(content, directory)
    bundle.link_windows_paths(source, directory)
    return wheels.install(directory)


def described(
    error: BaseException, request: Request, directory: str, log: list[str]
) -> dict[str, Any]:
    """The report's `error` object, once the pictures are saved that were drawn before it."""
    found = failure.describe(
        error,
        script=request.name,
        module=MODULE_NAME,
        directory=directory,
        is_module=request.is_module,
    )
    _keep_pictures(log)
    return found


def compiled(request: Request) -> Translated:
    """The code of the script, and the names that it finds without an import.

    Raises:
        SyntaxError: It is not Python, or nested too deeply.
    """
    try:
        return Dialect.translate(request.source, request.name)
    except (MemoryError, RecursionError):
        # Which of them Python's parser raises says nothing about the available memory.
        raise SyntaxError("the script is nested too deeply for Python") from None


def call(
    request: Request, script: Translated, inputs: Inputs, clock: "Clock", log: list[str]
) -> list[Any]:
    """Execute the script and call its `azureml_main`; a value for each output port."""
    module = new_module(request)
    execute(script, module)
    clock.lap("import")
    entry = ports.entry_of(module.__dict__)
    arguments, properties = bound(entry, request, inputs, log)
    returned = entry(*arguments, **properties)
    clock.lap("call")
    values = values_returned(returned, request, log=log.append)
    figures.save_open_figures(log=log.append)
    return values


def new_module(request: Request) -> types.ModuleType:
    """The module that the script is to be executed in."""
    # As the compiler counts lines: `str.splitlines` also ends them at form feeds and the like.
    lines = io.StringIO(request.source, newline=None).readlines()
    # mtime None: linecache never looks for a file of that name.
    linecache.cache[request.name] = (len(request.source), None, lines, request.name)
    module = types.ModuleType(MODULE_NAME)
    module.__file__ = os.path.join(os.getcwd(), request.name)
    sys.modules[MODULE_NAME] = module
    return module


def execute(script: Translated, module: types.ModuleType) -> None:
    """Execute the script in its module."""
    code, names = script
    module.__dict__.update(names)
    exec(code, module.__dict__)  # noqa: S102  # running the user's script is what this process is for


def bound(
    entry: Callable[..., Any], request: Request, inputs: Inputs, log: list[str]
) -> tuple[list[Any], dict[str, Any]]:
    """The positional and keyword arguments to call ``entry`` with.

    Raises:
        MismatchError: They do not fit it.
    """
    parameters = {
        **request.parameters,
        **inputs.parameters,
        **ports.chosen_columns(request.columns, inputs.connected),
    }
    return ports.bind(
        entry,
        inputs.connected,
        ports=request.ports,
        binding=request.binding,
        parameters=parameters,
        note=log.append,
    )


def _unbuffer() -> None:
    """Printed text leaves at once: in order with stderr, and seen even if the script is killed.

    PYTHONUNBUFFERED is only there for interpreters that the script starts.
    """
    for name, descriptor, errors in (("stdout", 1, "replace"), ("stderr", 2, "backslashreplace")):
        raw: Any = io.FileIO(descriptor, "w", closefd=False)
        stream = io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)
        setattr(sys, name, stream)
        # Python's own reference: without it a script that replaces sys.stdout would close this one.
        setattr(sys, f"__{name}__", stream)


def _seed(seed: int | None) -> None:
    """Forks of one zygote would all draw the same numbers."""
    drawn = int.from_bytes(os.urandom(4), "little") if seed is None else seed
    np.random.seed(drawn % 2**32)
    random.seed(None if seed is None else seed)


def _keep_pictures(log: list[str]) -> None:
    """A failed script's figures help to see why, so they are saved too if that still works."""
    try:
        figures.save_open_figures(log=log.append)
    except BaseException as error:  # noqa: BLE001  # drawing runs user code (artists, callbacks)
        log.append(f"Open figures could not be saved: {failure.said(error)}")


def flush() -> None:
    """Let go of what was printed and not yet written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
