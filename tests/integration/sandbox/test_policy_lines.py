"""Each line of the policy file where a script can see it, against the real sandbox."""

import contextlib
import os
import platform
import shutil
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import studiolo_guest
from studiolo.environments.environment import Environment
from studiolo.sandbox.policy.policy import FIXED_RLIMITS, NAMESPACES
from studiolo.sandbox.process.process_memory import family_of
from studiolo_guest import kernel

from .places import (
    LIMITS,
    NUMBERS,
    ORDINARY,
    ORDINARY_USER,
    POLICY,
    PREAMBLE,
    Here,
    Place,
    answer_of,
    attack,
)

_NAMESPACE_FILES = {"network": "net", "mount": "mnt"}


def test_limits_that_the_kernel_keeps(place: Place) -> None:
    script = """
def attack():
    import resource
    names = ("AS", "CPU", "FSIZE", "NOFILE", "NPROC")
    found = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}
    return [found, os.statvfs(".").f_blocks * os.statvfs(".").f_frsize, os.statvfs(".").f_files,
            len(os.sched_getaffinity(0))]
"""
    limits = replace(
        LIMITS,
        memory=777 << 20,
        timeout_seconds=17,
        cpus=1,
        processes=33,
        open_files=99,
        file_size=5 << 20,
        work_directory_size=9 << 20,
        work_directory_files=333,
    )
    found, size, files, processors = attack(place, script, limits=limits)
    assert found["CPU"] == [17, 17]
    assert found["FSIZE"][0] == 5 << 20
    kept = limits if place.memory_group else limits.uncounted
    assert found["NOFILE"] == [kept.open_files] * 2
    assert found["AS"][0] == found["AS"][1] > 777 << 20
    assert processors == 1
    if place.namespaces:
        assert found["NPROC"] == [kept.processes] * 2
        assert (size, files) == (9 << 20, 333)
    else:
        assert found["NPROC"][0] == found["NPROC"][1] >= 33


def test_memory_is_counted_from_what_the_interpreter_has(place: Place) -> None:
    script = """
def attack():
    return [tried(lambda: bool(bytearray(size << 20))) for size in (150, 2000)]
"""
    limits = replace(LIMITS, memory=200 << 20)
    assert attack(place, script, limits=limits) == [True, "MemoryError"]


@pytest.mark.parametrize("name", FIXED_RLIMITS)
def test_rlimit(name: str, place: Place) -> None:
    script = f"""
def attack():
    import resource
    return resource.getrlimit(resource.RLIMIT_{name.upper()})
"""
    assert attack(place, script) == [POLICY.rlimits[name]] * 2


@pytest.mark.parametrize("path", POLICY.filesystem.read_only + POLICY.filesystem.shown)
def test_shown_and_not_writable(path: str, place: Place) -> None:
    if not Path(path).exists():
        pytest.skip(f"{path} is not on this machine")
    script = f"""
def attack():
    path = {path!r}
    if os.path.isdir(path):
        return [tried(lambda: bool(os.listdir(path))), opened(path + "/new", "a")]
    return [tried(lambda: bool(open(path, "rb").read(1))), opened(path, "a")]
"""
    read, written = attack(place, script)
    assert read is True
    assert written in {"EROFS", "EACCES"}


@pytest.mark.parametrize("path", POLICY.filesystem.devices)
def test_device(path: str, place: Place) -> None:
    script = f"def attack():\n    return [opened({path!r}), opened({path!r}, 'wb')]\n"
    answers = attack(place, script)
    assert answers[0] == "open"
    assert answers[1] == "open" or path.endswith("random")


@pytest.mark.parametrize("path", ["/dev/tty", "/dev/kmsg", "/dev/mem", "/dev/vda", "/dev/fuse"])
def test_no_other_device(path: str, place: Place) -> None:
    assert attack(place, f"def attack():\n    return opened({path!r})\n") in {"ENOENT", "EACCES"}


@pytest.mark.parametrize("path", POLICY.filesystem.links)
def test_link(path: str, full: Here) -> None:
    target = POLICY.filesystem.links[path]
    shown = [*full.run_paths, Path(studiolo_guest.__file__)]
    if any(place.is_relative_to(path) for place in shown):
        pytest.skip(
            f"what a run is shown lies below {path} here, which is a folder for that reason"
        )
    assert attack(full, f"def attack():\n    return os.readlink({path!r})\n") == target
    if target.startswith(POLICY.filesystem.private):
        script = f"def attack():\n    return opened({path!r} + '/file', 'w')\n"
        assert attack(full, script) == "open"


