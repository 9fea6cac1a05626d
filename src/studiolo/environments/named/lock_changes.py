"""The versions of packages that locking them again changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LOCKED = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;]+)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class LockChanges:
    """The versions that locking changed."""

    #: By package: the version before and after; None where there is none.
    packages: Mapping[str, tuple[str | None, str | None]]

    @classmethod
    def between(cls, before: str, after: str) -> "LockChanges":
        """The changes between the packages of two locks."""
        old, new = _versions(before), _versions(after)
        return cls(
            packages={
                name: (old.get(name), new.get(name))
                for name in sorted({*old, *new})
                if old.get(name) != new.get(name)
            }
        )


def earlier_lock(path: Path) -> str:
    """The text of a lock, which may be damaged; "" if there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _versions(packages: str) -> Mapping[str, str]:
    return {match["name"]: match["version"] for match in _LOCKED.finditer(packages)}
