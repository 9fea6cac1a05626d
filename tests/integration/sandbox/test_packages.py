"""Hostile packages: those that a script chose, and one of the locked environment that is poisoned.

Their code runs when an environment is taken on (``.pth`` files) and when it is imported.
"""

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.sandbox.errors import ZygoteFailedError
from studiolo.sandbox.exchange.job import Job
from studiolo.sandbox.policy import isolation
from studiolo.sandbox.policy.isolation import Isolation, Level
from studiolo.sandbox.policy.policy import WarmUpPolicy
from studiolo.sandbox.process.process_memory import family_of
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace.sandboxes.head_start import script_interpreter
from studiolo_guest.wire import GENERATIONS

from .places import (
    LIMITS,
    ORDINARY,
    POLICY,
    PREAMBLE,
    Here,
    OrdinaryUser,
    answer_of,
    processes,
)

MakeEnvironment = Callable[..., Environment]
#: What hostile code finds out about itself, wherever it runs; it keeps that in `sys.found`.
LOOK = """
import ctypes, os, socket, sys
import studiolo_guest
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
def _status(name):
    with open("/proc/self/status") as file:
        return next(line.split(":\\t")[1].strip() for line in file if line.startswith(name + ":"))
def _opened(path, mode):
    try:
        open(path, mode).close()
    except OSError:
        return False
    return True
def _got(make):
    try:
        make()
    except OSError:
        return False
    return True
sys.found = {
    "no new privileges": _status("NoNewPrivs"),
    "seccomp": _status("Seccomp"),
    "capabilities": _status("CapEff"),
    "host files": [_opened(path, "rb") for path in SECRETS],
    "guest": _opened(studiolo_guest.__path__[0] + "/launch.py", "r+b"),
    "network": _got(lambda: socket.create_connection(("127.0.0.1", PORT), 1)),
    "sockets": _got(socket.socket),
    "io_uring": _libc.syscall(425, 8, bytes(120)) >= 0,
    "keyring": _libc.syscall(250 if os.uname().machine == "x86_64" else 219, 0, -3, 1, 0, 0) >= 0,
    "ptrace": _libc.syscall(101 if os.uname().machine == "x86_64" else 117, 0, 0, 0, 0) >= 0,
    "uid": os.getuid(),
}
"""
#: Takes the write protection off what is shown read-only, and writes to the guest's own code.
REMOUNT = """
import os, sys
import studiolo_guest
from studiolo_guest import kernel
GUEST = studiolo_guest.__path__[0]
sys.found = []
for place in (GUEST, "/usr", os.path.dirname(os.__file__)):
    for flags in (kernel.MS_BIND | kernel.MS_REMOUNT, kernel.MS_REMOUNT):
        try:
            kernel.mount(None, place, None, flags | kernel.MS_NOSUID | kernel.MS_NODEV)
            sys.found.append("remounted " + place)
        except OSError:
            pass
    try:
        kernel._checked(kernel._libc.umount2(os.fsencode(place), 2), "umount2")
        sys.found.append("unmounted " + place)
    except OSError:
        pass
try:
    open(GUEST + "/launch.py", "a").close()
    sys.found.append("opened for writing")
except OSError:
    pass
"""
#: Leaves out what a fork does to confine itself.
SKIP_CONFINEMENT = """
from studiolo_guest import confine, kernel
kernel.landlock_restrict = lambda *_: None
kernel.SeccompProgram.apply = lambda self: None
kernel.drop_capabilities = lambda: None
"""
#: A page that all forks of the process share which makes it.
SHARED_PAGE = "import mmap, sys; sys.page = mmap.mmap(-1, 4096)\n"
COUNT = """
import sys
def attack():
    found, sys.page[0] = sys.page[0], sys.page[0] + 1
    return found
"""
FOUND = "import sys\ndef attack():\n    return sys.found\n"
HANG = "import time; time.sleep(10 ** 6)\n"
#: A host that starts a sandbox and says so.
HOST = """
import pickle, signal, sys, time
# It is ignored where the tests were started by nohup.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.path[:0] = {paths!r}
from sandbox.test_packages import opened
environment, default = pickle.load(sys.stdin.buffer)
with opened(environment, default):
    print("began", flush=True)
    time.sleep(600)
"""
GREED = "import time; greed = bytearray(1 << 30); time.sleep(10 ** 6)\n"
PLANTED = "planted for a test\n"


