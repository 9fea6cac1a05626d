"""How one run is confined: the steps between the fork of the zygote and the user's first line.

Each step gives up something for good, so their order is fixed by what later steps still need; a
step that moves breaks the ones named in its comment. A step that fails ends the child: no script
runs with a layer missing that its run record says is there.
"""

import os
import resource
import stat
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from studiolo_guest import kernel
from studiolo_guest.jail import INNER_USER, PROGRAMS
from studiolo_guest.network import Network
from studiolo_guest.wire import ADDED_DIRECTORY, ENVIRONMENTS_DIRECTORY

#: The policy's names of Landlock's rights, each with its bit and the version that brought it.
_RIGHTS: Final[Mapping[str, tuple[int, int]]] = {
    "execute": (0, 1),
    "write_file": (1, 1),
    "read_file": (2, 1),
    "read_dir": (3, 1),
    "remove_dir": (4, 1),
    "remove_file": (5, 1),
    "make_char": (6, 1),
    "make_dir": (7, 1),
    "make_reg": (8, 1),
    "make_sock": (9, 1),
    "make_fifo": (10, 1),
    "make_block": (11, 1),
    "make_sym": (12, 1),
    "refer": (13, 2),
    "truncate": (14, 3),
    "ioctl_dev": (15, 5),
}
#: A folder of the root that has nothing in it.
_EMPTY: Final = "/run"
_FILE_RIGHTS: Final = ("execute", "write_file", "read_file", "truncate", "ioctl_dev")
_SCOPES: Final[Mapping[str, int]] = {"abstract_unix_socket": 0b01, "signal": 0b10}
#: What an Arrow stream has besides its columns, generously.
_STREAM_OVERHEAD: Final = 64 << 20
_TCP: Final[Mapping[str, int]] = {"bind_tcp": 0b01, "connect_tcp": 0b10}
_TCP_SINCE: Final = 4
_SCOPES_SINCE: Final = 6


@dataclass(frozen=True, kw_only=True)
class Landlock:
    """The file rights that the policy gives a run, by the names of Landlock's rights."""

    #: The version that this kernel has; the rights it lacks are left out.
    abi: int
    #: Rights by path, for the paths that a run may touch at all.
    paths: Mapping[str, Sequence[str]]
    #: Rights in the run's own directory.
    private: Sequence[str]
    #: What a run may do with TCP.
    network: Sequence[str]
    #: What a run may not do to processes outside it.
    scoped: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ProcessLimits:
    """The limits of one run; see `[limits]` in the policy file."""

    #: Seconds of processor time, all threads of a process together.
    cpu_seconds: int
    #: Processors that the run is scheduled on.
    cpus: int
    #: Processes and threads, the first included.
    processes: int
    open_files: int
    #: Bytes of the largest file, and of the largest result.
    file_size: int
    result_size: int
    #: Bytes and number of files in the working directory (where it is a tmpfs).
    work_directory_size: int
    work_directory_files: int

    @staticmethod
    def from_message(message: Mapping[str, Any]) -> "ProcessLimits":
        """Read the limits of a message from the host."""
        return ProcessLimits(
            **{field.name: int(message[field.name]) for field in fields(ProcessLimits)}
        )


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """Everything a fork needs to confine itself, prepared once in the zygote."""

    #: The policy's names of those in use; none where all is left to Landlock.
    namespaces: Sequence[str]
    landlock: Landlock | None
    #: Of the process that forks, and of each run on top of it.
    warm_up_filter: kernel.SeccompProgram | None
    run_filter: kernel.SeccompProgram | None
    #: The directory that a run's own file system covers, and the folders to make in it. Without
    #: namespaces the zygote's own, which the environment variables name so far.
    private: str
    folders: Sequence[str]
    #: Resource limits that are the same for every run, by the kernel's name in lower case.
    rlimits: Mapping[str, int]
    #: A font list that was made when the environment was built, for matplotlib.
    font_list: str | None
    #: The network of each run; None where it has none.
    network: Network | None
    #: Whether runs may add an environment to that of the process which forks them.
    environments: bool

    @staticmethod
    def from_message(message: Mapping[str, Any], abi: int) -> "Confinement":
        """Read the host's first message; ``abi`` is the version of Landlock, or 0."""
        filters = message["filters"]
        return Confinement(
            namespaces=message["jail"]["namespaces"],
            landlock=Landlock(abi=abi, **message["landlock"]) if abi else None,
            warm_up_filter=_program(filters["warm_up"]) if filters else None,
            run_filter=_program(filters["run"]) if filters else None,
            private=message["directory"],
            folders=message["folders"],
            rlimits=message["rlimits"],
            font_list=message["font_list"],
            network=Network.from_message(message["network"]),
            environments=message["jail"]["environments"] is not None,
        )


