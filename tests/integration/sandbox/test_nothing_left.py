"""What is left on the host after hostile runs, after a crash of either side, and after closing."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.sandbox.sandbox import Sandbox

from .places import LIMITS, POLICY, PREAMBLE, Here, assert_works, interpreter_of, processes

#: Runs at each level, and the seconds after which something must be wrong.
_RUNS = {(): 2_000, ("namespaces",): 200}
_AT_MOST = 300
HOSTILE = [
    "os._exit(0)",
    "ctypes.string_at(0)",
    "os.fork() or time.sleep(60)",
    "[os.fork() for _ in range(4)]",
    "os.closerange(0, 64)",
    "sys.exit()",
    "os.mkdir('a.png'); os.chmod('.', 0)",
    "open('large', 'wb').write(bytes(1 << 20))",
    "os.write(1, bytes(1 << 20))",
    "[threading.Thread(target=time.sleep, args=[60], daemon=True).start() for _ in range(8)]",
    "call(0x40000000 | 39)",
    "os.setsid() if os.fork() == 0 else None",
    "os.unlink(os.readlink('/proc/self/cwd') + '/none')",
    "os.kill(os.getpid(), 11)",
    "return 1",
]


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place for temporary files that nobody else uses, and that any user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield
        assert os.listdir(folder) == []  # noqa: PTH208  # a list is what is compared


@dataclass(frozen=True)
class Found:
    """What a process of ours has taken of the machine."""

    descriptors: int
    threads: int
    mounts: int
    groups: int
    folders: int
    children: int


def look() -> Found:
    return Found(
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        threads=threading.active_count(),
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        groups=len(groups_of(os.getpid())),
        # A folder that goes away meanwhile is passed over.
        folders=sum(
            len(folders) + len(files) for _, folders, files in os.walk(tempfile.gettempdir())
        ),
        children=len(descendants(os.getpid())),
    )


def groups_of(pid: int) -> list[Path]:
    for _ in range(100):
        try:
            return list(Path("/sys/fs/cgroup").rglob(f"studiolo-{pid}-*/*/"))
        except FileNotFoundError:
            continue  # one of them, or one of a neighbour's, has just been removed
    raise AssertionError("control groups come and go all the time")


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    pending = [pid]
    while pending:
        try:
            for task in Path(f"/proc/{pending.pop()}/task").iterdir():
                children = set(map(int, (task / "children").read_text().split()))
                pending += children - found
                found |= children
        except OSError:
            continue
    return found


def calm() -> Found:
    """What is there once nothing changes any more."""
    found = look()
    for _ in range(20):
        time.sleep(0.2)
        before, found = found, look()
        if found == before:
            break
    return found


def settled(expected: Found) -> Found:
    """What is there once processes that were killed are gone."""
    deadline = time.monotonic() + 5
    while (found := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("withheld", [(), ("namespaces",)], ids=["full", "filtered"])
def test_hostile_runs_leave_nothing(
    withheld: tuple[str, ...], default_environment: Environment
) -> None:
    before_all = calm()
    with Here.opened(default_environment, withheld=withheld) as here:
        assert_works(here)
        before = calm()
        begun = time.monotonic()

        def attack(number: int) -> None:
            assert time.monotonic() < begun + _AT_MOST
            here.run(f"{PREAMBLE}def attack():\n    {HOSTILE[number % len(HOSTILE)]}\n")

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(attack, range(_RUNS[withheld])))
        assert_works(here)
        found = settled(before)
        # What the last runs took of these goes with the next one, or with the sandbox.
        assert found.groups <= before.groups + 3
        assert replace(found, groups=0, folders=0) == replace(before, groups=0, folders=0)
    assert settled(before_all) == before_all


def test_runs_at_once_leave_nothing(default_environment: Environment) -> None:
    before_all = calm()
    sandbox = Sandbox(POLICY, interpreter_of(default_environment), warm=3)
    with sandbox:
        here = Here(sandbox, default_environment)
        with ThreadPoolExecutor(6) as pool:
            scripts = [f"{PREAMBLE}def attack():\n    {script}\n" for script in HOSTILE * 3]
            list(pool.map(here.run, scripts))
        assert_works(here)
    assert settled(before_all) == before_all


def test_a_sandbox_that_never_ran_leaves_nothing(default_environment: Environment) -> None:
    before = calm()
    with Sandbox(POLICY, interpreter_of(default_environment)):
        pass
    with Sandbox(POLICY, interpreter_of(default_environment), warm=2) as sandbox:
        assert sandbox.isolation.active
    assert settled(before) == before


_HOST = """
import sys, time
from pathlib import Path
sys.path[:0] = {paths!r}
from sandbox.places import *
from studiolo.environments.environment import *
import pickle
environment = pickle.load(sys.stdin.buffer)
with Here.opened(environment, withheld={withheld!r}) as here:
    here.run(PREAMBLE + {script!r}, on_console=lambda text: print(text, end="", flush=True))
