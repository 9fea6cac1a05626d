"""What a hostile script can try, one test each; the numbers are those of the threat model."""

# ruff: noqa: E501  # one line of a hostile script stays one line
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from .places import LIMITS, PREAMBLE, Place, answer_of, assert_works
from .planted import Planted

TIGHT = replace(
    LIMITS,
    timeout_seconds=20,
    memory=600 << 20,
    processes=30,
    open_files=64,
    file_size=1 << 20,
    work_directory_size=8 << 20,
    work_directory_files=500,
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The attack does not come to its end; the run fails with one of these codes."""

    codes: frozenset[str]


def ended(*codes: str) -> Ended:
    return Ended(codes=frozenset(codes))


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One attack. Its script may use the preamble's names, and ``PLANTED``."""

    name: str
    #: What it would give an attacker.
    reason: str
    script: str
    #: What comes of it where a run has namespaces, and where it has not.
    inside: Any
    filtered: Any
    #: Layers that stop it, for whoever reads this table.
    stopped_by: str
    changes: Mapping[str, int] = field(default_factory=dict)


ATTACKS = [
    Attack(
        name="01 accounts",
        reason="learns who uses the machine, and their passwords' hashes",
        script="""
def attack():
    return [open("/etc/passwd").read().count("\\n") == 1, opened("/etc/shadow")]
""",
        inside=[True, "ENOENT"],
        filtered=[False, "EACCES"],
        stopped_by="mount namespace; Landlock, but for the names in /etc/passwd",
    ),
    Attack(
        name="02 the service's files",
        reason="reads secrets that lie beside what a run is shown",
        script="""
def attack():
    return sorted({opened(path) for path in PLANTED["files"]})
""",
        inside=["ENOENT"],
        filtered=["EACCES"],
        stopped_by="mount namespace; Landlock",
    ),
    Attack(
        name="03 other processes",
        reason="reads the service's environment variables and arguments",
        script="""
def attack():
    listed = tried(lambda: sorted(name for name in os.listdir("/proc") if name.isdigit()))
    host = [tried(lambda: TOKEN.findall(open(f"/proc/{pid}/environ", "rb").read()))
            for pid in (1, PLANTED["host"])]
    return [listed, host]
""",
        inside=[["1"], [[], "ENOENT"]],
        filtered=["EACCES", ["EACCES", "EACCES"]],
        stopped_by="pid namespace with a proc of its own; Landlock",
    ),
    Attack(
        name="04 own memory by file",
        reason="writes to code that is mapped read-only",
        script="""
def attack():
    return opened("/proc/self/mem", "r+b")
""",
        inside="EACCES",
        filtered="EACCES",
        stopped_by="Landlock",
    ),
    Attack(
        name="05 debugging",
        reason="takes over the zygote, and so every later run",
        script="""
def attack():
    return [call("ptrace", 16, os.getppid()), call("process_vm_readv", os.getppid())]
""",
        inside=["EPERM", "EPERM"],
        filtered=["EPERM", "EPERM"],
        stopped_by="seccomp",
    ),
    Attack(
        name="06 fork bomb",
        reason="leaves no process to anybody else",
        script="""
def attack():
    children = 0
    try:
        while True:
            if os.fork() == 0:
                signal.pause()
            children += 1
    except OSError as error:
        return [children < 30, errno.errorcode[error.errno]]
""",
        inside=[True, "EAGAIN"],
        filtered=[True, "EPERM"],
        stopped_by="RLIMIT_NPROC in a user namespace of its own; seccomp",
    ),
    Attack(
        name="07 thread bomb",
        reason="leaves no thread to anybody else",
        script="""
def attack():
    import _thread

    threading.stack_size(1 << 18)
    stop = threading.Event()
    most = 0
    try:
        for _ in range(5000):
            # `Thread.start` waits for ever for a thread that has no memory left to say that it began.
            _thread.start_new_thread(stop.wait, ())
            most = max(most, _thread._count())
    except (RuntimeError, MemoryError):
        pass
    stop.set()
    return most < 3000
""",
        inside=True,
        filtered=True,
        stopped_by="RLIMIT_NPROC; for root without another user only RLIMIT_AS",
    ),
    Attack(
        name="08 memory of one process",
        reason="makes the machine swap, or the kernel kill others",
        script="""
def attack():
    kept = []
    while True:
        kept.append(bytearray(b"x") * (16 << 20))
""",
        inside=ended("out-of-memory"),
        filtered=ended("out-of-memory"),
        stopped_by="RLIMIT_AS",
    ),
    Attack(
        name="09 memory of many processes",
        reason="each one stays below its limit",
        script="""
def attack():
    for _ in range(8):
        if os.fork() == 0:
            kept = bytearray(b"x") * (200 << 20)
            signal.pause()
    time.sleep(15)
""",
        inside=ended("out-of-memory"),
        filtered=ended("script-exception"),
        stopped_by="memory control group or watchdog; seccomp refuses to fork",
    ),
    Attack(
        name="10 memory that is not counted",
        reason="memory files and System V segments escape RLIMIT_AS, or outlive the run",
        script="""
def attack():
    def write():
        for number in range(64):
            with open(f"/dev/shm/{number}", "wb") as file:
                file.write(bytes(1 << 19))
    return [call("memfd_create", b"x"), call("shmget", 0, 1 << 30, 0o1600), tried(write)]
""",
        inside=["EPERM", "EPERM", "ENOSPC"],
        filtered=["EPERM", "EPERM", "EACCES"],
        stopped_by="seccomp; tmpfs; Landlock",
    ),
    Attack(
        name="11 many files",
        reason="uses up the disk's space and its inodes",
        script="""
def attack():
    number = 0
    end = time.monotonic() + 10
    try:
        while time.monotonic() < end:
            with open(f"file-{number}", "w") as file:
                file.write("x" * 10)
            number += 1
        return "never ended"
    except OSError as error:
        return [number < 500, errno.errorcode[error.errno]]
""",
        inside=[True, "ENOSPC"],
        filtered=ended("disk-full"),
        stopped_by="tmpfs; the host's own count",
    ),
    Attack(
        name="11 many empty folders",
        reason="uses up the disk's inodes without a byte of content",
        script="""
def attack():
    number = 0
    end = time.monotonic() + 10
    try:
        while time.monotonic() < end:
            os.mkdir(f"folder-{number}")
            number += 1
        return "never ended"
    except OSError as error:
        return [number < 500, errno.errorcode[error.errno]]
""",
        inside=[True, "ENOSPC"],
        filtered=ended("disk-full"),
        stopped_by="tmpfs; the host's own count",
        changes={"work_directory_size": 1 << 30},
    ),
    Attack(
        name="11 much in a folder that cannot be listed",
        reason="hides what it writes from whoever counts by walking",
        script="""
def attack():
    os.mkdir("hidden")
    os.chdir("hidden")
    os.chmod(".", 0o300)
    end = time.monotonic() + 10
    try:
        number = 0
        while time.monotonic() < end:
            with open(f"file-{number}", "wb") as file:
                file.write(bytes(1 << 19))
            number += 1
        return "never ended"
    except OSError as error:
        return errno.errorcode[error.errno]
""",
        inside="ENOSPC",
        filtered=ended("disk-full"),
        stopped_by="tmpfs; the host's own count",
    ),
    Attack(
        name="11 much in files that have no name",
        reason="hides what it writes from whoever counts by walking",
        script="""
def attack():
    kept = []
    try:
        for number in range(50):
            file = open("file", "wb")
            os.unlink("file")
            file.write(bytes(1 << 20))
            file.flush()
            kept.append(file)
        time.sleep(10)
        return "never ended"
    except OSError as error:
        return errno.errorcode[error.errno]
""",
        inside="ENOSPC",
        filtered=ended("disk-full"),
        stopped_by="tmpfs; the host's own count",
    ),
    Attack(
        name="11 folders in folders",
        reason="whoever walks them runs out of descriptors or of stack",
        script="""
def attack():
    try:
        for _ in range(3000):
            os.mkdir("d")
            os.chdir("d")
    except OSError as error:
        return errno.errorcode[error.errno]
    if os.getppid():
        time.sleep(10)
    return "made"
""",
        inside="made",
        filtered=ended("disk-full"),
        stopped_by="tmpfs, which goes as a whole; the host stops at a certain depth",
        changes={"work_directory_files": 10_000, "work_directory_size": 1 << 30},
    ),
    Attack(
        name="12 one large file",
        reason="fills the disk",
        script="""
def attack():
    with open("large", "wb") as file:
        written = tried(lambda: [file.write(bytes(1 << 16)) for _ in range(64)])
    return [written, tried(os.truncate, "large", 1 << 40)]
""",
        inside=["EFBIG", "EFBIG"],
        # Without namespaces nothing is truncated by its name.
        filtered=["EFBIG", "EPERM"],
        stopped_by="RLIMIT_FSIZE",
    ),
    Attack(
        name="13 open files",
        reason="uses up the machine's table of open files",
        script="""
def attack():
    opened = []
    try:
        while True:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        count = len(opened)
        for descriptor in opened:
            os.close(descriptor)
        return [count < 64, errno.errorcode[error.errno]]
""",
        inside=[True, "EMFILE"],
        filtered=[True, "EMFILE"],
        stopped_by="RLIMIT_NOFILE",
    ),
    Attack(
        name="14 the network",
        reason="reaches the host's services, the cloud's metadata, or the outside",
        script="""
def attack():
    found = [tried(socket.create_connection, address, 1)
             for address in (("127.0.0.1", 22), ("169.254.169.254", 80))]
    families = (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_VSOCK, 38)
    found += [tried(socket.socket, family, socket.SOCK_DGRAM) for family in families]
    return [*found, tried(socket.getaddrinfo, "example.com", 80) != []]
""",
        inside=["EACCES"] * 7 + [True],
        filtered=["EACCES"] * 7 + [True],
        stopped_by="seccomp; an empty network namespace",
    ),
    Attack(
        name="15 sockets by other means",
        reason="io_uring makes calls that the filter does not see",
        script="""
def attack():
    return [call("socket", 2, 3, 255), call("io_uring_setup", 8, bytes(120)),
            call("connect", 5), call("bind", 5), call("listen", 5), call("accept4", 5)]
""",
        inside=["EACCES"] + ["EPERM"] * 5,
        filtered=["EACCES"] + ["EPERM"] * 5,
        stopped_by="seccomp",
    ),
    Attack(
        name="16 unix sockets",
        reason="a socket with a path is reached in spite of an empty network namespace",
        script="""
def attack():
    def connect(address):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(address)
        return "connected"
    return sorted({tried(connect, address) for address in (*PLANTED["sockets"], "\\0abstract")}
                  | {opened(path) for path in PLANTED["sockets"]})
""",
        inside=["EACCES", "ENOENT"],
        filtered=["EACCES"],
        stopped_by="seccomp; mount namespace; Landlock",
    ),
    Attack(
        name="17 signals",
        reason="ends the zygote, or everything of its user",
        script="""
def attack():
    return [os.getppid() == 0, tried(os.kill, -1, 9), tried(os.kill, PLANTED["host"], 9),
            os.getppid() and tried(os.kill, os.getppid(), 9)]
""",
        inside=[True, "ESRCH", "ESRCH", 0],
        filtered=[False, "EPERM", "EPERM", "EPERM"],
        stopped_by="pid namespace; seccomp, Landlock's scope",
    ),
    Attack(
        name="18 process descriptors",
        reason="signals by descriptor, or takes another process's files",
        script="""
def attack():
    return [tried(os.pidfd_open, PLANTED["host"]), call("pidfd_getfd", 3, 0)]
""",
        inside=["ESRCH", "EPERM"],
        filtered=["EPERM", "EPERM"],
        stopped_by="pid namespace; seccomp",
    ),
    Attack(
        name="19 other users",
        reason="becomes root",
        script="""
def attack():
    status = open("/proc/self/status").read().split()
    capabilities = {status[status.index(f"Cap{kind}:") + 1] for kind in ("Inh", "Prm", "Eff")}
    return [tried(os.setuid, 0), tried(os.setgid, 0), tried(os.setgroups, []),
            call("capset", bytes(8), bytes(24)), sorted(capabilities),
            status[status.index("NoNewPrivs:") + 1]]
""",
        inside=["EPERM"] * 4 + [["0" * 16], "1"],
        filtered=["EPERM"] * 4 + [["0" * 16], "1"],
        stopped_by="no capability, no new privileges, seccomp",
    ),
    Attack(
        name="20 mounts",
        reason="puts another file system in place of the read-only one",
        script="""
def attack():
    return [call("mount", b"tmpfs", b"/usr", b"tmpfs"), call("umount2", b"/proc", 2),
            call("pivot_root", b".", b"."), call("chroot", b"."), call("fsopen", b"tmpfs"),
            call("open_tree", 0, b"/", 1)]
""",
        inside=["EPERM"] * 6,
        filtered=["EPERM"] * 6,
        stopped_by="seccomp; no capability",
    ),
    Attack(
        name="21 keyrings",
        reason="keys are shared by all namespaces of a user",
        script="""
def attack():
    return [call("add_key", b"user", b"x", b"y", 1, -3), call("keyctl", 0, -3, 1),
            call("request_key", b"user", b"x", b"", -3)]
""",
        inside=["EPERM"] * 3,
        filtered=["EPERM"] * 3,
        stopped_by="seccomp",
    ),
    Attack(
        name="22 the kernel's weak sides",
        reason="these calls have the worst record",
        script="""
def attack():
    return [call(name) for name in ("bpf", "perf_event_open", "userfaultfd", "syslog",
                                    "init_module", "kexec_load")]
""",
        inside=["EPERM"] * 6,
        filtered=["EPERM"] * 6,
        stopped_by="seccomp",
    ),
    Attack(
        name="23 namespaces of its own",
        reason="has every capability in them, which reaches much of the kernel",
        script="""
def attack():
    return [call("unshare", 0x10000000), call("clone", 0x10000011), call("clone3", bytes(88), 88)]
""",
        inside=["EPERM", "EPERM", "ENOSYS"],
        filtered=["EPERM", "EPERM", "ENOSYS"],
        stopped_by="seccomp",
    ),
    Attack(
        name="24 other namespaces, the kernel's settings",
        reason="leaves its own; has the kernel start a program",
        script="""
def attack():
    return [call("setns", 3), opened("/proc/sys/kernel/core_pattern", "w"),
            opened("/sys/fs/cgroup/cgroup.procs", "w")]
""",
        inside=["EPERM", "ENOENT", "ENOENT"],
        filtered=["EPERM", "EACCES", "EACCES"],
        stopped_by="seccomp; mount namespace; Landlock",
    ),
    Attack(
        name="25 pipes, devices and links",
        reason="makes the host wait, or read what it should not",
        script="""
def attack():
    return [tried(os.mkfifo, "a.png"), tried(os.mknod, "b.png", 0o20600, 0x101),
            tried(os.link, "/usr/bin/env", "c.png") in ("EXDEV", "EPERM"),
            tried(os.symlink, "/etc/shadow", "d.png")]
""",
        inside=["EPERM", "EPERM", True, None],
        filtered=["EPERM", "EPERM", True, None],
        stopped_by="seccomp; Landlock; the host follows no link",
    ),
    Attack(
        name="26 a file of a terabyte without content",
        reason="makes the host read a terabyte",
        script="""
def attack():
    open("a.png", "w").close()
    return tried(os.truncate, "a.png", 1 << 40)
""",
        inside="EFBIG",
        filtered="EPERM",
        stopped_by="RLIMIT_FSIZE; seccomp",
    ),
    Attack(
        name="27 a result of many columns",
        reason="checking its schema takes minutes",
        script="""
def azureml_main():
    import numpy as np
    return pd.DataFrame(np.zeros((1, 3000))),
""",
        inside=ended("result-too-large"),
        filtered=ended("result-too-large"),
        stopped_by="the host counts before it reads",
        changes={"result_columns": 1000},
    ),
    Attack(
        name="28 deaf and endless",
        reason="never ends by itself, whatever it is told",
        script="""
def attack():
    for number in range(1, 65):
        tried(signal.signal, number, signal.SIG_IGN)
    while True:
        pass
""",
        inside=ended("timed-out"),
        filtered=ended("timed-out"),
        stopped_by="the host's clock",
        changes={"timeout_seconds": 1},
    ),
    Attack(
        name="29 gone without a result",
        reason="leaves the host waiting",
        script="""
def attack():
    os._exit(0)
""",
        inside=ended("ended-without-result"),
        filtered=ended("ended-without-result"),
        stopped_by="the host sees the socket's end",
    ),
    Attack(
        name="33 daemon",
        reason="goes on when the run is over",
        script="""
def attack():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", "4711"])
        os._exit(0)
    return "started"
""",
        inside="started",
        filtered=ended("script-exception"),
        stopped_by="pid namespace; seccomp",
    ),
    Attack(
        name="36 preloaded libraries",
        reason="puts its code into programs of other users",
        script="""
def attack():
    return [opened(path, "w") for path in ("/etc/ld.so.preload", "/usr/lib/x.so")]
""",
        inside=["EROFS", "EROFS"],
        filtered=["EACCES", "EACCES"],
        stopped_by="read-only mounts; Landlock",
    ),
    Attack(
        name="37 poisoned packages",
        reason="changes what later runs import",
        script="""
def attack():
    packages = os.path.dirname(os.path.dirname(pd.__file__))
    return [opened(f"{packages}/evil.pth", "w"), opened(pd.__file__, "r+b"),
            tried(os.rename, pd.__file__, "x"), tried(os.unlink, json.__file__)]
""",
        # Whose the file is decides which of two refusals comes first.
        inside=["EROFS", "EACCES" if os.geteuid() == 0 else "EROFS", "EXDEV", "EROFS"],
        filtered=["EACCES", "EACCES", "EACCES", "EACCES"],
        stopped_by="read-only mounts; Landlock",
    ),
    Attack(
        name="39 more than its limits",
        reason="takes back what the limits took",
        script="""
def attack():
    import resource
    def raised(which):
        soft, hard = resource.getrlimit(which)
        resource.setrlimit(which, (hard + 1, hard + 1))
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC,
             resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
    return [sorted({tried(raised, kind) for kind in kinds}), tried(os.nice, -5),
            call("sched_setscheduler", 0, 1, bytes(4)), call("sched_setaffinity", 0, 8, b"\\xff" * 8)]
""",
        inside=[["ValueError"], "EPERM", "EPERM", "EPERM"],
        filtered=[["ValueError"], "EPERM", "EPERM", "EPERM"],
        stopped_by="no capability; seccomp",
    ),
    Attack(
        name="41 the kernel's log and devices",
        reason="reads kernel addresses and what others do",
        script="""
def attack():
    return [call("syslog", 3, bytes(10), 10), opened("/dev/kmsg"), opened("/sys/kernel/notes"),
            opened("/proc/kallsyms")]
""",
        inside=["EPERM", "ENOENT", "ENOENT", "ENOENT"],
        filtered=["EPERM", "EACCES", "EACCES", "EACCES"],
        stopped_by="seccomp; mount namespace; Landlock",
    ),
    Attack(
        name="42 secrets in memory",
        reason="the fork is a copy of a process of the service",
        script="""
def attack():
    found = [name for name in os.environ if TOKEN.search(os.environb[name.encode()])]
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.read().splitlines():
            span, rights, *_ = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if rights.startswith("rw") and start < 1 << 47:
                content = tried(os.pread, memory.fileno(), min(end - start, 1 << 28), start)
                found += TOKEN.findall(content) if isinstance(content, bytes) else []
    return found
""",
        inside=[],
        filtered=[],
        stopped_by="the zygote is started by exec with an environment of its own",
    ),
    Attack(
        name="43 exit",
        reason="ends the interpreter early",
        script="def attack():\n    sys.exit(3)\n",
        inside=ended("script-exit"),
        filtered=ended("script-exit"),
        stopped_by="the guest catches it",
    ),
    Attack(
        name="44 segmentation fault",
        reason="ends the interpreter early",
        script="def attack():\n    ctypes.string_at(0)\n",
        inside=ended("crashed"),
        filtered=ended("crashed"),
        stopped_by="the zygote reports the signal",
    ),
    Attack(
        name="45 abort",
        reason="ends the interpreter early",
        script="def attack():\n    os.abort()\n",
        inside=ended("crashed"),
        filtered=ended("crashed"),
        stopped_by="the zygote reports the signal",
    ),
    Attack(
        name="46 terminals",
        reason="types into the terminal from which Studiolo was started",
        script="""
def attack():
    import fcntl
    return [tried(fcntl.ioctl, descriptor, 0x5412, b"x") for descriptor in (0, 1)] + [
        opened("/dev/tty"), opened("/dev/ptmx")]
""",
        inside=["ENOTTY", "ENOTTY", "ENOENT", "ENOENT"],
        filtered=["ENOTTY", "ENOTTY", "EACCES", "EACCES"],
        stopped_by="seccomp; mount namespace; Landlock",
    ),
]
if platform.machine() == "x86_64":
    ATTACKS += [
        Attack(
            name="40 another mode of the processor",
            reason="the same calls have other numbers there",
            script="def attack():\n    return call(0x40000000 | 39)\n",
            inside=ended("system-call-refused"),
            filtered=ended("system-call-refused"),
            stopped_by="seccomp",
        ),
    ]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(attack: Attack, place: Place, planted: Planted) -> None:
    script = f"{PREAMBLE}{planted.as_script}{attack.script}"
    outcome = place.run(script, limits=replace(TIGHT, **attack.changes))
    expected = attack.inside if place.namespaces else attack.filtered
    if isinstance(expected, Ended):
        assert outcome.failure is not None, outcome
        assert outcome.failure.code in expected.codes, (outcome.failure, outcome.device.console)
    else:
        assert answer_of(outcome) == expected
    assert_works(place)
    planted.assert_untouched()
