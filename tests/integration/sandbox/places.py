"""Where hostile scripts are run: the same sandbox with more or fewer of its layers."""

import json
import pickle
import platform
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, Self

import pyarrow as pa

from studiolo.environments.environment import Environment
from studiolo.experiments.allowance import Allowance
from studiolo.sandbox.exchange.job import Job, Outcome, Status
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.policy import isolation
from studiolo.sandbox.policy.configuration import ScriptInterpreter
from studiolo.sandbox.policy.policy import Limits, Policy, load_policy
from studiolo.sandbox.policy.syscall_numbers import syscall_numbers
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace.sandboxes.head_start import script_interpreter

POLICY = load_policy()
NUMBERS = syscall_numbers(platform.machine())
#: Small and short, so that what goes wrong goes wrong quickly.
LIMITS = replace(POLICY.limits, timeout_seconds=30, memory=1 << 30)
#: The user that owns nothing on any machine, for a level without privileges.
ORDINARY_USER = 12345
#: A script that anybody might write; it must work after whatever came before.
ORDINARY = """
import pandas as pd
def azureml_main(frame=None):
    print("hello")
    return pd.DataFrame({"a": [1, 2, 3]}),
"""
#: What hostile scripts have in common. An `attack` returns what it reached, or what stopped it.
_PREAMBLE = """
import ctypes, errno, json, os, signal, socket, subprocess, sys, threading, time
import pandas as pd
NUMBERS = json.loads(NUMBERS_TEXT)
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(name, *arguments):
    number = NUMBERS[name] if isinstance(name, str) else name
    registers = [a if isinstance(a, bytes) else ctypes.c_ulong(a) for a in arguments]
    registers += [ctypes.c_ulong(0)] * (6 - len(registers))
    if libc.syscall(ctypes.c_long(number), *registers) >= 0:
        return "ok"
    return errno.errorcode[ctypes.get_errno()]
def tried(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    except BaseException as error:
        return type(error).__name__
def opened(path, mode="rb"):
    try:
        open(path, mode).close()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "open"
def azureml_main(*frames):
    return pd.DataFrame({"answer": [json.dumps(attack(*frames))]}),
"""
PREAMBLE = f"NUMBERS_TEXT = {json.dumps(dict(NUMBERS))!r}\n{_PREAMBLE}"


def interpreter_of(environment: Environment, preload: Sequence[str] = ()) -> ScriptInterpreter:
    return script_interpreter(environment, tuple(preload))


class Place(Protocol):
    """A sandbox, here or in a process of another user."""

    @property
    def namespaces(self) -> bool:
        """Whether runs have namespaces of their own."""

    @property
    def memory_group(self) -> bool:
        """Whether a control group counts their memory."""

    @property
    def prepared(self) -> bool:
        """Whether the memory that forks start with is arranged to make them cheap."""

    def run(
        self,
        source: str,
        *,
        limits: Limits = LIMITS,
        inputs: Mapping[str, pa.Table] | None = None,
    ) -> Outcome:
        """Run a script once."""


class Here:
    """A sandbox of this process."""

    def __init__(
        self, sandbox: Sandbox, environment: Environment, *, prepared: bool = True
    ) -> None:
        self.sandbox = sandbox
        self.prepared = prepared
        #: What of the host the interpreter is made of.
        self.run_paths = [environment.path, environment.base_prefix]
        self.namespaces = isolation.NAMESPACES in sandbox.isolation.active
        self.memory_group = isolation.MEMORY_GROUP in sandbox.isolation.active

    @classmethod
    @contextmanager
    def opened(
        cls,
        environment: Environment,
        *,
        withheld: Sequence[str] = (),
        preload: Sequence[str] = (),
        policy: Policy = POLICY,
        allow: Sequence[Allowance] = (),
    ) -> Iterator[Self]:
        """A sandbox of one's own, or one that starts from that of the environment it adds to."""
        interpreter = interpreter_of(environment, preload)
        with ExitStack() as opened:
            base = None
            if environment.started_from is not None:
                here = cls.opened(environment.started_from, withheld=withheld, policy=policy)
                base = opened.enter_context(here).sandbox
            sandbox = opened.enter_context(
                Sandbox(policy, interpreter, withheld=withheld, many=True, allow=allow, base=base)
            )
            yield cls(sandbox, environment, prepared=policy.warm_up.forks_are_prepared)

    def run(
        self,
        source: str,
        *,
        limits: Limits = LIMITS,
        inputs: Mapping[str, pa.Table] | None = None,
        on_console: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> Outcome:
        files = {port: MemoryFile.of_table(table) for port, table in (inputs or {}).items()}
        try:
            job = Job(source=source, inputs=files)
            return self.sandbox.run(job, limits=limits, on_console=on_console, cancelled=cancelled)
        finally:
            for file in files.values():
                file.close()


class OrdinaryUser:
    """A sandbox of a process that has no privileges at all."""

    def __init__(self, environment: Environment, withheld: Sequence[str]) -> None:
        driver = Path(__file__).with_name("ordinary_user.py")
        self._process = subprocess.Popen(
            [sys.executable, driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        source = Path(isolation.__file__).parents[3]
        self._send((ORDINARY_USER, [str(source), str(Path(__file__).parent)]))
        self._send((environment, withheld))
        self.namespaces, self.memory_group = self._receive()
        self.prepared = True

    def run(
        self,
        source: str,
        *,
        limits: Limits = LIMITS,
        inputs: Mapping[str, pa.Table] | None = None,
    ) -> Outcome:
        self._send((source, limits, inputs))
        outcome: Outcome = self._receive()
        return outcome

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        pickle.dump(message, self._process.stdin)
        self._process.stdin.flush()

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)


def answer_of(outcome: Outcome) -> Any:
    """What an attack brought back; its failure, if it has none."""
    assert outcome.failure is None, (outcome.failure, outcome.device.console)
    return json.loads(outcome.tables["results_dataset"]["answer"][0].as_py())


def attack(place: Place, script: str, *, limits: Limits = LIMITS) -> Any:
    """Run a script with the preamble, and see that the sandbox is as good as before."""
    outcome = place.run(PREAMBLE + script, limits=limits)
    assert_works(place)
    return answer_of(outcome)


def assert_works(place: Place) -> None:
    """An ordinary script runs as if nothing had happened."""
    outcome = place.run(ORDINARY)
    assert outcome.failure is None, outcome.failure
    assert outcome.status is Status.SUCCEEDED
    assert outcome.device.console == "hello\n"
    assert outcome.tables["results_dataset"].to_pydict() == {"a": [1, 2, 3]}


def processes() -> dict[int, str]:
    """Every process of this machine, or of this container, by its id."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
    return found
