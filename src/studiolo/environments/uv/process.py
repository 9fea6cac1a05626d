"""Runs uv on a terminal of its own, so that it shows how far it is."""

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
from collections.abc import Iterator, Sequence
from pathlib import Path

from studiolo.environments.errors import UvMissingError
from studiolo.environments.progress import BuildPhase, BuildProgress, ProgressCallback, progress_in
from studiolo.environments.uv.failure import uv_failure

# uv wraps its explanations at the terminal's width, which would not suit an error message.
_TERMINAL_ROWS, _TERMINAL_COLUMNS = 50, 1000
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# An error that interrupts a progress bar is written after it, on the same line. The expression
# must not repeat blanks: bars are padded to the terminal's width and redrawn all the time, and
# uv downloads no faster than it is listened to.
_LINE_END = re.compile(rb"[\r\n]+|(?<=  )(?=error: |\xc3\x97 )")
_KEPT_LINES = 200
#: Seconds after which the caller hears something although uv is silent.
_PAUSE = 0.2


def run_uv(
    arguments: Sequence[str | Path],
    *,
    environment: str,
    folder: Path,
    progress: ProgressCallback | None,
    held: int | None = None,
) -> None:
    """Run a uv command to its end.

    Args:
        arguments: What follows "uv" on the command line, with absolute paths.
        environment: The environment's name, for the error message.
        folder: Where it writes, for the error message.
        progress: Told what uv shows.
        held: The descriptor of the environment's lock. uv inherits it, so that no other process
            touches the environment while uv is alive, even when this process was killed.

    Raises:
        UvMissingError: There is no uv.
        EnvironmentBuildError: uv failed; a subclass where the reason is known.
        EnvironmentDiskFullError: uv found no space.
    """
    terminal, uv_side = _terminal()
    try:
        try:
            process = subprocess.Popen(
                [uv_program(), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=uv_side,
                # uv obeys the settings of a project that it is started in; here it is in none.
                cwd="/",
                env=os.environ | {"NO_COLOR": "1", "TERM": "xterm"},
                pass_fds=() if held is None else (held,),
                # Ctrl-C in a terminal is for this process, which then ends it.
                process_group=0,
                umask=0o022,  # the sandbox's user has to read what is installed
            )
        finally:
            os.close(uv_side)
        try:
            said = _listen(terminal, progress)
            failed = process.wait() != 0
        except BaseException:
            process.kill()
            process.wait()
            raise
    finally:
        os.close(terminal)
    if failed:
        raise uv_failure("\n".join(said), environment=environment, folder=folder)


def uv_program() -> str:
    """The program's path.

    Raises:
        UvMissingError: It is not installed.
    """
    # Imported only here: an environment that is built already is opened without it.
    try:
        from uv import find_uv_bin  # noqa: PLC0415

        return find_uv_bin()
    except (ImportError, FileNotFoundError) as error:
        raise UvMissingError from error


def _terminal() -> tuple[int, int]:
    """Our side and uv's side of a new terminal, or of a pipe where there are no terminals."""
    try:
        ours, theirs = os.openpty()
    except OSError:
        return os.pipe()
    size = struct.pack("HHHH", _TERMINAL_ROWS, _TERMINAL_COLUMNS, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    return ours, theirs


def _listen(terminal: int, progress: ProgressCallback | None) -> list[str]:
    """Report the progress that uv shows; the last lines that are something else."""
    said: list[str] = []
    last = BuildProgress(phase=BuildPhase.CREATING, message="Starting uv")
    for line in _lines(terminal):
        step = last if line is None else progress_in(line)
        if step is not None:
            last = step
            if progress is not None:
                progress(step)
        elif line is not None:
            said = [*said[-_KEPT_LINES:], line]
    return said


def _lines(terminal: int) -> Iterator[str | None]:
    """Its lines; None from time to time while it prints nothing."""
    rest = b""
    while True:
        if not select.select([terminal], [], [], _PAUSE)[0]:
            yield None
            continue
        try:
            read = os.read(terminal, 1 << 16)
        except OSError:  # EIO: the other side of the terminal is closed
            read = b""
        *complete, rest = _LINE_END.split(rest + read)
        if not read:
            complete.append(rest)
        for line in complete:
            text = _CONTROL_SEQUENCE.sub("", line.decode("utf-8", "replace")).rstrip()
            if text:
                yield text
        if not read:
            return
