"""The command line: translates what is typed, decides nothing."""

import importlib
import io
import sys
from typing import NoReturn

from studiolo.cli.processor import sort_without_avx512
from studiolo.sandbox.launcher import Launcher

#: As `reporting.ExitCode`, which takes as long to import as anything else.
_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command that the arguments name."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    asks = {"--help", "-h"} & set(sys.argv)
    # A script is named by its file; an experiment starts what it needs when it knows what that is.
    is_script = any(argument.endswith(".py") for argument in sys.argv[2:])
    launcher = _head_start() if command == "run" and is_script and not asks else None
    sort_without_avx512()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A script may print what the terminal's encoding does not have.
            stream.reconfigure(errors="backslashreplace")
    try:
        application = importlib.import_module("studiolo.cli.application")
        application.application(command)(prog_name="studiolo", obj=launcher)
    except KeyboardInterrupt:
        # While the imports go on; later a command says so itself.
        raise SystemExit(_INTERRUPTED) from None
    finally:
        if launcher is not None:
            launcher.close()
    raise SystemExit(0)


def _head_start() -> Launcher:
    """A script's interpreter: it starts first of all, and what is imported next goes on beside it.

    It is told what it is for as soon as that much is imported.
    """
    launcher = Launcher()
    importlib.import_module("studiolo.head_start").begin(launcher)
    return launcher