@pytest.mark.parametrize("path", POLICY.filesystem.written)
def test_stand_in(path: str, full: Here) -> None:
    content = POLICY.filesystem.written[path]
    script = f"def attack():\n    return [open({path!r}).read(), opened({path!r}, 'a')]\n"
    answer = attack(full, script)
    assert answer[0] == content
    assert answer[1] in {"EROFS", "EACCES"}


def test_nothing_else_is_shown(default_environment: Environment) -> None:
    script = """
def attack():
    return [sorted(os.listdir(path)) for path in (
        "/", "/etc", "/dev", "/opt/studiolo", "/job", "/opt/studiolo/added",
        "/opt/studiolo/environments")]
"""
    with Here.opened(default_environment, withheld=("landlock",)) as here:
        top, etc, dev, opt, job, *environments = attack(here, script)
    shown = {*POLICY.filesystem.read_only, "/etc", "/dev", "/proc", "/opt", "/job", "/run", "/tmp"}
    shown |= {"/lib32", "/libx32"}  # links into /usr
    interpreter = {f"/{path.parts[1]}" for path in here.run_paths}
    assert {f"/{name}" for name in top} <= shown | interpreter
    files = POLICY.filesystem
    below_etc = {path.split("/")[2] for path in (*files.shown, *files.written)}
    assert set(etc) <= {name for name in below_etc if name}
    assert set(dev) == {path.split("/")[2] for path in (*files.devices, "/dev/shm", "/dev/fd")}
    assert opt == ["added", "environments", "studiolo_guest"]
    assert environments == [[], []]
    assert set(job) == {path.split("/")[2] for path in files.folders}


def test_the_private_folders(place: Place) -> None:
    script = """
def attack():
    import tempfile
    here = os.getcwd()
    folder = tempfile.mkdtemp()
    open(folder + "/file", "w").close()
    home = os.path.expanduser("~/file")
    return [here, folder, opened(home, "w"), oct(os.stat(".").st_mode), os.listdir(".")]
"""
    here, temporary, home, mode, content = attack(place, script)
    assert home == "open"
    assert mode == "0o40700"
    assert content == []
    if place.namespaces:
        assert here == POLICY.filesystem.folders[0]
        assert temporary.startswith("/job/tmp/")
    else:
        assert Path(here).parent == Path(temporary).parents[1]


def test_exactly_these_environment_variables(place: Place) -> None:
    found: Mapping[str, str] = attack(place, "def attack():\n    return dict(os.environ)\n")
    if place.namespaces:
        # What libraries set while they are imported is theirs to set.
        added = set(found) - set(POLICY.environment)
        assert added <= {"KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"}
        assert {name: found[name] for name in POLICY.environment} == dict(POLICY.environment)
    else:
        assert set(POLICY.environment) <= set(found)


def test_a_report_has_a_size(default_environment: Environment) -> None:
    policy = replace(POLICY, limits=replace(POLICY.limits, report_size=64))
    with Here.opened(default_environment, policy=policy) as here:
        outcome = here.run(ORDINARY, limits=replace(LIMITS, report_size=64))
    assert outcome.failure is not None
    assert outcome.failure.code == "result-invalid"


def test_the_root_and_the_scratch_space_have_a_size(default_environment: Environment) -> None:
    policy = replace(
        POLICY,
        filesystem=replace(POLICY.filesystem, root_size=8 << 20),
        warm_up=replace(POLICY.warm_up, scratch_size=1 << 20),
    )
    script = """
def attack():
    root = os.statvfs("/")
    return root.f_blocks * root.f_frsize
"""
    with Here.opened(default_environment, policy=policy) as here:
        if not here.namespaces:
            pytest.skip("this machine has no user namespaces")
        assert attack(here, script) == 8 << 20
        mounts = []
        for process in family_of(os.getpid()):
            # The run's own process ends meanwhile, and has no mounts then.
            with contextlib.suppress(OSError):
                mounts += Path(f"/proc/{process}/mountinfo").read_text().splitlines()
    private = f" {POLICY.filesystem.private} "
    assert any(private in line and "size=1024k" in line for line in mounts)


