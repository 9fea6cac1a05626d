"""Errors on the terminal, and the exit codes that scripts and CI look at."""

import errno
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum

import typer
from rich.text import Text

from studiolo.cli.terminal import Terminal, silence
from studiolo.errors import StudioloError
from studiolo.rendering.plain_text import printable
from studiolo.sandbox.errors import IsolationUnavailableError, NetworkUnavailableError


class ExitCode(IntEnum):
    """The exit codes of `studiolo`; 130 is the shell's own for Ctrl-C, 124 that of `timeout`."""

    SUCCEEDED = 0
    SCRIPT_FAILED = 1
    BAD_INPUT = 2
    ISOLATION_UNAVAILABLE = 3
    TIMED_OUT = 124
    INTERRUPTED = 130


@contextmanager
def reported_errors(console: Terminal) -> Iterator[None]:
    """Show an error of ours as a sentence instead of a traceback, and end with its exit code.

    From here on Ctrl-C is an exception: there may be something to put in order.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except (IsolationUnavailableError, NetworkUnavailableError) as error:
        show_error(console, error)
        raise typer.Exit(ExitCode.ISOLATION_UNAVAILABLE) from error
    except StudioloError as error:
        show_error(console, error)
        raise typer.Exit(ExitCode.BAD_INPUT) from error
    except BrokenPipeError as error:
        # The reader of our output has seen enough (`| head`).
        silence(sys.stdout)
        raise typer.Exit(ExitCode.SUCCEEDED) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        silence(sys.stdout)
        place = f' for "{printable(str(error.filename))}"' if error.filename else ""
        said = f": There is no space left on the disk{place}. Free some, and try again."
        console.say(Text.assemble(("error", "bold red"), said))
        raise typer.Exit(ExitCode.BAD_INPUT) from error
    except KeyboardInterrupt as error:
        console.say(Text("Cancelled.", style="yellow"))
        raise typer.Exit(ExitCode.INTERRUPTED) from error


def show_error(console: Terminal, error: StudioloError) -> None:
    """One error: its code, the classic number where there is one, its sentence."""
    head = headline(error.code, error.classic_number)
    console.say(Text.assemble(head, " ", printable(str(error))))


def show_notes(console: Terminal, notes: Sequence[str]) -> None:
    """Notes that are not errors, a line each."""
    for note in notes:
        console.say(Text.assemble(("note: ", "yellow"), printable(note)))


def headline(code: str, classic_number: int | None) -> Text:
    """`error[entry-missing, classic 0085]:`."""
    number = "" if classic_number is None else f", classic {classic_number:04d}"
    return Text.assemble(("error", "bold red"), (f"[{code}{number}]:", "red"))
