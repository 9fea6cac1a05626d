"""Why a script failed, in the words and lines of the person who wrote it."""

import errno
import os
import socket
import traceback
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from studiolo_guest.frames.errors import ContractError
from studiolo_guest.network import TargetRefusedError

#: Longer texts are cut in the middle, so that the end, where the message is, always survives.
_TEXT_LIMIT: Final = 20_000
#: Frames that are kept of a traceback: a recursion has thousands, and both ends tell what happened.
_OUTERMOST: Final = 10
_INNERMOST: Final = 40
_Frame = TypeVar("_Frame")
_REFUSED: Final = {errno.EACCES, errno.EPERM, errno.ENETUNREACH}


class MismatchError(ContractError):
    """The script does not fit what is connected to it; ``code`` says in which way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # a class for each would say nothing more


def describe(
    error: BaseException, *, script: str, module: str, directory: str, is_module: bool = False
) -> dict[str, Any]:
    """The report's `error` object for ``error``, raised while ``script`` ran in ``directory``.

    ``module`` is the name that the script has as a module. Frames of libraries and of this package
    are left out: the user's own lines are what can be changed. Chained exceptions are kept, oldest
    first, as Python prints them.
    """
    if isinstance(error, ContractError):
        return _object(error.code, "", str(error), "", [])
    summary = traceback.TracebackException.from_exception(error)
    for link in _chain(summary):
        _keep_own_frames(link, script, directory)
    _leave_out_echoes(summary)
    frames = [_place(frame) for frame in _both_ends(summary.stack)]
    left_out = len(summary.stack) - len(frames)
    code, message = _classify(error)
    # Text that a script gives to `eval` can be wrong too: that is an exception like others.
    if isinstance(error, SyntaxError) and (
        not frames or _is_users(error.filename or "", script, directory)
    ):
        code = "script-syntax"
        frames += _place_of_syntax(error, directory)
    elif is_module and code == "script-exception":
        code = _module_code(error)
    # The script's own exceptions, as Python names those of a program.
    text = "".join(summary.format()).replace(f"{module}.", "")
    return _object(code, type(error).__name__, message, text, frames, left_out)


def frames_of(
    error: BaseException, described: Mapping[str, Any], *, script: str, directory: str
) -> Sequence[types.FrameType]:
    """The frames that ``error`` went through at the places that it was ``described`` with."""
    found = _both_ends(
        [
            (frame, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if _is_users(frame.f_code.co_filename, script, directory)
        ]
    )
    # A script can set how long tracebacks are. Then the two do not belong together.
    places = [(place["function"], place["line"]) for place in described["frames"]]
    same = [(frame.f_code.co_name, line) for frame, line in found] == places[: len(found)]
    return [frame for frame, _ in found] if same else []


def _module_code(error: BaseException) -> str:
    """A ValueError that a module raises itself is a sentence for the person who connected it.

    So is one from the code of the module that made a connected model or transform. Modules are
    known by their bare file names; libraries have whole paths.
    """
    frames = traceback.extract_tb(error.__traceback__)
    name = frames[-1].filename if frames else ""
    own = name.endswith(".py") and "/" not in name
    return "module-refused" if own and isinstance(error, ValueError) else "module-failed"


def _keep_own_frames(link: traceback.TracebackException, script: str, directory: str) -> None:
    """Leave only frames of the script and its bundle, named as seen from the working directory."""
    own = [frame for frame in link.stack if _is_users(frame.filename, script, directory)]
    for frame in own:
        # Read now, by the file's whole name, and kept.
        _ = frame.line
        frame.filename = _shown(frame.filename, directory)
    link.stack = traceback.StackSummary.from_list(own)
    # Only those of syntax errors have it.
    place = getattr(link, "filename", None)
    if place is not None:
        link.filename = _shown(place, directory)


def _both_ends(frames: Sequence[_Frame]) -> Sequence[_Frame]:
    if len(frames) <= _OUTERMOST + _INNERMOST:
        return frames
    return [*frames[:_OUTERMOST], *frames[-_INNERMOST:]]


def _place(frame: traceback.FrameSummary) -> dict[str, Any]:
    return {
        "file": frame.filename,
        "line": frame.lineno or 0,
        "function": frame.name,
        "source": (frame.line or "")[:400],
    }


def _place_of_syntax(error: SyntaxError, directory: str) -> list[dict[str, Any]]:
    if not error.filename:
        return []
    place = {
        "file": _shown(error.filename, directory),
        "line": error.lineno or 0,
        "function": "",
        "source": (error.text or "").rstrip("\n")[:400],
        "column": error.offset or 0,
    }
    return [place]


def _object(
    code: str, kind: str, message: str, text: str, frames: list[dict[str, Any]], left_out: int = 0
) -> dict[str, Any]:
    return {
        "code": code,
        "type": kind,
        "message": _cut(message),
        "traceback": _cut(text),
        "frames": frames,
        "frames_left_out": left_out,
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


def _leave_out_echoes(summary: traceback.TracebackException) -> None:
    """Drop causes that say nothing new: raised wholly in a library, and quoted by what follows.

    A missing column alone is two exceptions in pandas, a refused connection four in requests.
    """
    for link in _chain(summary):
        for name in ("__cause__", "__context__"):
            cause = getattr(link, name)
            while cause is not None and not cause.stack and str(cause) and str(cause) in str(link):
                cause = cause.__cause__ or cause.__context__
            setattr(link, name, cause)


def _is_users(filename: str, script: str, directory: str) -> bool:
    return filename == script or filename.startswith(directory + "/")


def _shown(filename: str, directory: str) -> str:
    return filename.removeprefix(directory + "/")


def _classify(error: BaseException) -> tuple[str, str]:
    """The code and the message of an exception that left the script."""
    message = said(error)
    if isinstance(error, SystemExit):
        return "script-exit", f"The script called sys.exit({_shown_argument(error)})."
    if isinstance(error, KeyboardInterrupt):
        return "script-exception", "The script raised KeyboardInterrupt."
    if isinstance(error, SyntaxError):
        # Not str(): it adds the place, which is shown beside the message anyway.
        return "script-exception", error.msg or message
    for cause in _causes(error):
        if isinstance(cause, MemoryError):
            return "out-of-memory", message or "MemoryError"
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            return "library-missing", cause.name
        if isinstance(cause, TargetRefusedError):
            return "target-unreachable", str(cause.strerror)
        if _is_refused_network(cause):
            return "network-refused", message
    return "script-exception", message


def said(error: BaseException) -> str:
    """The message of any exception."""
    try:
        return str(error)
    except BaseException:  # noqa: BLE001  # a class of the script's own may raise anything here
        return "<exception str() failed>"


def _shown_argument(error: SystemExit) -> str:
    try:
        return repr(error.code)
    except BaseException:  # noqa: BLE001  # as above
        return "…"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden


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
