"""The command line: translates what is typed, decides nothing."""

import atexit
import contextlib
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from studiolo.sandbox.process.launcher import Launcher

#: As in `reporting`, which takes as long to import as anything else.
_INTERRUPTED = 130
_CANCELLED = b"Cancelled.\n"


def main() -> NoReturn:
    """Run the command that the arguments name."""
    ends = {"status": 1}
    # What is registered first is called last.
    atexit.register(lambda: _leave(ends["status"]))
    # While the imports go on; `reporting.reported_errors` takes over.
    signal.signal(signal.SIGINT, _cancel)
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    asks = {"--help", "-h"} & set(sys.argv)
    launcher = None if asks else _head_start(command, sys.argv[2:])
    importlib.import_module("studiolo.cli.processor").sort_without_avx512()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A script may print what the terminal's encoding does not have.
            stream.reconfigure(errors="backslashreplace")
    code: str | int | None = 0
    try:
        application = importlib.import_module("studiolo.cli.application")
        application.application()(prog_name="studiolo", obj=launcher)
    except SystemExit as end:
        code = end.code
    finally:
        if launcher is not None:
            launcher.close()
    if code == _INTERRUPTED:
        # Where Ctrl-C met an `exec`, as of a dataclass that was being made, CPython would end as
        # killed by a signal, although the exception was handled.
        _leave(_INTERRUPTED)
    ends["status"] = code if isinstance(code, int) else int(code is not None)
    raise SystemExit(code)


def _leave(status: int) -> NoReturn:
    """End without taking Python apart.

    A thread of Arrow's that lets go of a Python object meanwhile would abort the whole process.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _cancel(*_: object) -> NoReturn:
    """End at once: nothing has begun that could be left over."""
    os.write(2, _CANCELLED)
    os._exit(_INTERRUPTED)


def _head_start(command: str, arguments: Sequence[str]) -> "Launcher | None":
    """The interpreter of a script or a service: it starts first, and the imports run beside it.

    It is told what it is for as soon as that much is imported.
    """
    # A script is named by its file; an experiment starts what it needs when it knows what that is.
    is_script = command == "run" and any(argument.endswith(".py") for argument in arguments)
    # Where a server's address is given, the server scores.
    is_service = command in ("batch", "call") and not any(
        argument.startswith("--url") for argument in arguments
    )
    if not is_script and not is_service:
        return None
    launcher: Launcher = importlib.import_module("studiolo.sandbox.process.launcher").Launcher()
    head_start = importlib.import_module("studiolo.workspace.sandboxes.head_start")
    head_start.begin(launcher, program=is_service)
    return launcher