def test_a_namespace_that_no_line_names_is_not_entered(default_environment: Environment) -> None:
    without = {name: why for name, why in POLICY.namespaces.items() if name not in ("ipc", "uts")}
    script = "def attack():\n    return [os.stat(f'/proc/self/ns/{n}').st_ino for n in NAMES]\n"
    names = ("ipc", "uts", "net")
    with Here.opened(default_environment, policy=replace(POLICY, namespaces=without)) as here:
        if not here.namespaces:
            pytest.skip("this machine has no user namespaces")
        found = attack(here, script.replace("NAMES", repr(names)))
    own = [Path(f"/proc/self/ns/{name}").stat().st_ino for name in names]
    assert [inside == outside for inside, outside in zip(found, own, strict=True)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("allowed", [(), ("bind_tcp",)], ids=["none", "bind"])
def test_tcp_is_restricted_by_landlock_too(
    allowed: tuple[str, ...], default_environment: Environment
) -> None:
    calls = POLICY.syscalls
    policy = replace(
        POLICY,
        landlock=replace(POLICY.landlock, network=allowed),
        syscalls=replace(
            calls,
            allowed=calls.allowed | {"socket", "bind", "connect"},
            refused={name: answer for name, answer in calls.refused.items() if name != "socket"},
        ),
    )
    script = """
def attack():
    with socket.socket() as listening:
        return [tried(listening.bind, ("127.0.0.1", 0)), tried(listening.connect, ("127.0.0.1", 9))]
"""
    with Here.opened(default_environment, policy=policy) as here:
        if not here.namespaces or kernel.landlock_abi() < 4:
            pytest.skip("this machine's Landlock knows no TCP")
        bind, connect = attack(here, script)
    assert bind == (None if allowed else "EACCES")
    assert connect == "EACCES"


@pytest.mark.parametrize("name", NAMESPACES)
def test_namespace(name: str, place: Place) -> None:
    if not place.namespaces:
        pytest.skip("the level without namespaces")
    file = _NAMESPACE_FILES.get(name, name)
    inside = attack(place, f"def attack():\n    return os.readlink('/proc/self/ns/{file}')\n")
    assert inside.startswith(f"{file}:[")
    assert inside != str(Path(f"/proc/self/ns/{file}").readlink())


@pytest.mark.parametrize("name", ["mount", "pid", "ipc", "user"])
def test_namespace_of_each_run(name: str, full: Here) -> None:
    file = _NAMESPACE_FILES.get(name, name)
    script = f"""{PREAMBLE}
def attack():
    print(os.readlink('/proc/self/ns/{file}'), flush=True)
    time.sleep(WAIT)
"""
    # Both exist at once, so that the kernel cannot have used a number again.
    inner: list[str] = []
    enough = threading.Event()

    def run_another(text: str) -> None:
        inner.append(full.run("WAIT = 0\n" + script).device.console)
        enough.set()

    outcome = full.run("WAIT = 60\n" + script, on_console=run_another, cancelled=enough)
    outer = outcome.device.console
    assert outer.startswith(f"{file}:[")
    assert inner[0].startswith(f"{file}:[")
    assert outer != inner[0]


def test_what_namespaces_are_for(place: Place) -> None:
    if not place.namespaces:
        pytest.skip("the level without namespaces")
    script = """
def attack():
    return [os.getpid(), os.getppid(), os.getuid(), os.getgid(), socket.gethostname(),
            open("/proc/self/uid_map").read().split()[2]]
"""
    assert attack(place, script) == [1, 0, 1000, 1000, "sandbox", "1"]


LANDLOCK: Mapping[str, tuple[str, Any]] = {
    "execute": ("os.chmod(COPY, 0o700) or subprocess.run([COPY]).returncode", 0),
    "read_file": ("open('file').read()", ""),
    "read_dir": ("sorted(os.listdir('.'))", ["file", "true"]),
    "write_file": ("open('file', 'w').write('x')", 1),
    "truncate": ("os.truncate('file', 5)", None),
    "remove_file": ("os.unlink('file')", None),
    "make_dir": ("os.mkdir('folder')", None),
    "remove_dir": ("os.mkdir('folder') or os.rmdir('folder')", None),
    "make_reg": ("opened('new', 'w')", "open"),
    "make_sym": ("os.symlink('a', 'b')", None),
    "refer": ("os.rename('file', '../tmp/file')", None),
    "make_char": ("os.mknod('new', 0o20600, 0x103)", "EPERM"),
    "make_block": ("os.mknod('new', 0o60600, 0x103)", "EPERM"),
    "make_fifo": ("os.mkfifo('new')", "EPERM"),
    "make_sock": ("os.mknod('new', 0o140600)", "EPERM"),
}


@pytest.mark.parametrize("right", LANDLOCK)
def test_right_in_the_private_folder(right: str, full: Here) -> None:
    code, expected = LANDLOCK[right]
    script = f"""
import shutil
def attack():
    global COPY
    COPY = os.path.abspath(shutil.copy("/bin/true", "true"))
    open("file", "w").close()
    return tried(lambda: {code})
"""
    assert attack(full, script) == expected
    assert (right in POLICY.landlock.private) == (expected != "EPERM")


def test_landlock_is_a_second_line(full: Here, default_environment: Environment) -> None:
    script = """
def attack():
    return [opened("/proc/self/mem", "r+b"), tried(os.listdir, "/") == "EACCES"]
"""
    assert attack(full, script) == ["EACCES", True]
    with Here.opened(default_environment, withheld=("landlock",)) as here:
        assert attack(here, script) == ["open", False]


@pytest.mark.parametrize("allow_fork", [True, False], ids=["inside", "filtered"])
def test_every_denied_call_is_refused(
    allow_fork: bool, full: Here, default_environment: Environment
) -> None:
    # Each by its number, and with arguments that do no harm should one get through.
    denied = sorted(POLICY.syscalls.denied & NUMBERS.keys())
    script = f"def attack():\n    return {{name: call(name, -1, -1) for name in {denied!r}}}\n"
    if allow_fork:
        answers = attack(full, script)
    else:
        with Here.opened(default_environment, withheld=("namespaces",)) as here:
            answers = attack(here, script)
    assert answers == dict.fromkeys(denied, "EPERM")


def test_every_call_that_no_line_mentions_is_refused(full: Here) -> None:
    calls = POLICY.syscalls
    mentioned = calls.allowed | calls.checked.keys() | calls.refused.keys() | calls.denied
    # The last two the kernel always lets through, and ends whoever has no business with them.
    others = sorted(NUMBERS.keys() - mentioned - {"uretprobe", "uprobe"})
    script = f"def attack():\n    return {{name: call(name, -1, -1) for name in {others!r}}}\n"
    assert attack(full, script) == dict.fromkeys(others, calls.default.name)


def test_every_refused_call_has_its_own_answer(full: Here) -> None:
    refused = {n: e.name for n, e in POLICY.syscalls.refused.items() if n in NUMBERS}
    script = f"def attack():\n    return {{name: call(name) for name in {sorted(refused)!r}}}\n"
    assert attack(full, script) == refused
    assert attack(full, "def attack():\n    return call(4000)\n") == POLICY.syscalls.unknown.name


#: Refused and permitted first arguments, up to the one that is checked, of each checked call.
CHECKED: Mapping[str, tuple[list[list[int]], list[list[int]]]] = {
    "clone": ([[0x10000011], [0x8011], [1 << 33]], []),
    "socketpair": ([[2, 1, 0, 0], [16, 3, 0, 0], [1 << 32 | 1, 1, 0, 0]], []),
    "ioctl": ([[0, 0x5412], [0, 0x5401 | 1 << 32], [0, 0x8901]], []),
    "fcntl": (
        [[1, 8, 1], [1, 10, 9], [1, 1033, 1], [1, 1031, 1 << 20], [1, 1024]],
        [[1, 1], [1, 3]],
    ),
    "madvise": ([[0, 0, 12], [0, 0, 100]], [[0, 0, 4]]),
    "prctl": ([[4, 0], [22, 1], [24, 0], [35, 1], [0x59616D61, 1], [67, 1]], [[39], [21]]),
    "arch_prctl": ([[0x1012, 0], [0x2001, 0]], []),
}


@pytest.mark.parametrize("name", sorted(POLICY.syscalls.checked))
def test_checked_call(name: str, place: Place) -> None:
    if name not in NUMBERS:
        pytest.skip(f"{platform.machine()} has no {name}")
    refused, permitted = CHECKED[name]
    script = f"""
def attack():
    both = {[refused, permitted]!r}
    return [[call({name!r}, *arguments) for arguments in calls] for calls in both]
"""
    otherwise = POLICY.syscalls.checked[name].otherwise.name
    assert attack(place, script) == [[otherwise] * len(refused), ["ok"] * len(permitted)]


@pytest.mark.parametrize("name", sorted(POLICY.syscalls.alone_refused & NUMBERS.keys()))
def test_call_refused_to_a_run_alone(name: str, place: Place) -> None:
    if place.namespaces:
        pytest.skip("the levels with namespaces")
    assert attack(place, f"def attack():\n    return call({name!r}, -1, -1)\n") == "EPERM"


@pytest.mark.parametrize("name", sorted(POLICY.syscalls.alone_ignored & NUMBERS.keys()))
def test_call_without_effect_for_a_run_alone(name: str, place: Place) -> None:
    if place.namespaces:
        pytest.skip("the levels with namespaces")
    assert attack(place, f"def attack():\n    return call({name!r}, -1, -1)\n") == "ok"


def test_files_of_the_host_keep_their_modes_times_and_content(
    place: Place, default_environment: Environment
) -> None:
    """Landlock knows neither modes nor times, and truncation from version 3 on only."""
    folder = Path(tempfile.mkdtemp(prefix="readable-", dir=default_environment.path / "share"))
    folder.chmod(0o755)
    file = folder / "thesis.txt"
    file.write_text("three years of work\n")
    if os.geteuid() == 0:
        # As if it were the ordinary user's own.
        os.chown(folder, ORDINARY_USER, ORDINARY_USER)
        os.chown(file, ORDINARY_USER, ORDINARY_USER)
    before = file.stat()
    script = f"""
def attack():
    path = {os.fspath(file)!r}
    def truncated_for_reading():
        os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))
    for spoil in (
        lambda: os.chmod(path, 0o4777), lambda: os.chmod(os.path.dirname(path), 0o777),
        lambda: os.utime(path, (1, 1)), lambda: os.truncate(path, 0), truncated_for_reading,
        lambda: os.fchmod(os.open(path, os.O_RDONLY), 0o666),
        lambda: os.utime(os.open(path, os.O_RDONLY), (1, 1)),
        lambda: open(path, "r+b").truncate(0),
    ):
        tried(spoil)
    return opened(path)
"""
    try:
        assert attack(place, script) == "open"
        after = file.stat()
        assert file.read_text() == "three years of work\n"
        assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
        assert folder.stat().st_mode & 0o777 == 0o755
    finally:
        shutil.rmtree(folder)


def test_copying_a_file_works(place: Place) -> None:
    script = """
import shutil
def attack():
    open("one", "w").write("text")
    shutil.copy2("one", "two")
    return open("two").read()
"""
    assert attack(place, script) == "text"


def test_one_run_leaves_the_others_their_threads(full: Here) -> None:
    script = """
def attack():
    started, end = 0, threading.Event()
    with contextlib.suppress(RuntimeError):
        for _ in range(POLICY_PROCESSES - 10):
            threading.Thread(target=end.wait, daemon=True).start()
            started += 1
    time.sleep(1)
    end.set()
    return started
"""
    wanted = POLICY.limits.processes - 10
    source = PREAMBLE + "import contextlib\n" + script.replace("POLICY_PROCESSES", str(wanted + 10))
    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(full.run, [source] * 3))
    assert [answer_of(outcome) for outcome in outcomes] == [wanted] * 3


