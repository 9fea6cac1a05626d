"""Finds out from uv's own explanation why it failed."""

import re
from pathlib import Path

from studiolo.environments.errors import (
    EnvironmentBuildError,
    EnvironmentDiskFullError,
    PackageNotFoundError,
    PackageVersionConflictError,
    PackageWithoutWheelError,
    RegistryUnreachableError,
    RegistryUntrustedError,
)
from studiolo.environments.uv.words import in_short
from studiolo.errors import StudioloError
from studiolo.files.whole_file import replacing

# "error:" since uv 0.11, the cross before; what precedes it are warnings.
_EXPLANATION = re.compile("^(error:|\\s*\N{MULTIPLICATION SIGN}).*", re.MULTILINE | re.DOTALL)
_LONGEST_EXPLANATION = 4000
#: What uv said when it last failed.
_FILE = "uv-said.txt"
_SPINNER = re.compile(r"^[\u2800-\u28ff].*\n?", re.MULTILINE)

_DISK_FULL = re.compile(r"No space left on device|os error 28\b|Disk quota exceeded")
_UNTRUSTED = re.compile(r"invalid peer certificate|UnknownIssuer|certificate verify failed")
_UNREACHABLE = re.compile(
    r"network was disabled|error sending request|Failed to fetch|Failed to download"
    r"|dns error|tcp connect error|operation timed out|Connection refused"
)
_NOT_FOUND = re.compile(r"\b(?P<package>[\w.-]+) was not found in the (package|provided)\b")
_NO_WHEEL = re.compile(
    r"no (usable )?wheels|building from source is disabled|requires Python [<>=!~]"
)
_MISMATCH = re.compile(r"Hash mismatch")
_CONFLICT = re.compile(r"No solution found|unsatisfiable|incompatible")


def uv_failure(said: str, *, environment: str, folder: Path) -> StudioloError:
    """The error that tells why uv failed, in our words, with uv's own in a file of the folder.

    The order matters: uv wraps one reason in another, and the disk or the network is the
    innermost one, while "no solution found" is said of nearly everything.
    """
    explanation = _explanation(said)
    if _DISK_FULL.search(explanation):
        return EnvironmentDiskFullError(name=environment, folder=folder)
    reason = in_short(explanation)
    missing = _NOT_FOUND.search(explanation)
    kept = _kept(explanation, folder) if reason or missing else None
    kind = _kind(explanation)
    if kind is PackageNotFoundError and missing is not None:
        return PackageNotFoundError(
            name=environment,
            explanation=explanation,
            package=missing["package"],
            reason=reason,
            kept=kept,
        )
    return kind(name=environment, explanation=explanation, reason=reason, kept=kept)


def _kind(explanation: str) -> type[EnvironmentBuildError]:
    kinds = (
        (_UNTRUSTED, RegistryUntrustedError),
        (_MISMATCH, EnvironmentBuildError),
        (_UNREACHABLE, RegistryUnreachableError),
        (_NOT_FOUND, PackageNotFoundError),
        (_NO_WHEEL, PackageWithoutWheelError),
        (_CONFLICT, PackageVersionConflictError),
    )
    return next((kind for said, kind in kinds if said.search(explanation)), EnvironmentBuildError)


def _kept(explanation: str, folder: Path) -> Path | None:
    """The file that has the explanation now; None if it could not be written."""
    path = folder / _FILE
    try:
        with replacing(path) as sink:
            sink.write(f"{explanation}\n".encode())
    except OSError:
        return None
    return path


def _explanation(said: str) -> str:
    match = _EXPLANATION.search(said)
    text = match[0] if match else _SPINNER.sub("", said)
    text = text.strip()
    if len(text) > _LONGEST_EXPLANATION:
        return text[:_LONGEST_EXPLANATION] + " …"
    return text
