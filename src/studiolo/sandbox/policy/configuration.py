"""From the policy to the first message that a zygote gets."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import studiolo_guest
from studiolo.sandbox.network.guest_network import GuestNetwork
from studiolo.sandbox.policy.policy import Limits, Policy
from studiolo.sandbox.policy.seccomp import SeccompFilter, build_filter
from studiolo.sandbox.policy.syscall_policy import FilterUse
from studiolo_guest.wire import ADDED_DIRECTORY, GUEST_DIRECTORY

_HOSTNAME = "sandbox"
_HOSTS = "/etc/hosts"
#: What a run without a mount namespace may read of /proc: itself, and facts about the machine.
_OWN_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version")


@dataclass(frozen=True, kw_only=True)
class ScriptInterpreter:
    """The Python that scripts run in, and what of the file system it is made of."""

    python: Path
    #: The Python outside of any environment, which is started and becomes that one.
    base: Path
    #: The environment, those it adds to, and the Python installation below them.
    directories: Sequence[Path]
    #: The Python of the locked environment whose packages are loaded before the first fork. None
    #: if there is none: each run then loads the packages itself, behind its own confinement.
    locked: Path | None = None
    #: Modules of the locked environment to import before the first fork.
    preload: Sequence[str] = ()
    #: matplotlib's list of fonts, made beforehand.
    font_list: Path | None = None
    #: Whether retired calls get their old meaning back.
    classic: bool = False
    #: The folder of all environments, if runs may add one of them to this one.
    environments: Path | None = None
    #: Environment variables that its scripts have besides those of the policy.
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The system call filters of a sandbox."""

    #: Of the process that loads the libraries and forks the runs.
    warm_up: SeccompFilter
    #: Of each run, on top of the other.
    run: SeccompFilter


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The layers to build."""

    namespaces: bool
    landlock: bool
    #: None to leave the system calls unfiltered.
    seccomp: Filters | None
    #: The user to become, for a host that runs as root.
    jail_user: int | None


def seccomp_filters(policy: Policy, *, allow_fork: bool, network: bool = False) -> Filters:
    """The system call filters for this machine; ``network`` for runs that may reach targets.

    Raises:
        UnsupportedArchitectureError: there is no table for its processor.
    """
    machine = platform.machine()
    return Filters(
        warm_up=build_filter(
            policy,
            FilterUse(allow_fork=allow_fork, warm_up=True, network=network),
            architecture=machine,
        ),
        run=build_filter(
            policy, FilterUse(allow_fork=allow_fork, network=network), architecture=machine
        ),
    )


def first_message(
    policy: Policy,
    interpreter: ScriptInterpreter,
    layers: Layers,
    directory: str,
    *,
    many: bool,
    program: bool = False,
    several_calls: bool = False,
    network: GuestNetwork | None = None,
) -> dict[str, Any]:
    """The launcher's instructions: the jail, and who it is to become inside it.

    ``directory`` is the zygote's own private directory; ``many`` has it rehearse, which
    pays for a zygote that forks often; a ``program`` comes in the message after this one,
    and ``several_calls`` has each process serve more than one of its calls. ``network`` has the
    targets that the runs may reach; None for runs without a network.
    """
    shown = [os.fspath(path) for path in interpreter.directories]
    files = policy.filesystem
    written = dict(files.written)
    if network is not None:
        written[_HOSTS] = written.get(_HOSTS, "") + network.hosts_file
    return {
        "jail": {
            "namespaces": list(policy.namespaces) if layers.namespaces else [],
            "jail_user": layers.jail_user,
            "read_only": [*files.read_only, *files.shown, *shown],
            "environments": None
            if interpreter.environments is None or program or not layers.namespaces
            else os.fspath(interpreter.environments),
            "devices": files.devices,
            "files": written,
            "links": files.links,
            "private": files.private,
            "root_size": files.root_size,
            "scratch_size": policy.warm_up.scratch_size,
            "hostname": _HOSTNAME,
        },
        "python": os.fspath(interpreter.python),
        "locked": None if interpreter.locked is None else os.fspath(interpreter.locked),
        "environment": {**policy.environment, **interpreter.variables},
        "directory": directory,
        "folders": [os.path.relpath(folder, files.private) for folder in files.folders],
        "rlimits": policy.rlimits,
        "preload": interpreter.preload,
        "classic": interpreter.classic,
        "font_list": None if interpreter.font_list is None else os.fspath(interpreter.font_list),
        "many": many,
        "program": program,
        "several_calls": several_calls,
        "prepared": many and policy.warm_up.forks_are_prepared,
        "network": None if network is None else network.message,
        "landlock": _landlock(policy, shown, layers, by_name=network is not None)
        if layers.landlock
        else None,
        "filters": None
        if layers.seccomp is None
        else {
            "warm_up": _filter_message(layers.seccomp.warm_up),
            "run": _filter_message(layers.seccomp.run),
        },
        "processes": policy.warm_up.processes,
    }


def _filter_message(built: SeccompFilter) -> dict[str, Any]:
    return {
        "instructions": built.program.hex(),
        "own_process_offsets": built.own_process_offsets,
    }


def limits_message(limits: Limits) -> dict[str, int]:
    """The limits that a fork sets itself; the host keeps the others."""
    return {
        "cpu_seconds": limits.cpu_seconds,
        "cpus": limits.cpus,
        "processes": limits.processes,
        "open_files": limits.open_files,
        "file_size": limits.file_size,
        "result_size": limits.result_size,
        "work_directory_size": limits.work_directory_size,
        "work_directory_files": limits.work_directory_files,
    }


def _landlock(
    policy: Policy, shown: Sequence[str], layers: Layers, *, by_name: bool
) -> Mapping[str, Any]:
    read = policy.landlock.read_only
    files = policy.filesystem
    paths: dict[str, Sequence[str]] = dict.fromkeys([*files.read_only, *files.shown, *shown], read)
    if layers.namespaces:
        # The mount namespace has already decided what is visible.
        shown_inside = [GUEST_DIRECTORY, ADDED_DIRECTORY, "/etc", "/proc", *files.links]
        paths |= dict.fromkeys(shown_inside, read)
    else:
        paths |= dict.fromkeys(_OWN_PROC, read)
        # What loads packages; the code of the server is not in that folder.
        paths[os.fspath(Path(studiolo_guest.__file__).parent)] = read
        paths |= dict.fromkeys(("/etc/passwd", "/etc/group", "/etc/hosts"), read)
    return {
        "paths": paths | dict.fromkeys(files.devices, policy.landlock.devices),
        "private": policy.landlock.private,
        "network": policy.landlock.network_by_name if by_name else policy.landlock.network,
        "scoped": policy.landlock.scoped,
    }