@pytest.fixture
def make_environment(default_environment: Environment) -> Iterator[MakeEnvironment]:
    """Makes environments that hold what the default one holds, and a hostile package."""
    home = Path(tempfile.mkdtemp(prefix="hostile-", dir=default_environment.path.parent))
    home.chmod(0o755)
    site = next(default_environment.path.glob("lib/python*/site-packages"))

    def make(code: str, *, locked: bool = False, adds: bool = True) -> Environment:
        path = home / "environment"
        packages = path / site.relative_to(default_environment.path)
        packages.mkdir(parents=True)
        for entry in site.iterdir():
            (packages / entry.name).symlink_to(entry)
        (packages / "hostile.py").write_text(code)
        (packages / "hostile.pth").write_text("import hostile\n")
        (path / "bin").mkdir()
        (path / "bin" / "python").symlink_to(default_environment.python.resolve())
        shutil.copy(default_environment.path / "pyvenv.cfg", path)
        return Environment(
            name="script",
            key="hostile",
            path=path,
            base_prefix=default_environment.base_prefix,
            base_python=default_environment.base_python,
            locked=locked,
            adds_to=default_environment if adds else None,
        )

    yield make
    shutil.rmtree(home)


@contextmanager
def opened(
    environment: Environment,
    default: Environment,
    *,
    withheld: Sequence[str] = (),
    warm_up: WarmUpPolicy = POLICY.warm_up,
    many: bool = False,
    asked: Isolation = Isolation.AUTO,
) -> Iterator[Sandbox]:
    interpreter = script_interpreter(environment)
    # What the links of the environment point to.
    interpreter = replace(interpreter, directories=[*interpreter.directories, default.path])
    policy = replace(POLICY, warm_up=warm_up)
    with Sandbox(
        policy, interpreter, withheld=withheld, many=many, isolation_asked=asked
    ) as sandbox:
        yield sandbox


def looking(port: int, secrets: Sequence[Path]) -> str:
    paths = [os.fspath(path) for path in secrets]
    return f"PORT, SECRETS = {port}, {['/etc/shadow', *paths]!r}\n{LOOK}"


@pytest.fixture
def secret() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="planted-"))
    folder.chmod(0o755)
    (folder / "secret").write_text(PLANTED)
    yield folder / "secret"
    shutil.rmtree(folder)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("withheld", [(), ("namespaces",)], ids=["full", "filtered"])
@pytest.mark.parametrize("adds", [True, False], ids=["an addition", "an environment of its own"])
def test_packages_of_a_script_are_loaded_as_confined_as_it_runs(
    withheld: Sequence[str],
    adds: bool,
    make_environment: MakeEnvironment,
    default_environment: Environment,
    secret: Path,
    port: int,
) -> None:
    evil = make_environment(looking(port, [secret]), adds=adds)
    with opened(evil, default_environment, withheld=withheld) as sandbox:
        found = answer_of(sandbox.run(Job(source=PREAMBLE + FOUND), limits=LIMITS))
        user = found.pop("uid")
        assert found == {
            "no new privileges": "1",
            "seccomp": "2",
            "capabilities": "0" * 16,
            "host files": [False, False],
            "guest": False,
            "network": False,
            "sockets": False,
            "io_uring": False,
            "keyring": False,
            "ptrace": False,
        }
        if isolation.OWN_USER in sandbox.isolation.active:
            assert user != 0


@pytest.mark.parametrize("withheld", [(), ("namespaces",)], ids=["full", "filtered"])
def test_a_poisoned_package_is_loaded_behind_a_filter(
    withheld: Sequence[str],
    make_environment: MakeEnvironment,
    default_environment: Environment,
    secret: Path,
    port: int,
) -> None:
    """In the zygote, which has to fork and so keeps what its forks need to confine themselves."""
    evil = make_environment(looking(port, [secret]), locked=True)
    with opened(evil, default_environment, withheld=withheld) as sandbox:
        found = answer_of(sandbox.run(Job(source=PREAMBLE + FOUND), limits=LIMITS))
    for name in ("capabilities", "uid"):
        del found[name]
    assert found == {
        "no new privileges": "1",
        "seccomp": "2",
        "host files": [False, False],
        "guest": False,
        "network": False,
        "sockets": False,
        "io_uring": False,
        "keyring": False,
        "ptrace": False,
    }


