"""One run of one script: read the request, call `azureml_main`, write what came of it."""

import errno
import io
import json
import linecache
import os
import random
import sys
import time
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from studiolo_guest import bundle, failure, figures, ports
from studiolo_guest.confine import allow_results
from studiolo_guest.failure import MismatchError
from studiolo_guest.frames.opening import InputFrame, open_frame
from studiolo_guest.frames.output import frame_to_output
from studiolo_guest.frames.writing import write_batch
from studiolo_guest.returned import frames_returned

#: What the script is called as a module. Never `__main__`: the classic studio imported it, so a
#: script's own `if __name__ == "__main__":` part did not run.
MODULE_NAME: Final = "studiolo_script"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to run; the host wrote it into the request file."""

    source: str
    #: The file name that tracebacks show.
    name: str
    #: The connected dataset ports, in port order; one input file each.
    ports: Sequence[str]
    has_bundle: bool
    #: `connected` or `slot`, see `ports`.
    binding: str
    parameters: Mapping[str, Any]
    #: For a run that draws the same random numbers each time; None for fresh ones.
    seed: int | None
    #: Bytes of address space for each process of the run.
    address_space: int

    @staticmethod
    def read(content: bytes) -> "Request":
        """Read the request file."""
        return Request(**json.loads(content))


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
        _seed(request.seed)
        inputs = [open_frame(descriptor) for descriptor in input_files]
        clock.lap("open")
        if bundle_file is not None:
            bundle.unpack(bundle_file, directory)
            clock.lap("unpack")
        returned = _call(request, inputs, clock, log)
        clock.lap("call")
        frames = frames_returned(returned, log=log.append)
        figures.save_open_figures(log=log.append)
        allow_results()
        report["outputs"] = [
            _write(frame, inputs, result, log)
            for frame, result in zip(frames, result_files, strict=False)
        ]
        clock.lap("write")
    except BaseException as error:  # noqa: BLE001  # the border of user code: whatever leaves it is the result
        report["status"] = "failed"
        report["error"] = failure.describe(
            error, script=request.name, module=MODULE_NAME, directory=directory
        )
        _keep_pictures(log)
    _flush()
    report["log"] = log[:200]
    report["seconds"] = clock.seconds
    return report


def _call(request: Request, inputs: Sequence[InputFrame], clock: _Clock, log: list[str]) -> object:
    # As the compiler counts lines: `str.splitlines` also ends them at form feeds and the like.
    lines = io.StringIO(request.source, newline=None).readlines()
    # mtime None: linecache never looks for a file of that name.
    linecache.cache[request.name] = (len(request.source), None, lines, request.name)
    module = types.ModuleType(MODULE_NAME)
    module.__file__ = os.path.join(os.getcwd(), request.name)
    sys.modules[MODULE_NAME] = module
    exec(compile(request.source, request.name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  # running the user's script is what this process is for
    clock.lap("import")
    entry = ports.entry_of(module.__dict__)
    frames = {port: frame.frame for port, frame in zip(request.ports, inputs, strict=True)}
    arguments, properties = ports.bind(
        entry, frames, binding=request.binding, parameters=request.parameters, note=log.append
    )
    return entry(*arguments, **properties)


def _write(
    frame: pd.DataFrame, inputs: Sequence[InputFrame], result: int, log: list[str]
) -> dict[str, Any]:
    """Write one result; columns that are an input's, untouched, are only referred to."""
    output = frame_to_output(frame, inputs, log=log.append)
    try:
        write_batch(result, output.batch)
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        raise MismatchError(
            "result-too-large", f"{output.batch.nbytes:,} bytes are more than the limit"
        ) from error
    return {
        "rows": output.rows,
        "references": [
            [position, source.name, source.input, source.column]
            for position, source in enumerate(output.sources)
            if source.input is not None
        ],
    }


def _unbuffer() -> None:
    """What is printed leaves at once: in order with stderr, and seen even if the script is killed.

    The interpreter runs isolated (-I), which makes it ignore PYTHONUNBUFFERED.
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
