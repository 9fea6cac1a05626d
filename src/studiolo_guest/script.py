"""One run of one script: read the request, call `azureml_main`, write what came of it."""

import io
import linecache
import os
import random
import sys
import time
import types
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from studiolo_guest import bundle, failure, figures, ports
from studiolo_guest.confine import allow_results
from studiolo_guest.inputs import Inputs
from studiolo_guest.outputs import values_returned, write_outputs
from studiolo_guest.request import Request

#: What the script is called as a module. Never `__main__`: the classic studio imported it, so a
#: script's own `if __name__ == "__main__":` part did not run.
MODULE_NAME: Final = "studiolo_script"


class _Clock:
    """Seconds of each phase, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, phase: str) -> None:
        now = time.perf_counter()
        self.seconds[phase] = now - self._since
        self._since = now


def run(
    request: Request,
    bundle_file: int | None,
    input_files: Sequence[int],
    result_files: Sequence[int],
) -> dict[str, Any]:
    """Run the script in the current directory; its report, which never fails to come."""
    clock = _Clock()
    _unbuffer()
    log: list[str] = []
    directory = os.getcwd()
    figures.save_into(directory)
    report: dict[str, Any] = {"status": "succeeded", "outputs": [], "error": None}
    try:
        # What a script sees that looks for arguments of its own (argparse).
        sys.argv = [request.name]
        _seed(request.seed)
        inputs = Inputs(request, input_files, log=log.append)
        clock.lap("open")
        if bundle_file is not None:
            bundle.unpack(bundle_file, directory)
            bundle.link_windows_paths(request.source, directory)
            clock.lap("unpack")
        returned = _call(request, inputs, clock, log)
        clock.lap("call")
        values = values_returned(returned, request, log=log.append)
        figures.save_open_figures(log=log.append)
        allow_results()
        report["outputs"] = write_outputs(
            values, request, inputs.frames, result_files, module=MODULE_NAME, log=log.append
        )
        clock.lap("write")
    except BaseException as error:  # noqa: BLE001  # the border of user code: whatever leaves it is the result
        report["status"] = "failed"
        report["error"] = failure.describe(
            error,
            script=request.name,
            module=MODULE_NAME,
            directory=directory,
            is_module=request.is_module,
        )
        _keep_pictures(log)
    _flush()
    report["log"] = log[:200]
    report["seconds"] = clock.seconds
    return report


def _compiled(request: Request) -> types.CodeType:
    try:
        return compile(request.source, request.name, "exec", dont_inherit=True)
    except (MemoryError, RecursionError):
        # Which of them Python's parser raises says nothing about the memory that there is.
        raise SyntaxError("the script is nested too deeply for Python") from None


def _call(request: Request, inputs: Inputs, clock: _Clock, log: list[str]) -> object:
    # As the compiler counts lines: `str.splitlines` also ends them at form feeds and the like.
    lines = io.StringIO(request.source, newline=None).readlines()
    # mtime None: linecache never looks for a file of that name.
    linecache.cache[request.name] = (len(request.source), None, lines, request.name)
    module = types.ModuleType(MODULE_NAME)
    module.__file__ = os.path.join(os.getcwd(), request.name)
    sys.modules[MODULE_NAME] = module
    exec(_compiled(request), module.__dict__)  # noqa: S102  # running the user's script is what this process is for
    clock.lap("import")
    entry = ports.entry_of(module.__dict__)
    parameters = {
        **request.parameters,
        **inputs.parameters,
        **ports.chosen_columns(request.columns, inputs.connected),
    }
    arguments, properties = ports.bind(
        entry,
        inputs.connected,
        ports=request.ports,
        binding=request.binding,
        parameters=parameters,
        note=log.append,
    )
    return entry(*arguments, **properties)


def _unbuffer() -> None:
    """What is printed leaves at once: in order with stderr, and seen even if the script is killed.

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


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