def _program(message: Mapping[str, Any]) -> kernel.SeccompProgram:
    return kernel.SeccompProgram(
        bytes.fromhex(message["instructions"]), message["own_process_offsets"]
    )


def new_work_directory(limits: ProcessLimits) -> int:
    """The run's own file system: in memory, bounded in bytes and files, gone with its last user."""
    return kernel.detached_tmpfs(
        {
            "size": str(limits.work_directory_size),
            "nr_inodes": str(limits.work_directory_files),
            "mode": "700",
        }
    )


def confine_warm_up(confinement: Confinement, processes: int) -> None:
    """Confine the process that loads libraries and forks runs, as far as it can be and still fork.

    ``processes`` bounds it and all its runs together, where they have a user id to themselves.
    """
    for name, value in confinement.rlimits.items():
        _limit(getattr(resource, f"RLIMIT_{name.upper()}"), value)
    if confinement.namespaces:
        _limit(resource.RLIMIT_NPROC, processes)
    elif confinement.landlock is not None:
        # Its forks make no mounts, which Landlock would refuse them. Each is in a folder beside its
        # own, and finds itself in /proc.
        wide = replace(
            confinement.landlock,
            paths={**confinement.landlock.paths, "/proc": ("read_file", "read_dir")},
        )
        _restrict_files(wide, os.path.dirname(confinement.private))
    if confinement.warm_up_filter is not None:
        confinement.warm_up_filter.apply()


def confine(
    confinement: Confinement,
    limits: ProcessLimits,
    work: int | str,
    keep: Sequence[int],
    added: str = "",
) -> None:
    """Turn this fresh fork into a run's process.

    ``work`` is the descriptor of the run's tmpfs or, without namespaces, the path of its
    directory. Descriptors that are not in ``keep`` are closed. ``added`` names the environment
    that the run has besides that of the process which forked it.
    """
    if confinement.namespaces:
        assert isinstance(work, int)
        ipc = kernel.CLONE_NEWIPC if "ipc" in confinement.namespaces else 0
        kernel.unshare(kernel.CLONE_NEWNS | ipc)
        kernel.move_mount(work, confinement.private)
        # A proc of the run's own pid namespace. It has to come before the user namespace below,
        # which does not own that pid namespace.
        kernel.mount(
            "proc",
            "/proc",
            "proc",
            kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC,
            "subset=pid",
        )
        if confinement.environments:
            _show_addition(added)
        directory = confinement.private
    else:
        assert isinstance(work, str)
        kernel.die_with_parent()
        os.setsid()
        directory = work
        point_environment(confinement.private, directory)
    _furnish(directory, confinement)
    kernel.close_all_except(keep)
    others = 0 if confinement.namespaces else _threads_of_this_user()
    if confinement.namespaces:
        kernel.unshare(kernel.CLONE_NEWUSER)
        _map_to_itself()
    # After the user namespace. What is set before becomes that namespace's ceiling as well, and
    # the kernel compares it with the processes of all runs together.
    _limit(resource.RLIMIT_NPROC, limits.processes + others)
    _apply_limits(limits, confinement.rlimits)
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    if confinement.landlock is not None:
        _restrict_files(confinement.landlock, directory)
    os.umask(0o077)
    # Last: the filter denies landlock, mount, unshare and prctl calls that the steps above make.
    if confinement.run_filter is not None:
        confinement.run_filter.apply()