"""
#: Tries to outlive the host.
_TENACIOUS = """
def attack():
    for number in range(1, 65):
        tried(signal.signal, number, signal.SIG_IGN)
    call("prctl", 1, 0)
    try:
        leading = os.fork() != 0
    except OSError:
        leading = True
    if leading:
        os.write(1, b"began\\n")
    else:
        os.setsid()
    while True:
        time.sleep(1)
"""


@pytest.mark.parametrize("withheld", [(), ("namespaces",)], ids=["full", "filtered"])
def test_a_killed_host_takes_its_runs_with_it(
    withheld: tuple[str, ...], default_environment: Environment
) -> None:
    import pickle

    paths = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3] / "src")]
    script = _HOST.format(paths=paths, withheld=withheld, script=_TENACIOUS)
    host = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "TMPDIR": tempfile.gettempdir()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with host:
        assert host.stdin is not None
        assert host.stdout is not None
        host.stdin.write(pickle.dumps(default_environment))
        host.stdin.close()
        assert host.stdout.readline() == b"began\n"
        family = descendants(host.pid)
        assert len(family) >= 2
        host.kill()
    deadline = time.monotonic() + 5
    while family & processes().keys() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not family & processes().keys()
    left = groups_of(host.pid)
    folders = list(Path(tempfile.gettempdir()).glob(f"studiolo-{host.pid}-*"))
    assert len(folders) == (1 if withheld else 0)
    with Here.opened(default_environment, withheld=withheld) as here:
        # Its groups and folders, which nobody could remove, are swept by the next start.
        assert_works(here)
        assert not any(folder.exists() for folder in folders)
        if here.memory_group:
            assert withheld or left
            assert groups_of(host.pid) == []


def kill_zygotes(spared: set[int]) -> None:
    for process in descendants(os.getpid()) - spared:
        if "launch.py" in processes().get(process, ""):
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("warm", [0, 2])
def test_a_zygote_that_dies_is_replaced(warm: int, default_environment: Environment) -> None:
    before_all = calm()
    spared = descendants(os.getpid())
    with Sandbox(POLICY, interpreter_of(default_environment), warm=warm) as sandbox:
        here = Here(sandbox, default_environment)
        assert_works(here)
        for _ in range(2):
            kill_zygotes(spared)
            assert_works(here)
    assert settled(before_all) == before_all


def test_a_zygote_that_dies_fails_the_runs_that_it_had(default_environment: Environment) -> None:
    spared = descendants(os.getpid())
    with Here.opened(default_environment) as own:
        script = "def attack():\n    print('began', flush=True)\n    time.sleep(60)\n"
        outcome = own.run(PREAMBLE + script, on_console=lambda _: kill_zygotes(spared))
        assert outcome.failure is not None
        assert outcome.failure.code == "killed"
        assert_works(own)


def test_a_run_that_cannot_be_confined_is_not_run(full: Here) -> None:
    # Its file system has no room for the run's folders.
    script = "def attack():\n    print('ran')\n"
    outcome = full.run(PREAMBLE + script, limits=replace(LIMITS, work_directory_files=2))
    assert outcome.failure is not None
    assert outcome.failure.code == "not-confined"
    assert "No space left" in outcome.failure.message
    assert outcome.device.console == ""
    assert_works(full)


def test_closing_ends_a_run_of_another_thread(default_environment: Environment) -> None:
    before = calm()
    began = threading.Event()
    sandbox = Sandbox(POLICY, interpreter_of(default_environment))
    here = Here(sandbox, default_environment)
    outcomes = []
    script = "def attack():\n    print('began', flush=True)\n    time.sleep(60)\n"
    thread = threading.Thread(
        target=lambda: outcomes.append(
            here.run(PREAMBLE + script, on_console=lambda _: began.set())
        )
    )
    thread.start()
    assert began.wait(20)
    sandbox.close()
    thread.join(10)
    assert not thread.is_alive()
    (outcome,) = outcomes
    assert outcome.failure is not None
    with pytest.raises(ValueError, match="closed"):
        here.run(PREAMBLE)
    assert settled(before) == before
