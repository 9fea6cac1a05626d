"""A script that tries to get out, to see for certain what stops it on this machine.

What `studiolo doctor` shows comes from here: each layer is attempted, not read from a setting.
"""

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from studiolo.sandbox.exchange.job import Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.sandbox import Sandbox


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One thing that the canary tried."""

    #: Who tried: a script in its run, or a library while it was loaded beforehand.
    by: Literal["script", "library"]
    #: What it tried, in a few words.
    tried: str
    stopped: bool
    #: The error that it met, or what it got.
    outcome: str


#: Each attempt is an expression; it is stopped if evaluating it raises. The names in capitals are
#: facts of the host that the canary is told, so that it knows what to look for.
_ATTEMPTS = {
    "read another user's secret": "open('/etc/shadow').read()",
    "read a file of the host": "open(SECRET).read()",
    "list the host's files": "os.listdir(FOLDER)",
    "see the host's processes": "open(f'/proc/{PID}/status').read()",
    "read the host's environment": "open(f'/proc/{PID}/environ').read()",
    "signal the host": "os.kill(PID, 0)",
    "open a network socket": "socket.socket()",
    "connect to the host's loopback": "socket.create_connection(('127.0.0.1', PORT), 1)",
    "connect to a unix socket": "connect_unix(SOCKET)",
    "trace another process": "call(101 if X86 else 117, 16, 1, 0, 0)",
    "make a namespace": "call(272 if X86 else 97, 0x10000000)",
    "mount a file system": "call(165 if X86 else 40, b'none', WORK, b'tmpfs', 0, 0)",
    "use kernel keyrings": "call(250 if X86 else 219, 0, -3, 0, 0, 0)",
    "make memory that is not counted": "os.memfd_create('canary')",
    # Opened for writing but never written to: where this succeeds, it must do no harm.
    "change the standard library": "open(os.__file__, 'r+b')",
    "change an installed library": "open(pandas.__file__, 'r+b')",
    "use more memory than its limit": "bytearray(MEMORY)",
    "start more processes than its limit": "spawn(PROCESSES)",
    "write more than its limit": "fill(DISK)",
}
_SCRIPT = """
import ctypes
import os
import platform
import socket
import sys
import threading

import pandas

X86 = platform.machine() == "x86_64"
WORK = os.getcwd().encode()
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def connect_unix(path):
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)


def spawn(number):
    children, release = [], threading.Event()
    try:
        for _ in range(number):
            thread = threading.Thread(target=release.wait, daemon=True)
            thread.start()
    finally:
        release.set()


def fill(size):
    with open("canary", "wb") as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))


def azureml_main(facts, attempts):
    known = {**globals(), **facts.iloc[0].to_dict()}
    outcomes = []
    for expression in attempts.expression:
        try:
            got = eval(expression, known)
            outcomes.append(("script", expression, False, repr(got)[:60]))
        except BaseException as error:
            outcomes.append(("script", expression, True, f"{type(error).__name__}: {error}"[:80]))
    library = sys.modules.get("studiolo_guest.warm_up_canary")
    for tried, stopped, outcome in library.OUTCOMES if library else ():
        outcomes.append(("library", tried, stopped, outcome))
    return pandas.DataFrame(outcomes, columns=["by", "tried", "stopped", "outcome"])
"""
#: The module to load beforehand that tries the same there.
LIBRARY = "studiolo_guest.warm_up_canary"
_LIMITS = {
    "memory": 1 << 30,
    "processes": 24,
    # Below the directory's size, which a watchdog would see to by ending the canary.
    "file_size": 32 << 20,
    "work_directory_size": 64 << 20,
    "timeout_seconds": 60,
}


def try_layers(sandbox: Sandbox, limits: Limits) -> list[Attempt]:
    """Let the canary try everything in ``sandbox``; the outcome of each attempt.

    If the sandbox loaded `LIBRARY` beforehand, its attempts are included.

    It runs under small limits, so that reaching for more than them costs little.
    """
    small = replace(limits, **_LIMITS)
    with _bait() as facts:
        known = {
            **facts,
            "PID": os.getpid(),
            "MEMORY": small.memory * 2,
            "PROCESSES": small.processes + 8,
            "DISK": small.work_directory_size * 2,
        }
        with (
            MemoryFile.of_rows([known]) as told,
            MemoryFile.of_rows([{"expression": e} for e in _ATTEMPTS.values()]) as attempts,
        ):
            job = Job(
                source=_SCRIPT,
                script_name="canary.py",
                inputs={"dataset1": told, "dataset2": attempts},
            )
            outcome = sandbox.run(job, limits=small)
    if outcome.failure is not None:
        message = outcome.failure.message
        return [
            Attempt(by="script", tried="run the canary to its end", stopped=False, outcome=message)
        ]
    rows: Sequence[dict[str, object]] = outcome.tables["results_dataset"].to_pylist()
    names = {expression: tried for tried, expression in _ATTEMPTS.items()}
    return [
        Attempt(
            by="library" if row["by"] == "library" else "script",
            tried=names.get(str(row["tried"]), str(row["tried"])),
            stopped=bool(row["stopped"]),
            outcome=str(row["outcome"]),
        )
        for row in rows
    ]


@contextlib.contextmanager
def _bait() -> Iterator[dict[str, object]]:
    """Things on the host that a script must not reach: a file, a unix socket, a TCP port."""
    with (
        tempfile.TemporaryDirectory(prefix="studiolo-bait-") as folder,
        socket.socket(socket.AF_UNIX) as path_socket,
        socket.create_server(("127.0.0.1", 0)) as port_socket,
    ):
        # Open to everybody, so that only the sandbox is in the way.
        Path(folder).chmod(0o755)
        secret = Path(folder, "secret")
        secret.write_text("a secret of the host")
        secret.chmod(0o644)
        address = str(Path(folder, "socket"))
        path_socket.bind(address)
        path_socket.listen()
        yield {
            "SECRET": str(secret),
            "FOLDER": folder,
            "SOCKET": address,
            "PORT": port_socket.getsockname()[1],
        }
