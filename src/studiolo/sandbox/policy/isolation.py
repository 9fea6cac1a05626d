"""The layers between a script and the machine, and how many of them were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Isolation(StrEnum):
    """The isolation that a user asks for."""

    #: Every layer, or no run.
    STRICT = "strict"
    #: What this machine has, as long as it keeps a script from files and other processes.
    AUTO = "auto"
    #: Resource limits only: for scripts that are trusted like any program on this machine.
    OFF = "off"


class Level(StrEnum):
    """The isolation that a run got, by the layers that were active."""

    #: Namespaces, Landlock and system call filter together.
    FULL = "full"
    #: A system call filter, and namespaces or Landlock for the files, but not both.
    FILTERED = "filtered"
    #: Limits on resources; the script can read and reach what its user can.
    LIMITS = "limits"


#: The layers that Studiolo can do without for a while, in the order in which they are built.
NAMESPACES = "namespaces"
LANDLOCK = "landlock"
SECCOMP = "seccomp"
OWN_USER = "own user"
RESOURCE_LIMITS = "resource limits"
MEMORY_GROUP = "memory control group"
MEMORY_WATCHDOG = "memory watchdog"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer, as it was found when it was built."""

    #: One of the names above.
    name: str
    active: bool
    #: What it keeps a script from, or why it is missing.
    detail: str
    #: What to do to get it; empty if it is active.
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class IsolationReport:
    """The layers that isolate the runs of one sandbox."""

    asked: Isolation
    level: Level
    layers: Sequence[Layer]

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the layers that are active."""
        return tuple(layer.name for layer in self.layers if layer.active)

    @property
    def missing(self) -> tuple[Layer, ...]:
        """The layers that are not."""
        return tuple(layer for layer in self.layers if not layer.active)


def level_of(*, namespaces: bool, landlock: bool, seccomp: bool) -> Level:
    """The level that these layers make together."""
    if namespaces and landlock and seccomp:
        return Level.FULL
    if seccomp and (namespaces or landlock):
        return Level.FILTERED
    return Level.LIMITS


def memory_layers(version: int | None, why: str) -> list[Layer]:
    """The mechanism that limits the memory of all of a run's processes together.

    ``version`` is that of the control groups, None where there are none, for the reason ``why``.
    """
    if version is not None:
        detail = f"version {version}: one limit for all processes of a run"
        return [Layer(name=MEMORY_GROUP, active=True, detail=detail)]
    return [
        Layer(
            name=MEMORY_GROUP,
            active=False,
            detail=why,
            remedy="Run as root, or in a systemd session that delegates the memory controller.",
        ),
        Layer(
            name=MEMORY_WATCHDOG,
            active=True,
            detail="adds up a run's processes twenty times a second and ends it",
        ),
    ]


def remedy_for_namespaces(reason: str) -> str:
    """The remedies for a machine that refuses user namespaces."""
    if "uid_map" in reason or "Permission denied" in reason:
        return (
            "On Ubuntu 24.04 and later allow them with an AppArmor profile that says `userns,` for "
            "this Python, or with `sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
        )
    return (
        "In a container, start it with `--security-opt seccomp=unconfined --cap-add SYS_ADMIN`, or "
        "run Studiolo outside of one; on a host, check `sysctl user.max_user_namespaces`."
    )
