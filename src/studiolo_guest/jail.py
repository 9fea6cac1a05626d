"""The outer jail: what one environment's zygote, and so every run of it, can see of the machine.

It is started by the host as the environment's own interpreter without site-packages, builds a
read-only root that holds the interpreter, the environment and this package, enters namespaces of
its own, gives up the host's user, and then becomes the zygote without another exec.

The order of the steps is not free; each comment that says so names what breaks.
"""

import os
import select
import signal
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from studiolo_guest import kernel
from studiolo_guest.wire import ADDED_DIRECTORY, ENVIRONMENTS_DIRECTORY, GUEST_DIRECTORY

#: The user that a script believes to be; to the host it is `jail_user` or the user who started it.
INNER_USER: Final = 1000

_ROOT: Final = "/mnt"
#: The policy's names of namespaces. That of users is entered with the others or after them.
_NAMESPACES: Final[Mapping[str, int]] = {
    "user": 0,
    "mount": kernel.CLONE_NEWNS,
    "pid": kernel.CLONE_NEWPID,
    "network": kernel.CLONE_NEWNET,
    "ipc": kernel.CLONE_NEWIPC,
    "uts": kernel.CLONE_NEWUTS,
    "cgroup": kernel.CLONE_NEWCGROUP,
}
_NO_PRIVILEGE: Final = kernel.MS_NOSUID | kernel.MS_NODEV


#: Where the policy has our own programs.
PROGRAMS: Final = "/etc/studiolo/"


class JailError(Exception):
    """A layer of the jail could not be built; ``layer`` names it, the message says why."""

    def __init__(self, layer: str, reason: str) -> None:
        super().__init__(f"{layer}: {reason}")
        self.layer = layer
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class JailConfig:
    """The jail, as the host's policy describes it; see the policy file for the reasons."""

    #: The namespaces to make; none to leave all that to Landlock.
    namespaces: Sequence[str]
    #: The user and group that a host running as root turns into, or None to stay who it is.
    jail_user: int | None
    #: Files and directories shown read-only under their own names; absent ones are skipped.
    read_only: Sequence[str]
    #: Device files that are shown.
    devices: Sequence[str]
    #: The folder of all environments, which the zygote sees, and a fork until it has confined
    #: itself: each may have one of them besides the zygote's. None if none may.
    environments: str | None
    #: Small files written into the root, by path, and symbolic links, target by path.
    files: Mapping[str, str]
    links: Mapping[str, str]
    #: The directory that each run covers with a file system of its own.
    private: str
    #: Bytes of the root itself, and of the private directory until a run covers it.
    root_size: int
    scratch_size: int
    #: The host name that scripts see.
    hostname: str

    @staticmethod
    def from_message(message: Mapping[str, Any]) -> "JailConfig":
        """Read the `jail` part of the host's first message."""
        return JailConfig(**message)


def enter(config: JailConfig, guest_directory: str, keep: Sequence[int]) -> None:
    """Build the jail around this process; returns in the process that becomes the zygote.

    Raises:
        JailError: a layer can't be had here, for the host to report or to do without.
    """
    if config.namespaces:
        _enter_namespaces(config, guest_directory, keep)
        sys.modules["studiolo_guest"].__path__ = [GUEST_DIRECTORY]
    elif config.jail_user is not None:
        _become(config.jail_user)
    kernel.close_all_except(keep)
    kernel.no_new_privileges()


def _enter_namespaces(config: JailConfig, guest_directory: str, links: Sequence[int]) -> None:
    as_root = config.jail_user is not None
    wanted = sum(_NAMESPACES[name] for name in config.namespaces)
    user, group = os.getuid(), os.getgid()
    try:
        if as_root:
            kernel.unshare(wanted)
        else:
            kernel.unshare(wanted | kernel.CLONE_NEWUSER)
            _map_user(user, group)
    except OSError as error:
        raise JailError("namespaces", str(error)) from error
    _continue_in_child(links)
    try:
        _build_root(config, guest_directory)
    except OSError as error:
        raise JailError("read-only root", str(error)) from error
    try:
        if config.jail_user is not None:
            # Root is never mapped into the jail: it would be exempt from RLIMIT_NPROC and own
            # files. The mounts come first, because what they show may be below a directory that
            # only root enters.
            _become(config.jail_user)
            user = group = config.jail_user
        else:
            user = group = INNER_USER
        # MUST NOT BE REMOVED, for an ordinary user either: a user namespace of its own locks the
        # mounts above. Without it what is shown read-only can be remounted to be written to.
        kernel.unshare(wanted | kernel.CLONE_NEWUSER)
        _map_user(user, group)
    except OSError as error:
        raise JailError("user namespace", str(error)) from error
    # Once more: the kernel forgets it when a process changes its user.
    kernel.die_with_parent()
    # setns() back into the zygote's pid namespace needs CAP_SYS_ADMIN in the user namespace that
    # owns it, so it has to be made after the user namespace.
    _continue_in_child()
    _mount_proc("/proc")


def _continue_in_child(links: Sequence[int] = ()) -> None:
    """Fork into the new pid namespace; the parent only waits, and takes the jail with it.

    It waits for the other end of the ``links`` as well, which is the host's.
    """
    child = os.fork()
    if child == 0:
        kernel.die_with_parent()
        return
    _wait_for(child, links)