def test_what_the_kernel_counts_for_a_user_is_not_used_up(place: Place) -> None:
    script = """
import fcntl
NEVER = ("sendmsg", "sendmmsg", "epoll_create1", "inotify_init1", "fanotify_init", "io_setup",
         "io_uring_setup", "add_key", "request_key", "keyctl", "mq_open", "msgget", "semget",
         "shmget", "memfd_create", "memfd_secret", "bpf", "perf_event_open", "unshare")
def attack():
    got = [name for name in NEVER if call(name, 0x10000000, 0) == "ok"]
    reader, writer = os.pipe()
    own = os.open("own", os.O_RDWR | os.O_CREAT)
    page = ctypes.create_string_buffer(1 << 16)
    if call("mlock", ctypes.addressof(page), 1 << 16) == "ok":
        got.append("locked memory")
    for descriptor, command, value in ((writer, 1031, 1 << 20), (own, 1024, 0), (own, 1026, 4)):
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, command, value)
            got.append(command)
    timers = 0
    while timers < 2000 and call("timer_create", 1, 0, bytes(8)) == "ok":
        timers += 1
    return [got, timers]
import contextlib
"""
    got, timers = attack(place, script)
    assert got == []
    assert 0 < timers <= POLICY.rlimits["sigpending"]


def test_a_run_alone_sees_its_own_process_only(filtered: Here) -> None:
    script = """
def attack():
    own = [opened(f"/proc/self/{name}") for name in ("status", "mountinfo", "net/tcp")]
    pids = [1, os.getppid()]
    others = [opened(f"/proc/{pid}/{name}") for pid in pids for name in ("status", "environ")]
    return [own, others, tried(os.listdir, "/proc")]
"""
    own, others, listed = attack(filtered, script)
    assert own == ["open"] * 3
    assert set(others) == {"EACCES"}
    assert listed == "EACCES"


