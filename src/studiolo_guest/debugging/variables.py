"""The local variables of a script that failed, at each frame of the user's own code.

They are collected after the failure has been reported, within bounds of number, size and time. To
show a value can run the script's own code (`__repr__`), which may hang, print, raise or end the
process. So each variable is written as a line as soon as it is known, and whatever runs code of the
script is written first as one that took too long.
"""

import contextlib
import io
import json
import os
import signal
import sys
import time
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, Final

from studiolo_guest.debugging.secrets import is_secret_name, without_secrets
from studiolo_guest.debugging.shown import Shown, is_plain

#: Seconds for one value, and for all of them.
_VALUE_SECONDS: Final = 0.25
_ALL_SECONDS: Final = 1.0
#: Between two reminders to one that goes on in spite of the first.
_AGAIN_SECONDS: Final = 0.05
_MOST_IN_FRAME: Final = 50
_MOST: Final = 400
#: Bytes of all lines together.
_MOST_BYTES: Final = 256 * 1024
_NAME: Final = 100
_SAID: Final = 300
#: At the top level of a script these are what it is made of, not what it computed.
_DEFINITIONS: Final = (types.ModuleType, types.FunctionType, type)


class _TooSlowError(BaseException):
    """A value whose own code takes too long. Not an `Exception`, which that code may catch."""


class Collector:
    """Writes what the variables were, innermost frame first."""

    def __init__(self, file: int, secrets: Sequence[str] = ()) -> None:
        """Write to ``file``; without the text of ``secrets``."""
        self._file = file
        self._secrets = tuple(sorted(secrets, key=len, reverse=True))
        self._shown = Shown(self._secrets)
        self._number = self._bytes = 0
        self._end = time.monotonic() + _ALL_SECONDS

    def collect(self, frames: Sequence[types.FrameType]) -> None:
        """Write the variables of these frames, of which the last is the innermost.

        Each line has the frame's position and a variable. A variable that comes again replaces the
        one before. The last line says how many were left out of each frame.
        """
        _take_over()
        left_out = [
            [position, self._frame(position, _variables(frames[position]))]
            for position in reversed(range(len(frames)))
        ]
        self._write({"left_out": [entry for entry in left_out if entry[1]]})

    def _frame(self, position: int, variables: Mapping[str, object]) -> int:
        count = 0
        for name, value in variables.items():
            if count == _MOST_IN_FRAME or self._is_enough():
                break
            count += 1
            self._number += 1
            self._variable(position, name, value)
        return len(variables) - count

    def _is_enough(self) -> bool:
        over = self._number >= _MOST or self._bytes >= _MOST_BYTES
        return over or time.monotonic() >= self._end

    def _variable(self, position: int, name: str, value: object) -> None:
        said = {"frame": position, "name": name[:_NAME], "type": "", "text": "", "table": None}
        if is_secret_name(name):
            self._write({**said, "problem": "secret"})
            return
        said["problem"] = None
        if not is_plain(value):
            self._write({**said, "problem": "slow"})
        sink = io.StringIO()
        try:
            with _within(_VALUE_SECONDS), redirect_stdout(sink), redirect_stderr(sink):
                said["type"] = type(value).__name__[:_NAME]
                said.update(self._shown(value))
            if sink.tell():
                said["problem"] = "printed"
        except _TooSlowError:
            said["problem"] = "slow"
        except BaseException as error:  # noqa: BLE001  # the script's own code may raise anything
            said["problem"] = "raised"
            said["text"] = self._said(error)
        self._write(said)

    def _said(self, error: BaseException) -> str:
        try:
            with _within(_VALUE_SECONDS):
                text = f"{type(error).__name__}: {error}"
                return without_secrets(text[: 4 * _SAID], self._secrets)[:_SAID]
        except BaseException:  # noqa: BLE001  # likewise
            return type(error).__name__

    def _write(self, line: Mapping[str, Any]) -> None:
        content = b"\n" + json.dumps(line).encode()
        self._bytes += len(content)
        while content:
            content = content[os.write(self._file, content) :]


def _variables(frame: types.FrameType) -> Mapping[str, object]:
    found = dict(frame.f_locals)
    of_module = frame.f_locals is frame.f_globals or frame.f_code.co_name == "<module>"
    return {
        name: value
        for name, value in found.items()
        # The first are Python's own, such as the iterator of a comprehension.
        if name.isidentifier()
        and not (name.startswith("__") and name.endswith("__"))
        and not (of_module and isinstance(value, _DEFINITIONS))
    }


_armed: Final = {"now": False}


def _take_over() -> None:
    """From here on nothing is printed or traced, and the alarm is ours: the script has ended."""
    nothing = os.open("/dev/null", os.O_WRONLY | os.O_CLOEXEC)
    for standard in (1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    sys.settrace(None)
    sys.setprofile(None)

    def too_slow(*_: object) -> None:
        if _armed["now"]:
            raise _TooSlowError

    signal.signal(signal.SIGALRM, too_slow)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Interrupt Python code that takes longer, again and again if it goes on."""
    _armed["now"] = True
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        _armed["now"] = False
        signal.setitimer(signal.ITIMER_REAL, 0)