def _show_addition(added: str) -> None:
    """Put the environment of that name where its script finds it, and hide all environments.

    A run has no right to mount or unmount anything, so what is covered here stays covered.
    """
    if added:
        if added in (".", "..") or "/" in added:
            raise ValueError(f"{added!r} is not the name of an environment")
        place = os.path.join(ENVIRONMENTS_DIRECTORY, added)
        kernel.mount(place, ADDED_DIRECTORY, None, kernel.MS_BIND)
    # MUST NOT BE REMOVED: a script could read the packages of others.
    kernel.mount(_EMPTY, ENVIRONMENTS_DIRECTORY, None, kernel.MS_BIND)


def confine_rehearsal(confinement: Confinement) -> None:
    """Confine a fork in which scripts run that are not a run: its filter, and no capabilities.

    It shares the file system of the process that forked it, in which there is nothing but what
    libraries write when they are imported.
    """
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    if confinement.run_filter is not None:
        confinement.run_filter.apply()


def limit_address_space(size: int) -> None:
    """Bound the memory of each process of the run; only once the inputs' sizes are known."""
    _limit(resource.RLIMIT_AS, size)


def allow_results() -> None:
    """Let files become as large as a result may be. A script could do so as well.

    What it writes elsewhere is bounded by the size of its directory in any case.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def _threads_of_this_user() -> int:
    """How many there are on this machine, which count towards the limit of a run among them."""
    own = os.geteuid()
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == own:
                    # One link for each folder in it, and two for itself.
                    total += os.stat(f"/proc/{name}/task").st_nlink - 2
            except OSError:
                continue
    return total


def _apply_limits(limits: ProcessLimits, fixed: Mapping[str, int]) -> None:
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    largest = max(limits.file_size, limits.result_size + _STREAM_OVERHEAD)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, largest))
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    for name, value in fixed.items():
        _limit(getattr(resource, f"RLIMIT_{name.upper()}"), value)
    available = sorted(os.sched_getaffinity(0))
    if limits.cpus < len(available):
        start = time.monotonic_ns() % len(available)
        rotated = available[start:] + available[:start]
        os.sched_setaffinity(0, rotated[: limits.cpus])


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _furnish(directory: str, confinement: Confinement) -> None:
    """Make the run's folders, put matplotlib's font list into place, and start in the first."""
    for folder in confinement.folders:
        os.mkdir(os.path.join(directory, folder), 0o700)
    if confinement.font_list is not None:
        # Making it takes seconds; matplotlib looks for it here.
        settings = os.environ["MPLCONFIGDIR"]
        os.mkdir(settings, 0o700)
        os.symlink(
            confinement.font_list,
            os.path.join(settings, os.path.basename(confinement.font_list)),
        )
    os.chdir(os.path.join(directory, confinement.folders[0]))


def point_environment(private: str, directory: str) -> None:
    """Without a mount namespace the private directory has another name, different in each run."""
    for name, value in list(os.environ.items()):
        # Our own programs stay where the zygote has put them.
        if value.startswith(private + "/") and not value.startswith(private + PROGRAMS):
            os.environ[name] = directory + value.removeprefix(private)
    tempfile.tempdir = None


def _map_to_itself() -> None:
    lines = (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_USER} {INNER_USER} 1"),
        ("gid_map", f"{INNER_USER} {INNER_USER} 1"),
    )
    for name, line in lines:
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def _restrict_files(landlock: Landlock, directory: str) -> None:
    """A second barrier behind the mount namespace, and the only one where there is none."""
    ruleset = kernel.landlock_ruleset(
        filesystem=_bits(_RIGHTS, landlock.abi),
        network=sum(bit for name, bit in _TCP.items() if name not in landlock.network)
        if landlock.abi >= _TCP_SINCE
        else 0,
        scope=sum(_SCOPES[name] for name in landlock.scoped)
        if landlock.abi >= _SCOPES_SINCE
        else 0,
    )
    try:
        for path, rights in {**landlock.paths, directory: landlock.private}.items():
            _allow(ruleset, path, rights, landlock.abi)
        kernel.landlock_restrict(ruleset)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: Iterable[str], abi: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights = [name for name in rights if name in _FILE_RIGHTS]
        kernel.landlock_allow(ruleset, descriptor, _bits(rights, abi))
    finally:
        os.close(descriptor)


def _bits(rights: Iterable[str], abi: int) -> int:
    return sum(1 << bit for bit, since in map(_RIGHTS.__getitem__, rights) if abi >= since)