def test_a_crash_feeds_no_program(full: Here) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern")
    if not os.access(pattern, os.W_OK):
        pytest.skip("core_pattern can't be changed here")
    folder = Path(tempfile.mkdtemp(prefix="core-"))
    helper = folder / "helper"
    helper.write_text(f"#!/bin/sh\necho ran > {folder}/ran\n")
    helper.chmod(0o755)
    before = pattern.read_text()
    try:
        pattern.write_text(f"|{helper}")
        outcome = full.run(f"{PREAMBLE}def attack():\n    ctypes.string_at(0)\n")
        assert outcome.failure is not None
        assert outcome.failure.code == "crashed"
        # The kernel waits for such a program before the process is gone.
        assert not (folder / "ran").exists()
    finally:
        pattern.write_text(before)
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("open", "os.fsencode(os.__file__), 0x200", "EACCES"),
        ("openat", "-100, os.fsencode(os.__file__), 0x200", "EACCES"),
        ("openat2", "-100, b'.', bytes(24), 24", "EPERM"),
        ("clone", "17", "EPERM"),
        ("kill", "os.getppid(), 0", "EPERM"),
        ("kill", "0, 0", "EPERM"),
        ("kill", "-1, 0", "EPERM"),
        ("kill", "os.getpid(), 0", "ok"),
        ("tgkill", "os.getppid(), os.getppid(), 0", "EPERM"),
        ("rt_sigqueueinfo", "os.getppid(), 0, 0", "EPERM"),
        ("rt_tgsigqueueinfo", "os.getppid(), os.getppid(), 0, 0", "EPERM"),
        ("prlimit64", "os.getppid(), 7, 0, 0", "EPERM"),
        ("prlimit64", "os.getpid(), 7, 0, 0", "ok"),
        ("prlimit64", "0, 7, 0, 0", "ok"),
        ("prctl", "1, 0", "EPERM"),
    ],
)
def test_call_checked_for_a_run_alone(
    name: str, arguments: str, expected: str, place: Place
) -> None:
    if place.namespaces:
        pytest.skip("the levels with namespaces")
    assert attack(place, f"def attack():\n    return call({name!r}, {arguments})\n") == expected


def test_a_run_has_no_descriptor_but_its_own(either: Here) -> None:
    """Above all not those of the process that it is a fork of: its socket and its pipes."""
    found = attack(
        either,
        """
def attack():
    links = (tried(os.readlink, f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd"))
    return sorted(re.sub(r"\\d+", "N", link) for link in links if "/" in link or "[" in link)
import re
""",
    )
    console = ["pipe:[N]"] * 2
    memory = [f"/memfd:{name} (deleted)" for name in ("report", "results_dataset")]
    assert found == [
        "/dev/null",
        *memory,
        "/memfd:results_datasetN (deleted)",
        *console,
        "socket:[N]",
    ]
