"""The user that a host which runs as root turns into for a sandbox: one that owns nothing.

Each sandbox has a user of its own. The kernel counts some things for each user (processes, queued
signals, descriptors in flight), and what one sandbox takes of them is not taken from another.
"""

import itertools
import os
from pathlib import Path

#: systemd's table of user ids (https://systemd.io/UIDS-GIDS/) leaves these unused.
_FIRST, _BITS = 0x7000_0000, 28
#: For a host in a container that has only the usual 65,536 ids.
_FIRST_OF_FEW, _FEW = 60_001, 512
#: Sandboxes of one process that are told apart.
_SANDBOX_BITS = 6
_sandboxes = itertools.count()


def new_jail_user() -> int | None:
    """A user id for one sandbox; None where the host can't become a different user.

    Different sandboxes of a process have different ones, and so have different processes, as long
    as there are not very many of them.
    """
    if os.geteuid() != 0:
        return None
    number = (os.getpid() << _SANDBOX_BITS) + next(_sandboxes) % (1 << _SANDBOX_BITS)
    mapped = _mapped()
    for candidate in (_FIRST + number % (1 << _BITS), _FIRST_OF_FEW + number % _FEW):
        if any(first <= candidate < first + count for first, count in mapped):
            return candidate
    return None


def _mapped() -> list[tuple[int, int]]:
    """The first user id and the number of each range that this user namespace has."""
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    except OSError:
        return []
    return [(int(first), int(count)) for first, _, count in (line.split() for line in lines)]
