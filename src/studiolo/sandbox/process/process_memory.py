"""How much memory processes have, by the kernel's figures."""

import os
from collections.abc import Callable
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def memory_of(pid: int, enough: int, go_on: Callable[[], bool] = lambda: True) -> int:
    """Bytes that a process and its descendants use together; where over ``enough``, as many.

    First a quick sum that counts shared pages once for each process; only where that exceeds
    ``enough`` the exact one, for which the kernel walks their page tables. That can take seconds
    while they are busy with their memory, so ``go_on`` is asked before each of them.
    """
    family = family_of(pid)
    quick = sum(_resident(member) for member in family)
    if quick <= enough:
        return quick
    total = 0
    for member in family:
        if total > enough or not go_on():
            break
        total += _proportional(member)
    return total


def proportional_memory(pid: int) -> int:
    """Bytes that a process and its descendants use together, each shared page counted once."""
    return sum(map(_proportional, family_of(pid)))


def family_of(pid: int) -> list[int]:
    """A process and its descendants, as far as they can be seen; not more than a thousand."""
    family: list[int] = []
    pending = [pid]
    while pending and len(family) < 1000:
        member = pending.pop()
        family.append(member)
        try:
            for task in Path(f"/proc/{member}/task").iterdir():
                pending += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return family


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0
