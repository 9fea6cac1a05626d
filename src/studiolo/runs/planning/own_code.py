"""The part of Studiolo's own code that can change a result, for recipes."""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

import studiolo_guest
from studiolo import datasets
from studiolo.sandbox import policy

#: What describes datasets and changes nothing about them.
_PROFILE = "profile"


@functools.cache
def reader() -> str:
    """A digest of the code that reads dataset files, and the version of the library below it."""
    folder = _folder(datasets.__file__)
    files = [file for file in folder.rglob("*.py") if file.parent.name != _PROFILE]
    return _digest(folder, files, pa.__version__)


@functools.cache
def contract() -> str:
    """A digest of what keeps the script contract: the code in the sandbox, and its policy."""
    folder = _folder(studiolo_guest.__file__)
    rules = (_folder(policy.__file__) / "policy.toml").read_text(encoding="utf-8")
    return _digest(folder, folder.rglob("*.py"), rules)


def _folder(file: str | None) -> Path:
    assert file is not None
    return Path(file).parent


def _digest(folder: Path, files: Iterable[Path], more: str) -> str:
    whole = hashlib.sha256(more.encode())
    for file in sorted(files):
        content = file.read_bytes()
        whole.update(f"\n{file.relative_to(folder)} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()[:16]