def test_a_poisoned_package_has_the_limits_of_the_policy(
    make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    names = [f"RLIMIT_{name.upper()}" for name in POLICY.rlimits]
    code = (
        "import resource, sys\n"
        f"sys.found = [resource.getrlimit(getattr(resource, name))[1] for name in {names!r}]\n"
    )
    evil = make_environment(code, locked=True)
    with opened(evil, default_environment) as sandbox:
        found = answer_of(sandbox.run(Job(source=PREAMBLE + FOUND), limits=LIMITS))
    assert found == list(POLICY.rlimits.values())


@pytest.mark.parametrize("locked", [False, True], ids=["of a script", "poisoned"])
@pytest.mark.parametrize("user", ["root", "ordinary"])
def test_nothing_shown_read_only_can_be_remounted(
    locked: bool,
    user: str,
    make_environment: MakeEnvironment,
    default_environment: Environment,
) -> None:
    evil = make_environment(REMOUNT, locked=locked)
    if user == "root":
        with opened(evil, default_environment) as sandbox:
            assert answer_of(sandbox.run(Job(source=PREAMBLE + FOUND), limits=LIMITS)) == []
        return
    if os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary user already")
    process = OrdinaryUser(evil, ())
    try:
        outcome = process.run(PREAMBLE + FOUND)
        assert outcome.isolation.level is Level.FULL
        assert answer_of(outcome) == []
    finally:
        process.close()


@pytest.mark.parametrize("adds", [True, False], ids=["an addition", "an environment of its own"])
def test_no_page_is_shared_by_runs(
    adds: bool, make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    evil = make_environment(SHARED_PAGE, adds=adds)
    with opened(evil, default_environment, many=True) as sandbox:
        for _ in range(2):
            assert answer_of(sandbox.run(Job(source=PREAMBLE + COUNT), limits=LIMITS)) == 0


def test_a_poisoned_package_makes_no_page_that_runs_share(
    make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    evil = make_environment(SHARED_PAGE, locked=True)
    with (
        opened(evil, default_environment) as sandbox,
        pytest.raises(ZygoteFailedError, match="its forks would share memory"),
    ):
        sandbox.run(Job(source=ORDINARY), limits=LIMITS)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_zygote_that_hangs_ends_with_its_host(
    end: signal.Signals, make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    evil = make_environment(HANG, locked=True)
    paths = [str(Path(__file__).parents[1]), str(Path(isolation.__file__).parents[3])]
    host = subprocess.Popen(
        [sys.executable, "-c", HOST.format(paths=paths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with host:
        assert host.stdin is not None
        assert host.stdout is not None
        host.stdin.write(pickle.dumps((evil, default_environment)))
        host.stdin.close()
        assert host.stdout.readline() == b"began\n"
        # The process that the host started, and those between it and the zygote.
        deadline = time.monotonic() + 30
        while len(family := set(family_of(host.pid)) - {host.pid}) < 1 + GENERATIONS:
            if time.monotonic() > deadline:
                for pid in (host.pid, *family):
                    os.kill(pid, signal.SIGKILL)
                pytest.skip("this machine has no user namespaces")
            time.sleep(0.05)
        time.sleep(0.5)
        host.send_signal(end)
    deadline = time.monotonic() + 10
    while (left := family & processes().keys()) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


@pytest.mark.parametrize("asked", [Isolation.AUTO, Isolation.STRICT])
def test_a_package_of_a_script_cannot_take_layers_away(
    asked: Isolation, make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    evil = make_environment(SKIP_CONFINEMENT)
    script = """
def attack():
    with open("/proc/self/status") as file:
        status = dict(line.split() for line in file if line.startswith(("CapEff", "Seccomp:")))
    return [status["CapEff:"], status["Seccomp:"], call("keyctl", 0, -3, 1), opened("/etc/shadow")]
"""
    with opened(evil, default_environment, asked=asked) as sandbox:
        outcome = sandbox.run(Job(source=PREAMBLE + script), limits=LIMITS)
    assert answer_of(outcome) == ["0" * 16, "2", "EPERM", "ENOENT"]


def test_a_run_that_lacks_a_promised_layer_is_refused(
    make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    """A poisoned package in the zygote skips what confines its forks, and the host sees it."""
    evil = make_environment(SKIP_CONFINEMENT, locked=True)
    with opened(evil, default_environment) as sandbox:
        outcome = sandbox.run(Job(source=ORDINARY), limits=LIMITS)
    assert outcome.failure is not None
    assert outcome.failure.code == "not-confined"
    assert "it has capabilities" in outcome.failure.message
    assert "its system calls are not filtered" in outcome.failure.message


@pytest.mark.parametrize("adds", [True, False], ids=["an addition", "an environment of its own"])
def test_a_package_that_never_comes_to_an_end_is_ended_with_its_run(
    adds: bool, make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    evil = make_environment(HANG, adds=adds)
    with opened(evil, default_environment) as sandbox:
        outcome = sandbox.run(Job(source=ORDINARY), limits=replace(LIMITS, timeout_seconds=2))
    assert outcome.failure is not None
    assert outcome.failure.code == "timed-out"


@pytest.mark.parametrize(
    ("code", "warm_up", "why"),
    [
        (HANG, replace(POLICY.warm_up, timeout_seconds=2), "not ready after 2 seconds"),
        (GREED, replace(POLICY.warm_up, memory=512 << 20), "more than 536,870,912 bytes"),
    ],
    ids=["hangs", "takes all memory"],
)
def test_a_poisoned_package_is_ended_with_the_zygote(
    code: str,
    warm_up: WarmUpPolicy,
    why: str,
    make_environment: MakeEnvironment,
    default_environment: Environment,
) -> None:
    evil = make_environment(code, locked=True)
    # Where a memory group counts, the kernel is quicker than the host to end it.
    withheld = (isolation.MEMORY_GROUP,)
    with (
        opened(evil, default_environment, warm_up=warm_up, withheld=withheld) as sandbox,
        pytest.raises(ZygoteFailedError, match=why),
    ):
        sandbox.run(Job(source=ORDINARY), limits=LIMITS)


def test_packages_that_cannot_be_loaded_are_a_failure_in_words(
    make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    evil = make_environment("import sys; sys.modules['pyarrow'] = None\n", adds=False)
    with opened(evil, default_environment) as sandbox:
        outcome = sandbox.run(Job(source=ORDINARY), limits=LIMITS)
    assert outcome.failure is not None
    assert outcome.failure.code == "environment-unusable"
    assert "pyarrow" in outcome.failure.message


def test_a_descriptor_that_is_not_of_a_fork_kills_nobody(
    make_environment: MakeEnvironment, default_environment: Environment
) -> None:
    """A poisoned package hands over the host itself instead of the fork, to be killed."""
    swap = """
import os, socket, struct, sys
from studiolo_guest import wire
_send = wire.send
def send(link, message, descriptors=()):
    if "child" in message:
        # SO_PEERPIDFD
        host = struct.unpack("i", link.getsockopt(socket.SOL_SOCKET, 77, 4))[0]
        descriptors = [descriptors[0], host, *descriptors[2:]]
    return _send(link, message, descriptors)
wire.send = send
"""
    evil = make_environment(swap, locked=True)
    # Were the descriptor believed, this process would be killed by the end of the run.
    with (
        opened(evil, default_environment) as sandbox,
        pytest.raises(ZygoteFailedError),
    ):
        sandbox.run(Job(source=ORDINARY), limits=LIMITS)


def test_what_loads_libraries_is_counted_by_a_memory_group(full: Here) -> None:
    if not full.memory_group:
        pytest.skip("this machine has no memory control groups")
    assert full.run(ORDINARY).failure is None
    groups = {
        line.rstrip()
        for child in family_of(os.getpid())
        if child != os.getpid()
        for line in Path(f"/proc/{child}/cgroup").read_text().splitlines()
        if f"studiolo-{os.getpid()}-" in line and "/zygote-" in line
    }
    assert groups
    for group in groups:
        limit = Path("/sys/fs/cgroup/memory" + group.partition("memory:")[2])
        if limit.exists():
            bytes_ = int((limit / "memory.limit_in_bytes").read_text())
            assert bytes_ == POLICY.warm_up.memory
