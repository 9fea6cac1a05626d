"""Why a script failed, in the words and lines of the person who wrote it."""

import errno
import os
import socket
import traceback
from collections.abc import Iterator
from typing import Any, Final

from studiolo_guest.frames.errors import ContractError

#: Longer texts are cut in the middle, so that the end, where the message is, always survives.
_TEXT_LIMIT: Final = 20_000
_FRAME_LIMIT: Final = 50
_REFUSED: Final = {errno.EACCES, errno.EPERM, errno.ENETUNREACH}


class MismatchError(ContractError):
    """The script does not fit what is connected to it; ``code`` says in which way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # a class for each would say nothing more


def describe(error: BaseException, *, script: str, directory: str) -> dict[str, Any]:
    """The report's `error` object for ``error``, raised while ``script`` ran in ``directory``.

    Frames of libraries and of this package are left out: the user's own lines are what can be
    changed. Chained exceptions are kept, oldest first, as Python prints them.
    """
    if isinstance(error, ContractError):
        return _object(error.code, "", str(error), "", [])
    summary = traceback.TracebackException.from_exception(error)
    for link in _chain(summary):
        own = [f for f in link.stack if _is_users(f.filename, script, directory)]
        link.stack = traceback.StackSummary.from_list(own)
    frames = [
        {
            "file": _shown(f.filename, directory),
            "line": f.lineno or 0,
            "function": f.name,
            "source": (f.line or "")[:400],
        }
        for f in list(summary.stack)[-_FRAME_LIMIT:]
    ]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(
            {
                "file": _shown(error.filename, directory),
                "line": error.lineno or 0,
                "function": "",
                "source": (error.text or "").rstrip("\n")[:400],
                "column": error.offset or 0,
            }
        )
    text = "".join(summary.format()).replace(directory + "/", "")
    code, message = _classify(error)
    return _object(code, type(error).__name__, message, text, frames)


def _object(
    code: str, kind: str, message: str, text: str, frames: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "code": code,
        "type": kind,
        "message": _cut(message),
        "traceback": _cut(text),
        "frames": frames,
    }


def _cut(text: str) -> str:
    if len(text) <= _TEXT_LIMIT:
        return text
    half = _TEXT_LIMIT // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _chain(summary: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    pending = [summary]
    while pending:
        current = pending.pop()
        yield current
        pending += [s for s in (current.__cause__, current.__context__) if s is not None]
        pending += getattr(current, "exceptions", None) or []


def _is_users(filename: str, script: str, directory: str) -> bool:
    return filename == script or filename.startswith(directory + "/")


def _shown(filename: str, directory: str) -> str:
    return filename.removeprefix(directory + "/")


def _classify(error: BaseException) -> tuple[str, str]:
    """The code and the message of an exception that left the script."""
    said = str(error)
    if isinstance(error, SystemExit):
        return "script-exit", f"The script called sys.exit({error.code!r})."
    if isinstance(error, KeyboardInterrupt):
        return "script-exception", "The script raised KeyboardInterrupt."
    if isinstance(error, SyntaxError):
        return "script-syntax", error.msg or said
    for cause in _causes(error):
        if isinstance(cause, MemoryError):
            return "out-of-memory", said or "The script needed more memory than its limit."
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            return "library-missing", cause.name
        if _is_refused_network(cause):
            return "network-refused", said
    return "script-exception", said


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _is_refused_network(error: BaseException) -> bool:
    if isinstance(error, socket.gaierror):
        return True
    if not isinstance(error, OSError) or error.errno not in _REFUSED or error.filename:
        return False
    # The same numbers mean other things for files: look at who raised it.
    frames = traceback.extract_tb(error.__traceback__)
    places = {os.path.basename(f.filename) for f in frames} | {f.name for f in frames}
    return bool(places & {"socket.py", "create_connection", "connection.py", "sock_connect"}) or (
        any("socket" in (f.line or "") or ".connect(" in (f.line or "") for f in frames[-1:])
    )
