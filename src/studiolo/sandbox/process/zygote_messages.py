"""The messages of a zygote, checked before they are believed.

A zygote runs Studiolo's own code and the packages of the locked environment. Should one of those
packages be poisoned, then what comes from the zygote is no more to be trusted than what comes from
a run: the host checks the form of each message and what each descriptor is.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studiolo_guest.wire import MESSAGE_BYTES

#: Modules that a zygote may say it could not import.
_MOST_MODULES = 1000
#: The largest number that is taken for one of bytes, a process or a status.
_LARGEST = 1 << 48


class ZygoteMessageError(Exception):
    """A message that no zygote of Studiolo sends; the text says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """It can fork."""

    landlock_abi: int
    #: Bytes of address space that it has mapped.
    baseline: int
    #: Bytes of its own memory that its forks inherit.
    inherited: int
    #: Modules that could not be imported beforehand, each with the reason.
    not_preloaded: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Failed:
    """It can't continue."""

    #: The layer or part that failed.
    layer: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Forked:
    """A fork was made. The descriptors are the receiver's to close."""

    name: int
    #: The socket to it.
    link: int
    pidfd: int
    #: Its file system, where it has one.
    directory: int | None


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A fork ended, as its parent, the zygote, learnt it from the kernel."""

    name: int
    #: As `os.wait4` gives it.
    status: int
    cpu_seconds: float


def read_start(message: Mapping[str, Any]) -> Ready | Failed:
    """The first thing that a zygote says.

    Raises:
        ZygoteMessageError: it is neither of the two.
    """
    if "ready" not in message:
        return _failed(message)
    ready = message["ready"]
    if not isinstance(ready, dict):
        raise ZygoteMessageError("what it says of itself is not an object")
    modules = ready.get("not_preloaded")
    if (
        not isinstance(modules, list)
        or len(modules) > _MOST_MODULES
        or not all(isinstance(module, str) for module in modules)
    ):
        raise ZygoteMessageError("its list of modules is not a list of texts")
    return Ready(
        landlock_abi=_number(ready, "landlock_abi"),
        baseline=_number(ready, "baseline_bytes"),
        inherited=_number(ready, "own_bytes"),
        not_preloaded=modules,
    )


def read_news(message: Mapping[str, Any], descriptors: Sequence[int]) -> Forked | Ended | Failed:
    """The message of a ready zygote. Without an error the descriptors belong to the result.

    Raises:
        ZygoteMessageError: it is none of the three.
    """
    if "child" in message:
        if len(descriptors) not in (2, 3):
            raise ZygoteMessageError(f"a fork comes with {len(descriptors)} descriptors")
        link, pidfd, *directory = descriptors
        _expect(link, stat.S_ISSOCK, "socket")
        for descriptor in directory:
            _expect(descriptor, stat.S_ISDIR, "folder")
        return Forked(
            name=_number(message, "child"),
            link=link,
            pidfd=pidfd,
            directory=directory[0] if directory else None,
        )
    if descriptors:
        raise ZygoteMessageError("descriptors come without a fork")
    if "exit" in message:
        seconds = message.get("cpu_seconds")
        if not isinstance(seconds, int | float) or not 0 <= seconds < _LARGEST:
            raise ZygoteMessageError("a processor time is not a number of seconds")
        return Ended(
            name=_number(message, "exit"),
            status=_number(message, "status"),
            cpu_seconds=float(seconds),
        )
    return _failed(message)


def _failed(message: Mapping[str, Any]) -> Failed:
    layer, why = message.get("failed"), message.get("why")
    if not isinstance(layer, str) or not isinstance(why, str):
        raise ZygoteMessageError("it says what no zygote says")
    return Failed(layer=layer[:MESSAGE_BYTES], why=why)


def _number(message: Mapping[str, Any], key: str) -> int:
    value = message.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGEST:
        raise ZygoteMessageError(f"{key} is not a number")
    return value


def _expect(descriptor: int, is_kind: Any, kind: str) -> None:
    if not is_kind(os.fstat(descriptor).st_mode):
        raise ZygoteMessageError(f"a descriptor is not one of a {kind}")
