"""Linux system calls that the standard library does not offer, each as a typed function.

Every function raises OSError with the call's name when the kernel refuses.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Mapping, Sequence
from typing import Final

_libc: Final = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.mount.argtypes = [
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_char_p,
]

#: Calls added since 2018 have one number on every architecture; the older ones do not.
_NUMBERS: Final[Mapping[str, int]] = {
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "close_range": 436,
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
    **(
        {"capset": 91, "pivot_root": 41, "seccomp": 277}
        if platform.machine() == "aarch64"
        else {"capset": 126, "pivot_root": 155, "seccomp": 317}
    ),
}

CLONE_NEWNS: Final = 0x0002_0000
CLONE_NEWCGROUP: Final = 0x0200_0000
CLONE_NEWUTS: Final = 0x0400_0000
CLONE_NEWIPC: Final = 0x0800_0000
CLONE_NEWUSER: Final = 0x1000_0000
CLONE_NEWPID: Final = 0x2000_0000
CLONE_NEWNET: Final = 0x4000_0000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_SECUREBITS: Final = 28
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47

F_ADD_SEALS: Final = 1033
F_GET_SEALS: Final = 1034
#: SEAL | SHRINK | GROW | WRITE: the file can't be changed, nor the seals removed.
ALL_SEALS: Final = 0x1 | 0x2 | 0x4 | 0x8

_MNT_DETACH: Final = 2
_AT_FDCWD: Final = -100
_CAP_LAST: Final = 40
_CAPABILITY_HEADER: Final = struct.pack("II", 0x2008_0522, 0)


def _checked(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def _syscall(name: str, *arguments: int | bytes | None) -> int:
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(_NUMBERS[name]), *converted), name)


def unshare(flags: int) -> None:
    """Move this process (for CLONE_NEWPID: its next children) into new namespaces."""
    _checked(_libc.unshare(flags), f"unshare {flags:#x}")


def setns(descriptor: int, flags: int) -> None:
    """Join the namespace that ``descriptor`` refers to."""
    _checked(_libc.setns(descriptor, flags), "setns")


def prctl(option: int, *arguments: int) -> int:
    """Call `prctl` with up to four arguments, the rest zero."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    return _checked(_libc.prctl(option, *[ctypes.c_ulong(a) for a in padded]), f"prctl {option}")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount, bind or remount; ``kind`` None for binds and remounts."""
    result = _libc.mount(
        None if source is None else os.fsencode(source),
        os.fsencode(target),
        None if kind is None else kind.encode(),
        flags,
        data.encode() or None,
    )
    _checked(result, f"mount {kind or 'bind'} {target}")


def pivot_root(new_root: str) -> None:
    """Make ``new_root`` the root directory and let go of the old one."""
    os.chdir(new_root)
    _syscall("pivot_root", b".", b".")
    _checked(_libc.umount2(b".", _MNT_DETACH), "umount2 of the old root")
    os.chdir("/")


def set_hostname(name: str) -> None:
    """Name the machine inside this UTS namespace."""
    encoded = name.encode()
    _checked(_libc.sethostname(encoded, len(encoded)), "sethostname")


def detached_tmpfs(options: Mapping[str, str]) -> int:
    """A tmpfs mounted nowhere yet: its mount descriptor, which a caller owns.

    It can be moved into a directory later and read through the descriptor from anywhere, and it
    is gone with its last user.
    """
    context = _syscall("fsopen", b"tmpfs", 1)
    try:
        for key, value in options.items():
            _syscall("fsconfig", context, 1, key.encode(), value.encode(), 0)
        _syscall("fsconfig", context, 6, None, None, 0)
        return _syscall("fsmount", context, 1, 2 | 4)  # close-on-exec; nosuid, nodev
    finally:
        os.close(context)


def move_mount(descriptor: int, target: str) -> None:
    """Attach a detached mount to the directory ``target``."""
    _syscall("move_mount", descriptor, b"", _AT_FDCWD, os.fsencode(target), 4)


def close_all_except(keep: Sequence[int]) -> None:
    """Close every descriptor from 3 up that is not in ``keep``."""
    low = 3
    for descriptor in sorted({d for d in keep if d >= low}):
        if descriptor > low:
            _syscall("close_range", low, descriptor - 1, 0)
        low = descriptor + 1
    _syscall("close_range", low, 0xFFFF_FFFF, 0)


def drop_capabilities() -> None:
    """Give up every capability, and the ways to get one back.

    The bounding set needs CAP_SETPCAP; a process that has none cannot gain by exec either, once
    `no_new_privileges` holds.
    """
    for capability in range(_CAP_LAST + 1):
        _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    # NOROOT and NO_SETUID_FIXUP with their locks, KEEP_CAPS locked off.
    _libc.prctl(PR_SET_SECUREBITS, ctypes.c_ulong(0x2F), 0, 0, 0)
    _syscall("capset", _CAPABILITY_HEADER, bytes(24))
    prctl(PR_CAP_AMBIENT, 4)


def no_new_privileges() -> None:
    """No exec may grant what this process does not have; Landlock and seccomp require it."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    """Ask for SIGKILL when the parent dies, so that no jail outlives Studiolo."""
    prctl(PR_SET_PDEATHSIG, 9)


def landlock_abi() -> int:
    """The Landlock version of this kernel, 0 where it is absent or switched off."""
    try:
        return _syscall("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def landlock_ruleset(*, filesystem: int, network: int, scope: int) -> int:
    """A ruleset that handles these rights; zero for those that the kernel does not know."""
    attributes = struct.pack("QQQ", filesystem, network, scope)
    size = 24 if scope else 16 if network else 8
    return _syscall("landlock_create_ruleset", attributes[:size], size, 0)


def landlock_allow(ruleset: int, path_descriptor: int, rights: int) -> None:
    """Allow ``rights`` below the path that ``path_descriptor`` refers to."""
    _syscall("landlock_add_rule", ruleset, 1, struct.pack("=Qi", rights, path_descriptor), 0)


def landlock_restrict(ruleset: int) -> None:
    """Put this thread and its children under ``ruleset``, for good."""
    _syscall("landlock_restrict_self", ruleset, 0)


class SeccompProgram:
    """A filter in the form the kernel takes; it must stay alive until it is applied."""

    def __init__(self, instructions: bytes, own_process_offsets: Sequence[int]) -> None:
        self._instructions = ctypes.create_string_buffer(instructions, len(instructions))
        self._own_process_offsets = own_process_offsets
        self._program = struct.pack(
            "HxxxxxxP", len(instructions) // 8, ctypes.addressof(self._instructions)
        )

    def apply(self) -> None:
        """Filter this thread's system calls and its children's, for good."""
        for offset in self._own_process_offsets:
            struct.pack_into("=I", self._instructions, offset, os.getpid())
        _syscall("seccomp", 1, 0, self._program)


def limit_malloc_arenas(environment: Mapping[str, str]) -> None:
    """Do what glibc does at a program's start if it finds MALLOC_ARENA_MAX in its environment."""
    if "MALLOC_ARENA_MAX" in environment and hasattr(_libc, "mallopt"):
        _libc.mallopt(-8, int(environment["MALLOC_ARENA_MAX"]))
