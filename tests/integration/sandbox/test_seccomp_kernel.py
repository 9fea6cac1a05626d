import errno
import json
import platform
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("confined_child.py")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
    reason="system calls are filtered on Linux, x86_64 and aarch64",
)
ONLY_X86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="a mode of x86_64")


def run(level: str, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CHILD), level],
        input=textwrap.dedent(code),
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )


def results(level: str, calls: list[tuple[str, list[int]]], folder: Path) -> dict[str, int]:
    code = f"""
        import json
        print(json.dumps({{name: call(name, *arguments) for name, arguments in {calls!r}}}))
    """
    done = run(level, code, folder)
    assert done.returncode == 0, done.stderr
    answers: dict[str, int] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("level", ["free", "alone"])
def test_the_kernel_refuses_what_the_policy_refuses(level: str, tmp_path: Path) -> None:
    # With zeros these do no harm, and do not answer EPERM, should one get through.
    refused = ["unshare", "setns", "ptrace", "bpf", "keyctl", "io_uring_setup", "perf_event_open",
               "userfaultfd", "memfd_create", "landlock_create_ruleset", "process_vm_readv",
               "shmget", "sched_setaffinity", "cachestat", "inotify_init1", "pidfd_getfd",
               "setsockopt", "connect", "fchown", "splice"]  # fmt: skip
    answers = results(level, [(name, [0] * 6) for name in refused], tmp_path)
    assert answers == dict.fromkeys(refused, -errno.EPERM)
    answers = results(
        level,
        [
            ("clone3", []),
            ("clone", [0x10000011]),
            ("socket", [1, 1, 0]),
            ("socketpair", [2, 1, 0, 0]),
            ("ioctl", [0, 0x5412, 0]),
            ("fcntl", [0, 8, 1]),
            ("prctl", [4, 0]),
            ("madvise", [0, 0, 12]),
        ],
        tmp_path,
    )
    assert answers == {
        "clone3": -errno.ENOSYS,
        "clone": -errno.EPERM,
        "socket": -errno.EACCES,
        "socketpair": -errno.EACCES,
        "ioctl": -errno.ENOTTY,
        "fcntl": -errno.EPERM,
        "prctl": -errno.EPERM,
        "madvise": -errno.EPERM,
    }


@pytest.mark.parametrize("level", ["free", "alone"])
def test_the_kernel_lets_through_what_the_policy_allows(level: str, tmp_path: Path) -> None:
    answers = results(
        level,
        [
            ("getpid", []),
            ("sched_yield", []),
            ("madvise", [0, 0, 4]),
            ("prctl", [39, 0, 0, 0, 0]),
            ("fcntl", [0, 3]),
            ("prlimit64", [0, 7, 0, 0]),
            ("close", [9999]),
        ],
        tmp_path,
    )
    assert answers.pop("getpid") > 0
    assert answers.pop("close") == -errno.EBADF
    assert answers.pop("prctl") == 1
    assert set(answers.values()) == {0}


def test_a_run_alone_can_neither_fork_nor_touch_others(tmp_path: Path) -> None:
    code = """
        import errno, os, signal, subprocess, threading
        def refused(action, *arguments):
            try:
                action(*arguments)
            except PermissionError:
                return True
        assert refused(os.fork)
        assert refused(subprocess.run, ["/bin/true"])
        assert refused(os.kill, os.getppid(), 0)
        assert refused(os.kill, 0, 0)
        assert refused(os.kill, -1, 0)
        assert refused(os.setpriority, os.PRIO_PROCESS, os.getppid(), 19)
        assert call("prlimit64", os.getppid(), 7, 0, 0) == -errno.EPERM
        assert call("prlimit64", os.getpid(), 7, 0, 0) == 0
        caught = []
        signal.signal(signal.SIGUSR1, lambda *_: caught.append("itself"))
        os.kill(os.getpid(), signal.SIGUSR1)
        signal.raise_signal(signal.SIGUSR1)
        thread = threading.Thread(target=caught.append, args=["thread"])
        thread.start()
        thread.join()
        print(caught)
    """
    done = run("alone", code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['itself', 'itself', 'thread']"


def test_a_run_aborts_with_its_own_signal_when_alone(tmp_path: Path) -> None:
    done = run("alone", "import os; os.abort()", tmp_path)
    assert done.returncode == -signal.SIGABRT


def test_ordinary_programs_work(tmp_path: Path) -> None:
    code = """
        import asyncio, multiprocessing, shutil, sqlite3, subprocess, tempfile, threading, time
        from concurrent.futures import ThreadPoolExecutor
        from pathlib import Path
        Path("a.txt").write_text("text\\n")
        subprocess.run("ls -l . && cp a.txt b.txt && cat b.txt | sort", shell=True, check=True)
        shutil.copy2("a.txt", "c.txt")
        shutil.copytree(".", tempfile.mkdtemp() + "/copy")
        with sqlite3.connect("d.db") as database:
            database.execute("create table t (x)")
        async def main():
            process = await asyncio.create_subprocess_exec("true")
            return await process.wait()
        assert asyncio.run(main()) == 0
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(abs, [-1, -2]) == [1, 2]
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(abs, [-1, -2])) == [1, 2]
        print("all of it")
    """
    done = run("free", code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("text\nall of it\n")
    assert (tmp_path / "b.txt").read_text() == (tmp_path / "c.txt").read_text() == "text\n"


def test_numerical_libraries_work(tmp_path: Path) -> None:
    code = """
        import numpy as np
        import pandas as pd
        import pyarrow.parquet
        frame = pd.DataFrame({"x": np.arange(1000.0), "s": ["a", "b"] * 500})
        frame.to_parquet("f.parquet")
        assert pd.read_parquet("f.parquet").groupby("s").x.sum()["a"] == 249500.0
        assert np.linalg.inv(np.eye(300)).trace() == 300
    """
    for level in ("free", "alone"):
        done = run(level, code, tmp_path)
        assert done.returncode == 0, done.stderr


@ONLY_X86_64
def test_x32_calls_kill(tmp_path: Path) -> None:
    done = run("free", "call_number(0x40000000 | 39)", tmp_path)
    assert done.returncode == -signal.SIGSYS


@ONLY_X86_64
def test_32_bit_calls_kill(tmp_path: Path) -> None:
    code = """
        import ctypes, mmap
        memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        memory.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20; int 0x80; ret
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
    """
    done = run("free", code, tmp_path)
    assert done.returncode == -signal.SIGSYS


def test_calls_newer_than_the_table_are_unknown(tmp_path: Path) -> None:
    done = run("free", "print(call_number(4000))", tmp_path)
    assert done.stdout.strip() == str(-errno.ENOSYS), done.stderr