def _wait_for(child: int, links: Sequence[int]) -> NoReturn:
    # The zygote ends by itself when the host closes its end or dies, unless a package that it loads
    # never lets it look. The outermost process has loaded none.
    kernel.close_all_except(links)
    status = 0
    try:
        poll = select.poll()
        poll.register(os.pidfd_open(child), select.POLLIN)
        for link in links:
            poll.register(link, 0)  # nothing but that it is closed
        poll.poll()
        if links and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # A change of user makes /proc/self root's, and the id maps could not be written.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


def _map_user(user: int, group: int) -> None:
    lines = (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_USER} {user} 1"),
        ("gid_map", f"{INNER_USER} {group} 1"),
    )
    for name, line in lines:
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def _build_root(config: JailConfig, guest_directory: str) -> None:
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", _ROOT, "tmpfs", _NO_PRIVILEGE, f"size={config.root_size},mode=755")
    for path in ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin"):
        if os.path.islink(path):
            os.symlink(os.readlink(path), _ROOT + path)
    for path in config.read_only:
        if os.path.exists(path) and not os.path.lexists(_ROOT + path):
            _show(path, path, kernel.MS_RDONLY | _NO_PRIVILEGE)
    _show(guest_directory, GUEST_DIRECTORY, kernel.MS_RDONLY | _NO_PRIVILEGE)
    if config.environments is not None:
        _show(config.environments, ENVIRONMENTS_DIRECTORY, kernel.MS_RDONLY | _NO_PRIVILEGE)
        os.makedirs(_ROOT + ADDED_DIRECTORY)
    for device in config.devices:
        if os.path.exists(device):
            # A device must stay usable, so neither read-only nor nodev.
            _show(device, device, kernel.MS_NOSUID | kernel.MS_NOEXEC)
    _write_stand_ins(config)
    for directory in ("/proc", "/run", config.private):
        os.makedirs(_ROOT + directory, exist_ok=True)
    _mount_proc(_ROOT + "/proc")
    # The zygote's own scratch space, for caches that libraries want while they are imported. Each
    # run covers it with a tmpfs of its own.
    scratch = f"size={config.scratch_size},mode=1777"
    kernel.mount("tmpfs", _ROOT + config.private, "tmpfs", _NO_PRIVILEGE, scratch)
    kernel.pivot_root(_ROOT)
    kernel.mount(
        None, "/", None, kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY | _NO_PRIVILEGE
    )
    if "uts" in config.namespaces:
        kernel.set_hostname(config.hostname)
    os.umask(0o022)


def _write_stand_ins(config: JailConfig) -> None:
    """Make the small files and links of the root that the host has otherwise, or not at all."""
    for path, content in config.files.items():
        if not os.path.lexists(_ROOT + path):
            os.makedirs(os.path.dirname(_ROOT + path), exist_ok=True)
            with open(_ROOT + path, "w", encoding="utf-8") as file:
                file.write(content)
            if content.startswith("#!"):
                os.chmod(_ROOT + path, 0o555)  # noqa: S103  # a program for every user of the jail
    for path, target in config.links.items():
        if not os.path.lexists(_ROOT + path):
            os.makedirs(os.path.dirname(_ROOT + path), exist_ok=True)
            os.symlink(target, _ROOT + path)


def stand_in(directory: str, files: Mapping[str, str], links: Mapping[str, str]) -> None:
    """Without a mount namespace: put our own programs into ``directory``, and first on the path.

    The other stand-ins have the places of host files, which can't be had then.
    """
    own = {path: directory + path for path in [*files, *links] if path.startswith(PROGRAMS)}
    for path, place in own.items():
        os.makedirs(os.path.dirname(place), 0o700, exist_ok=True)
        if path in links:
            os.symlink(directory + links[path], place)
            continue
        content = files[path].replace(PROGRAMS, directory + PROGRAMS)
        with open(place, "w", encoding="utf-8") as file:
            file.write(content.lstrip("\n"))
        os.chmod(place, 0o700)
    for name in ("PATH", "PYTHONPATH"):
        os.environ[name] = os.environ[name].replace(PROGRAMS, directory + PROGRAMS)


def _mount_proc(target: str) -> None:
    kernel.mount("proc", target, "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)


def _show(source: str, target: str, flags: int) -> None:
    """Bind ``source`` to ``target`` in the new root; a bind takes flags only when remounted."""
    destination = _ROOT + target
    if stat.S_ISDIR(os.stat(source).st_mode):
        os.makedirs(destination, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(destination), exist_ok=True)
        os.close(os.open(destination, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.mount(source, destination, None, kernel.MS_BIND | kernel.MS_REC)
    kernel.mount(
        None,
        destination,
        None,
        kernel.MS_BIND | kernel.MS_REMOUNT | flags | _locked_flags(destination),
    )


def _locked_flags(path: str) -> int:
    """Flags that the mount has already and an unprivileged remount must keep, or is refused."""
    present = os.statvfs(path).f_flag
    return sum(
        mount_flag
        for statvfs_flag, mount_flag in (
            (os.ST_RDONLY, kernel.MS_RDONLY),
            (os.ST_NOSUID, kernel.MS_NOSUID),
            (os.ST_NODEV, kernel.MS_NODEV),
            (os.ST_NOEXEC, kernel.MS_NOEXEC),
        )
        if present & statvfs_flag
    )
