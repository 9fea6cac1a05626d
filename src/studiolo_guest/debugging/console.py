"""A console in a run: what a person types is executed beside the inputs of a script.

Both ends send lines of JSON. The person's has a `source`; the answer to it has a `prompt`: `ready`
for the next statement, or `more` where this one is not complete. What the statements print goes the
way of all that a script prints.
"""

import ast
import codeop
import contextlib
import json
import linecache
import os
import signal
import socket
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from studiolo_guest import wire
from studiolo_guest.contract import figures, ports, script
from studiolo_guest.contract.failure import MismatchError
from studiolo_guest.contract.inputs import Inputs
from studiolo_guest.contract.request import Request

_PIECE: Final = 1 << 16
#: Names that are shown of what is at hand.
_NAMES: Final = 40


def serve(
    request: Request, bundle_file: int | None, input_files: Sequence[int], line: int
) -> dict[str, Any]:
    """Serve the person at the other end of ``line`` until one of the two is gone."""
    log: list[str] = []
    directory = os.getcwd()
    script.begin(request, directory)
    interrupts = _Interrupts()
    with socket.socket(fileno=line) as person:
        console = _Console(_namespace(request, bundle_file, input_files, log, interrupts))
        for note in log:
            _print(f"note: {note}")
        _say(person, "ready", names=console.names[:_NAMES])
        for source in _typed(person):
            with interrupts.allowed():
                complete = console.run(source)
            figures.save_open_figures(log=_print)
            script.flush()
            if console.left:
                break
            _say(person, "ready" if complete else "more")
    return {"status": "succeeded", "outputs": [None], "error": None, "log": [], "seconds": {}}


def _say(person: socket.socket, prompt: str, **more: Any) -> None:
    person.sendall(json.dumps({"prompt": prompt, **more}).encode() + b"\n")


def _print(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _typed(person: socket.socket) -> Iterator[str]:
    waiting = b""
    while piece := person.recv(_PIECE):
        *lines, waiting = (waiting + piece).split(b"\n")
        for each in lines:
            yield str(json.loads(each)["source"])


class _Interrupts:
    """Ctrl-C of the person, which ends a statement and nothing else."""

    def __init__(self) -> None:
        self._allowed = False
        signal.signal(signal.SIGINT, self._handle)

    def _handle(self, *_: object) -> None:
        if self._allowed:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def allowed(self) -> Iterator[None]:
        """Let it end what is executed here."""
        self._allowed = True
        try:
            yield
        except KeyboardInterrupt:
            _print("KeyboardInterrupt")
        finally:
            self._allowed = False


def _namespace(
    request: Request,
    bundle_file: int | None,
    input_files: Sequence[int],
    log: list[str],
    interrupts: _Interrupts,
) -> dict[str, Any]:
    """The script's own names, and its inputs as it would get them."""
    module = script.new_module(request)
    names = module.__dict__
    names.update(pd=pd, np=np)
    try:
        if bundle_file is not None:
            content = wire.read_all(bundle_file)
            log += script.unpack_bundle(request.source, content, os.getcwd())
        inputs = Inputs.of(request, input_files, log=log.append)
    except MismatchError as error:
        log.append(str(error))
        return names
    with interrupts.allowed():
        try:
            script.execute(script.compiled(request), module)
        except BaseException as error:  # noqa: BLE001  # whatever is wrong with it is to be found here
            _show(error)
    names.update(_arguments(names.get(ports.ENTRY), request, inputs, log))
    return names


def _arguments(
    entry: object, request: Request, inputs: Inputs, log: list[str]
) -> Mapping[str, Any]:
    called: Callable[..., Any] = entry if isinstance(entry, types.FunctionType) else _usual
    by_port = {name: value for name, value in inputs.connected.items() if request.is_module}
    try:
        arguments, properties = script.bound(called, request, inputs, log)
    except MismatchError as error:
        log.append(str(error))
        return {**inputs.connected}
    own = called.__code__.co_varnames[: called.__code__.co_argcount]
    usual = () if request.is_module else ("dataframe1", "dataframe2")
    return {
        **by_port,
        **dict(zip(usual, [*arguments, None, None], strict=False)),
        **dict(zip(own, arguments, strict=False)),
        **properties,
    }


def _usual(dataframe1: object = None, dataframe2: object = None) -> None:
    """The arguments of a script that has no `azureml_main` yet."""


class _Console:
    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._compile = codeop.CommandCompiler()
        self._count = 0
        #: Whether the person has asked to leave, by `exit()`.
        self.left = False

    @property
    def names(self) -> list[str]:
        """The names at hand that a person might want, inputs last."""
        return [name for name in self._names if name.isidentifier() and not name.startswith("_")]

    def run(self, source: str) -> bool:
        """Execute a statement, or several; False if the last one is not complete."""
        self._count += 1
        name = f"<console-{self._count}>"
        try:
            codes = self._compiled(source, name)
            if codes is None:
                return False
            lines = f"{source}\n".splitlines(keepends=True)
            linecache.cache[name] = (len(source), None, lines, name)
            for code in codes:
                exec(code, self._names)  # noqa: S102  # this is what it is for
        except SystemExit:
            self.left = True
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # the person is to see whatever it is
            _show(error)
        return True

    def _compiled(self, source: str, name: str) -> Sequence[types.CodeType] | None:
        try:
            code = self._compile(source, name, "single")
        except SyntaxError:
            # Several statements at once, as they are pasted.
            tree = ast.parse(source, name)
            return [
                compile(ast.Interactive([statement]), name, "single") for statement in tree.body
            ]
        return None if code is None else [code]


def _show(error: BaseException) -> None:
    """As Python shows it, without the frames of this module."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_globals.get("__name__") in {__name__, "ast"}:
        frames = frames.tb_next
    traceback.print_exception(error.with_traceback(frames), file=sys.stderr)
