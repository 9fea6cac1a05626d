"""The results of `azureml_main`, written into the files of the output ports."""

import errno
import mmap
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import pandas as pd

from studiolo_guest.contract.failure import MismatchError
from studiolo_guest.contract.inputs import ROLES
from studiolo_guest.contract.request import Request
from studiolo_guest.contract.returned import frames_returned, made_into_frame
from studiolo_guest.frames.opening import InputFrame
from studiolo_guest.frames.output import frame_to_output
from studiolo_guest.frames.writing import write_batch

_Log = Callable[[str], None]


def values_returned(returned: object, request: Request, *, log: _Log) -> list[Any]:
    """One value an output port, None where it is left empty.

    A module leaves its last outputs empty by returning fewer values, as a script does.

    Raises:
        MismatchError: there are too many values, or one is missing or not of its port's kind.
    """
    if not request.is_module:
        return list(frames_returned(returned, log=log))
    outputs = request.outputs
    values = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    while values and values[-1] is None:
        values.pop()
    if len(values) > len(outputs):
        names = ", ".join(output["name"] for output in outputs)
        has = f"{_counted(len(outputs), 'output')} ({names})" if outputs else "no outputs"
        raise MismatchError(
            "untranslatable-return",
            f"The module has {has}, but its azureml_main returned "
            f"{_counted(len(values), 'value')}. Return one for each output.",
        )
    return [_of_kind(value, output, log) for value, output in zip_longest(values, outputs)]


def _of_kind(value: object, output: Mapping[str, Any], log: _Log) -> object:
    if value is None and not output["optional"]:
        raise MismatchError(
            "untranslatable-return",
            f"The module's azureml_main returned nothing for its output {output['name']}, which is "
            "not optional.",
        )
    if output["kind"] == "dataset" and value is not None:
        return made_into_frame(value, log)
    if output["kind"] == "zip" and value is not None and not isinstance(value, bytes):
        raise MismatchError(
            "untranslatable-return",
            f"The output {output['name']} takes the bytes of a zip, not a value of the type "
            f"{type(value).__name__}.",
        )
    return value


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def write_outputs(
    values: Sequence[Any],
    request: Request,
    inputs: Sequence[InputFrame],
    files: Sequence[int],
    *,
    module: str,
    log: _Log,
) -> list[dict[str, Any] | None]:
    """Write each value into its port's file; the report's entry for each."""
    kinds = [output["kind"] for output in request.outputs]
    written: list[dict[str, Any] | None] = []
    for value, kind, file in zip(values, kinds, files, strict=False):
        if value is None:
            written.append(None)
        elif kind == "dataset":
            written.append(_write_frame(value, inputs, file, log))
        else:
            write_bytes(value if kind == "zip" else pickled(value, module), file)
            written.append({"rows": 0, "references": []})
    return written


def _write_frame(
    frame: pd.DataFrame, inputs: Sequence[InputFrame], file: int, log: _Log
) -> dict[str, Any]:
    """Columns that are an input's, untouched, are only referred to."""
    output = frame_to_output(frame, inputs, log=log)
    try:
        write_batch(file, output.batch)
    except OSError as error:
        raise too_large(error, output.batch.nbytes) from error
    return {
        "rows": output.rows,
        "references": [
            [position, source.name, source.input, source.column]
            for position, source in enumerate(output.sources)
            if source.input is not None
        ],
        "roles": roles_of(frame, [source.name for source in output.sources]),
    }


def roles_of(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, str]:
    """The roles that the frame gives to columns it has."""
    given = frame.attrs.get(ROLES)
    if not isinstance(given, Mapping):
        return {}
    roles = ((name, given.get(label)) for name, label in zip(names, frame.columns, strict=True))
    return {name: str(role) for name, role in roles if role and str(role) != "feature"}


def pickled(value: object, module: str) -> bytes:
    """A model or transform as bytes.

    Classes and functions of the module's own file are included: nothing else can import them.
    """
    import cloudpickle  # noqa: PLC0415  # as in `inputs`

    # What can't be imported goes along by value. Nor may the file be found by a search for whatever
    # does not know where it is from, such as the functions of scipy.special that it imported.
    own = sys.modules.pop(module)
    try:
        content: bytes = cloudpickle.dumps(value)
    except Exception as error:
        raise MismatchError(
            "untranslatable-return",
            f"An object of the type {type(value).__name__} can't be handed on: {error}.",
        ) from error
    finally:
        sys.modules[module] = own
    return content


def write_bytes(content: bytes | bytearray | mmap.mmap, file: int) -> None:
    """Write a result.

    Raises:
        MismatchError: It is too large.
    """
    rest = memoryview(content)
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
    except OSError as error:
        raise too_large(error, len(content)) from error


def too_large(error: OSError, size: int) -> Exception:
    """The error that says that a result is too large, if that is what the kernel refused."""
    if error.errno != errno.EFBIG:
        return error
    return MismatchError("result-too-large", f"{size:,} bytes are more than the limit")
