"""The lock of an environment as a file: its packages, with what they were resolved from.

The packages are as `uv pip compile` writes them, so that pip and uv can install the file, too. They
are all of the environment's, not only those that were asked for: a later Studiolo, with other
packages of its own, builds the same environment from it.
"""

import errno
import functools
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.environments.errors import LockDamagedError, LockUnreadableError
from studiolo.environments.interpreter import Interpreter
from studiolo.files.whole_file import replacing

_FORMAT = 1
_HEADER = re.compile(r"# (?P<key>[a-z0-9]+) = (?P<value>.+)")
_FACTS: dict[str, Any] = {
    "studiolo": int,
    "base": str,
    "python": str,
    "requirements": list,
    "sha256": str,
}
#: No environment comes near it.
_LARGEST = 16 << 20


@dataclass(frozen=True, kw_only=True)
class LockFile:
    """The lock of a script or of a named environment."""

    #: The environment that packages were added to: "default".
    base: str
    #: The oldest Python that the packages are for, "3.11".
    python: str
    #: The packages that were asked for, each once and in order.
    requirements: tuple[str, ...]
    #: Every package with its version and hashes.
    packages: str

    def fits(self, interpreter: Interpreter) -> bool:
        """Whether its packages are for that Python."""
        return tuple(map(int, self.python.split("."))) <= interpreter.version[:2]

    def text(self, renewed_by: str) -> str:
        """The file's text. ``renewed_by`` is the command that makes it anew."""
        facts = {
            "studiolo": _FORMAT,
            "base": self.base,
            "python": self.python,
            "requirements": list(self.requirements),
            "sha256": self._digest(),
        }
        lines = [f"# Locked by Studiolo. To lock it again: {renewed_by}"]
        lines += [f"# {key} = {json.dumps(v, ensure_ascii=False)}" for key, v in facts.items()]
        return "\n".join([*lines, "", self.packages])

    def write(self, path: Path, *, renewed_by: str) -> None:
        """Write it, all of it or nothing.

        Raises:
            OSError: The file can't be written.
        """
        with replacing(path) as sink:
            sink.write(self.text(renewed_by).encode())

    def _digest(self) -> str:
        said = [self.base, self.python, list(self.requirements), self.packages]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def read_lock_file(path: Path, *, renewed_by: str) -> LockFile | None:
    """The lock in a file; None if there is no such file.

    ``renewed_by`` is the command that makes it anew, for the errors.

    Raises:
        LockUnreadableError: The file can't be opened.
        LockDamagedError: It is not what Studiolo wrote.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return None
        raise LockUnreadableError(path=path, reason=error.strerror or str(error)) from error

    try:
        return _lock(content)
    except ValueError as error:
        raise LockDamagedError(path=path, reason=str(error), renewed_by=renewed_by) from error


# The digest of a lock is over its hundreds of kilobytes, and most runs have the lock of one before.
@functools.lru_cache(maxsize=16)
def _lock(content: bytes) -> LockFile:
    """The lock in the content of a file; ValueError says what is wrong with that."""
    if len(content) > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST >> 20} MiB")
    try:
        # Version control may have changed the ends of lines.
        text = content.decode().replace("\r\n", "\n")
        facts: dict[str, Any] = dict(_facts(text.split("\n")))
    except ValueError as error:
        raise ValueError("its first lines can't be read") from error
    if "<<<<<<< " in text:
        raise ValueError("it has the marks of a conflict between two versions")
    if facts["studiolo"] != _FORMAT:
        raise ValueError(
            f"it has the format {facts['studiolo']}, and this Studiolo reads {_FORMAT}"
        )
    lock = LockFile(
        base=facts["base"],
        python=facts["python"],
        requirements=tuple(facts["requirements"]),
        packages=text.partition("\n\n")[2],
    )
    if lock._digest() != facts["sha256"]:
        raise ValueError("it was changed after Studiolo wrote it")
    return lock


def _facts(lines: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The facts at the head of the file.

    Raises:
        ValueError: One is missing or of the wrong type.
    """
    found = {match["key"]: match["value"] for match in map(_HEADER.fullmatch, lines[1:7]) if match}
    for key, kind in _FACTS.items():
        value: Any = json.loads(found.get(key, "null"))
        if not isinstance(value, kind) or (
            kind is list and not all(isinstance(item, str) for item in value)
        ):
            raise ValueError(key)
        yield key, value
