"""Other processes that use a store: those that write until they are killed, and one-off ones."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

_TESTS = Path(__file__).parents[3]


class Writers:
    """Processes that put blobs and records until they are killed.

    They are forks of one process that has imported everything, so that a kill costs milliseconds.
    """

    def __enter__(self) -> Self:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.store.writer"],
            cwd=_TESTS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.communicate()

    def start(self, store: Path, seed: int) -> int:
        """Another one, by its process id."""
        return int(self._ask("start", str(store), seed))

    def kill(self, pid: int) -> None:
        """End it like a power cut of its own; checks that it was still at work."""
        assert int(self._ask("kill", pid)) == signal.SIGKILL

    def _ask(self, *question: object) -> str:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(question) + "\n")
        self._parent.stdin.flush()
        return self._parent.stdout.readline()


_BEFORE = """
import json, sys, os, signal, time
from pathlib import Path
from studiolo.store import locks
from studiolo.store.blobs import Blobs
from studiolo.store.errors import StoreError
from studiolo.store.identity import *
from studiolo.store.locks import *
from studiolo.store.records import Records
from studiolo.store.run_record import *
from tests.integration.store.samples import *
store = Path(sys.argv[1])
def say(value):
    print(json.dumps(value), flush=True)
def code_of(action):
    try:
        action()
    except StoreError as error:
        return error.code
    return "no error"
"""

_AS_ORDINARY_USER = """
# What is imported late is imported now, while it may be read.
import tempfile
with tempfile.TemporaryDirectory() as warm, Records.open(Path(warm)):
    pass
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
"""


def program(code: str, *, ordinary_user: bool = False) -> str:
    """A program with the store's names at hand; ``say`` hands a value back."""
    return _BEFORE + _AS_ORDINARY_USER * ordinary_user + textwrap.dedent(code)


def answer(code: str, store: Path, *, ordinary_user: bool = False) -> Any:
    """What the program says, run to its end in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program(code, ordinary_user=ordinary_user), str(store)],
        cwd=_TESTS,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@contextmanager
def meanwhile(code: str, store: Path) -> Iterator[Any]:
    """The program has said something, and is at work until it is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", program(code), str(store)],
        cwd=_TESTS,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def readable_place() -> Iterator[Path]:
    """A folder that every user may enter; pytest's are root's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def write_protected(folder: Path) -> Iterator[None]:
    """All of it may only be read, by users who are not root."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222 | (0o555 if path.is_dir() else 0o444))
    try:
        yield
    finally:
        for path, mode in modes.items():
            if path.exists():
                path.chmod(mode)


def names_below(folder: Path) -> list[str]:
    return sorted(os.path.relpath(path, folder) for path in folder.rglob("*"))
