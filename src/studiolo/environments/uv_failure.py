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
from studiolo.errors import StudioloError

# "error:" since uv 0.11, the cross before; what precedes it are warnings.
_EXPLANATION = re.compile("^(error:|\\s*\N{MULTIPLICATION SIGN}).*", re.MULTILINE | re.DOTALL)
_LONGEST_EXPLANATION = 4000
_SPINNER = re.compile(r"^[\u2800-\u28ff].*\n?", re.MULTILINE)

_DISK_FULL = re.compile(r"No space left on device|os error 28\b|Disk quota exceeded")
_UNTRUSTED = re.compile(r"invalid peer certificate|UnknownIssuer|certificate verify failed")
_UNREACHABLE = re.compile(
    r"network was disabled|error sending request|Failed to fetch|Failed to download"
    r"|dns error|tcp connect error|operation timed out|Connection refused"
)
_NOT_FOUND = re.compile(r"\b(?P<package>[\w.-]+) was not found in the (package|provided)\b")
_NO_WHEEL = re.compile(r"no (usable )?wheels|building from source is disabled")
_CONFLICT = re.compile(r"No solution found|unsatisfiable|incompatible")


def uv_failure(said: str, *, environment: str, folder: Path) -> StudioloError:
    """The error that tells why uv failed, with uv's explanation in it.

    The order matters: uv wraps one reason in another, and the disk or the network is the
    innermost one, while "no solution found" is said of nearly everything.
    """
    explanation = _explanation(said)
    if _DISK_FULL.search(explanation):
        return EnvironmentDiskFullError(name=environment, folder=folder)
    if _UNTRUSTED.search(explanation):
        return RegistryUntrustedError(name=environment, explanation=explanation)
    if _UNREACHABLE.search(explanation):
        return RegistryUnreachableError(name=environment, explanation=explanation)
    if missing := _NOT_FOUND.search(explanation):
        return PackageNotFoundError(
            name=environment, explanation=explanation, package=missing["package"]
        )
    if _NO_WHEEL.search(explanation):
        return PackageWithoutWheelError(name=environment, explanation=explanation)
    if _CONFLICT.search(explanation):
        return PackageVersionConflictError(name=environment, explanation=explanation)
    return EnvironmentBuildError(name=environment, explanation=explanation)


def _explanation(said: str) -> str:
    match = _EXPLANATION.search(said)
    text = match[0] if match else _SPINNER.sub("", said)
    text = text.strip()
    if len(text) > _LONGEST_EXPLANATION:
        return text[:_LONGEST_EXPLANATION] + " …"
    return text
