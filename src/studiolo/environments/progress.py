"""How far the building of an environment has come, read off what uv shows on a terminal."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class BuildPhase(StrEnum):
    """The phases of building; they come in this order, and any may be missing."""

    WAITING = "waiting"
    CREATING = "creating"
    RESOLVING = "resolving"
    PREPARING = "preparing"
    INSTALLING = "installing"
    COMPILING = "compiling"
    #: The end of what was begun.
    BUILT = "built"


@dataclass(frozen=True, kw_only=True)
class BuildProgress:
    """One step in the building of an environment."""

    #: What is being done.
    phase: BuildPhase
    #: How many packages (files, when compiling) are done, where it is known.
    done: int | None = None
    #: Out of how many.
    total: int | None = None
    #: The same for people, on one line.
    message: str


#: The caller that asks for an environment hears how far it is, in its own thread, and again and
#: again while uv is at work. What it raises ends the building.
ProgressCallback = Callable[[BuildProgress], None]

_RESOLVED = re.compile(r"Resolved (?P<total>\d+) packages?\b")
_PREPARING = re.compile(r"Preparing packages\.\.\. \((?P<done>\d+)/(?P<total>\d+)\)")
_PREPARED = re.compile(r"Prepared (?P<total>\d+) packages?\b")
_INSTALLING = re.compile(r"\[(?P<done>\d+)/(?P<total>\d+)\] \S")
_INSTALLED = re.compile(r"Installed (?P<total>\d+) packages?\b")

_COUNTED = (
    (_RESOLVED, BuildPhase.RESOLVING, "Resolved packages"),
    (_PREPARING, BuildPhase.PREPARING, "Downloading packages"),
    (_PREPARED, BuildPhase.PREPARING, "Downloaded packages"),
    (_INSTALLING, BuildPhase.INSTALLING, "Installing packages"),
    (_INSTALLED, BuildPhase.INSTALLING, "Installed packages"),
)


def progress_in(line: str) -> BuildProgress | None:
    """The progress that a line of uv's output reports, if any."""
    if "Resolving dependencies..." in line:
        return BuildProgress(phase=BuildPhase.RESOLVING, message="Resolving packages")
    for pattern, phase, message in _COUNTED:
        match = pattern.search(line)
        if match:
            total = int(match["total"])
            if total == 0:
                return None  # uv draws an empty bar before it has counted
            done = int(match.groupdict().get("done") or total)
            return counted(phase, message, done=done, total=total)
    return None


def counted(phase: BuildPhase, message: str, *, done: int, total: int) -> BuildProgress:
    """Progress with its numbers in the message."""
    return BuildProgress(phase=phase, done=done, total=total, message=f"{message} ({done}/{total})")
