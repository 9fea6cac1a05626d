"""The beginning of a language server's process: gives up rights, then becomes the language server.

Started by `language_server.py`. A language server only parses what it is given, but a script may be
written to exploit a fault in it. So it can write no file, open no TCP connection, read nothing but
what it is named here, and has little memory and processor time.
"""

import json
import os
import resource
import sys
from collections.abc import Sequence
from typing import Final

from studiolo_guest import kernel

#: Bytes of memory that it may write to. It needs 0.1 GB for pandas.
_MEMORY: Final = 1 << 30
#: Seconds of processor time; a key costs a hundredth. Then the next key starts a new process.
_SECONDS: Final = 900
_OPEN_FILES: Final = 256
#: Below everything that a user waits for, such as a run.
_NICENESS: Final = 5
#: linux/landlock.h: to execute, to read a file, to list a folder; and all that version 1 knows.
_EXECUTE, _READ_FILE, _READ_FOLDER = 1, 1 << 2, 1 << 3
_FILES: Final = (1 << 13) - 1
_TCP: Final = 0b11
_TCP_SINCE: Final = 4
_SCOPES: Final = 0b11
_SCOPES_SINCE: Final = 6


def main() -> None:
    """Become the program that the first argument names."""
    request = json.loads(sys.argv[1])
    command: list[str] = request["command"]
    kernel.die_with_parent()
    os.nice(_NICENESS)
    limits = {
        resource.RLIMIT_DATA: _MEMORY,
        resource.RLIMIT_CPU: _SECONDS,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        hardest = resource.getrlimit(limit)[1]
        least = value if hardest == resource.RLIM_INFINITY else min(value, hardest)
        resource.setrlimit(limit, (least, least))
    kernel.no_new_privileges()
    _restrict_files(command[0], request["readable"])
    kernel.drop_capabilities()
    os.execve(command[0], command, request["environment"])  # noqa: S606  # this is what it is for


def _restrict_files(program: str, readable: Sequence[str]) -> None:
    """Where the kernel has Landlock: read what is named, and nothing else."""
    abi = kernel.landlock_abi()
    if not abi:
        return
    ruleset = kernel.landlock_ruleset(
        filesystem=_FILES,
        network=_TCP if abi >= _TCP_SINCE else 0,
        scope=_SCOPES if abi >= _SCOPES_SINCE else 0,
    )
    _allow(ruleset, program, _EXECUTE | _READ_FILE)
    for path in ("/lib", "/lib64", "/usr/lib", "/usr/lib64"):
        # The loader that starts it, and the C library.
        _allow(ruleset, path, _EXECUTE | _READ_FILE | _READ_FOLDER)
    for path in readable:
        _allow(ruleset, path, _READ_FILE | _READ_FOLDER)
    kernel.landlock_restrict(ruleset)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        # What is not there needs no right.
        return
    try:
        kernel.landlock_allow(ruleset, descriptor, rights)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main()
