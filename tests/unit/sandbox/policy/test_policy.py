import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from studiolo.sandbox.errors import PolicyError, UnsupportedArchitectureError
from studiolo.sandbox.policy.policy import DEFAULT_POLICY, load_policy
from studiolo.sandbox.policy.syscall_numbers import (
    known_syscalls,
    supported_architectures,
    syscall_numbers,
)

TEXT = DEFAULT_POLICY.read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, f"the policy has {TEXT.count(old)} times {old!r}"
    return TEXT.replace(old, new)


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def refused(text: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        load_policy(text)
    return caught.value


def test_default_limits_are_those_of_the_file() -> None:
    limits = load_policy().limits
    assert dataclasses.asdict(limits) == {
        "memory": 4 * 2**30,
        "timeout_seconds": 600,
        "cpus": 2,
        "processes": 64,
        "open_files": 256,
        "processes_uncounted": 32,
        "open_files_uncounted": 64,
        "file_size": 2**30,
        "work_directory_size": 2**30,
        "work_directory_files": 16384,
        "console_kept": 4 * 2**20,
        "console_rate": 16 * 2**20,
        "result_size": 8 * 2**30,
        "result_columns": 100_000,
        "images": 64,
        "image_bytes": 32 * 2**20,
        "image_pixels": 64_000_000,
        "report_size": 16 * 2**20,
    }
    assert limits.cpu_seconds == 1200


def test_default_view_of_files() -> None:
    filesystem = load_policy().filesystem
    assert filesystem.read_only == ("/usr", "/lib", "/lib64", "/bin", "/sbin")
    assert filesystem.shown == (
        "/etc/fonts",
        "/etc/ld.so.cache",
        "/etc/ssl/certs",
    )
    assert {Path(device).name for device in filesystem.devices} == {
        "null",
        "zero",
        "full",
        "random",
        "urandom",
    }
    assert set(filesystem.written) == {
        "/etc/passwd",
        "/etc/group",
        "/etc/hosts",
        "/etc/nsswitch.conf",
        "/etc/studiolo/bin/pip",
        "/etc/studiolo/python/pip.py",
    }
    assert filesystem.folders[0] == "/job/work"
    assert all(
        target.startswith(("/job/", "/proc/self/", "/etc/studiolo/"))
        for target in filesystem.links.values()
    )


def test_default_environment_keeps_libraries_from_starting_threads() -> None:
    environment = load_policy().environment
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        assert environment[name] == "1"
    assert environment["JE_ARROW_MALLOC_CONF"] == "background_thread:false"
    assert environment["ARROW_DEFAULT_MEMORY_POOL"] == "system"


def test_default_layers() -> None:
    policy = load_policy()
    assert set(policy.namespaces) == {"user", "mount", "pid", "network", "ipc", "uts", "cgroup"}
    assert policy.landlock.network == ()
    assert policy.landlock.network_by_name == ("connect_tcp",)
    assert set(policy.landlock.scoped) == {"abstract_unix_socket", "signal"}
    for right in ("make_sock", "make_fifo", "make_char", "make_block", "ioctl_dev"):
        assert right not in policy.landlock.private
    assert "write_file" not in policy.landlock.read_only
    assert {policy.rlimits[name] for name in ("memlock", "msgqueue")} == {0}
    # core(5): at 1 the kernel neither writes a file nor feeds a program, at 0 it feeds the program.
    assert policy.rlimits["core"] == 1


def test_a_policy_is_read_from_a_path_or_a_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(changed("images = 64", "images = 3"), encoding="utf-8")
    assert load_policy(path).limits.images == 3
    assert load_policy(TEXT) == load_policy()


def test_unknown_key_names_line_section_and_what_is_meant() -> None:
    text = changed('memory = "4GiB"', 'memroy = 3\nmemory = "4GiB"')
    error = refused(text)
    assert error.line == line_of(text, "memroy")
    assert f'line {error.line}: [limits] has no key "memroy". Did you mean "memory"?' in str(error)
    assert error.mistake is not None
    assert (error.mistake.table, error.mistake.key) == ("limits", "memroy")
    assert "timeout_seconds" in error.mistake.known
    assert error.code == "sandbox-policy-invalid"


def test_unknown_section_is_named() -> None:
    error = refused(TEXT + "\n[secomp]\nx = 1\n")
    assert 'the file has no key "secomp".' in str(error)
    assert error.line == len(TEXT.splitlines()) + 2
    assert 'Did you mean "seccomp"?' in str(error)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('memory = "4GiB" ', "memory = 4 ", '"memory" in [limits] must be text in quotes, not 4.'),
        ('memory = "4GiB" ', 'memory = "4PiB" ', '"memory" in [limits]: "4PiB" is not a size.'),
        ('memory = "4GiB" ', 'memory = "0GiB" ', '"0GiB" is not a size.'),
        ("cpus = 2 ", "", '[limits] needs a key "cpus".'),
        ("cpus = 2 ", "cpus = 0 ", '"cpus" in [limits] must be a whole number from 1, not 0.'),
        ("cpus = 2 ", "cpus = true ", 'must be a whole number from 1, not true.'),
        ("images = 64", "images = -1", 'must be a whole number from 0, not -1.'),
        ('LANG = "C.UTF-8"', "LANG = 1", '"LANG" in [environment] must be text in quotes, not 1.'),
        ('private = "/job"', 'private = "/other"', 'which is not below "/other"'),
        ('"/dev/full"', '"dev/full"', 'has "dev/full", which must be an absolute path'),
        ('"/etc/fonts"', '"/etc/../root"', 'has "/etc/../root", which must be an absolute path'),
        ('"/dev/full"', '"/dev/null"', '"devices" in [filesystem] lists "/dev/null" twice.'),
        ('uts = "own host name"', 'utc = ""', '[namespaces] has no key "utc".'),
        ('network = []  ', 'network = ["udp"]', '"network" in [landlock] can\'t be "udp".'),
        ("pid = ", "cgroup_pid = ", '[namespaces] has no key "cgroup_pid".'),
        ('pid = "own process ids: sees', '# "', '[namespaces] needs a key "pid"'),
        ("core = 1 ", "cores = 1 ", '[rlimits] has no key "cores".'),
        ('unknown = "ENOSYS"', 'unknown = "EINVAL"', '"unknown" in [seccomp] can\'t be "EINVAL".'),
        ('"brk", "mmap"', '"brkk", "mmap"', 'has "brkk", which is not a system call'),
        ('"brk", "mmap"', '"brk", "read"', 'has "read", which is in "memory" already'),
        ('"brk", "mmap"', '"brk", "mmap", "bpf"', 'has "bpf", but a different list allows it'),
        ('"brk", "mmap"', '"brk", "mmap", "clone"', 'has "clone", which may be in only one of'),
        ('"fork", "vfork", "pidfd_open", "pidfd', '"bpf", "pidfd', 'restricts "bpf" further'),
        ("AF_UNIX = 1}", "AF_UNIX = 0x100000000}", 'must fit 32 bits, not 0x100000000'),
        ("allowed_values = {AF_UNIX = 1}", "", "needs either values"),
        ("allowed_values = {AF_UNIX = 1}", "values = {}", 'has no key "values".'),
        ("[seccomp.checked.socketpair]\nargument = 0", "[seccomp.checked.socketpair]\nargument = 6",
         'must be a whole number from 0 to 5, not 6'),
    ],
)  # fmt: skip
def test_mistakes_are_refused(old: str, new: str, problem: str) -> None:
    error = refused(changed(old, new))
    assert problem in str(error)
    assert error.line is not None


def test_broken_toml_is_refused_with_its_place() -> None:
    assert "line 2" in str(refused("[limits]\nmemory =\n"))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r'the file ".*none\.toml" cannot be read'):
        load_policy(tmp_path / "none.toml")


def test_every_name_is_a_system_call_of_some_architecture() -> None:
    syscalls = load_policy().syscalls
    named = (
        syscalls.allowed
        | syscalls.denied
        | syscalls.refused.keys()
        | syscalls.checked.keys()
        | syscalls.alone_refused
        | syscalls.alone_checked.keys()
    )
    assert named <= known_syscalls()


@pytest.mark.parametrize("architecture", supported_architectures())
def test_numbers_are_unique(architecture: str) -> None:
    numbers = syscall_numbers(architecture)
    assert len(set(numbers.values())) == len(numbers) > 300


@pytest.mark.parametrize(
    ("name", "x86_64", "aarch64"),
    [
        ("read", 0, 63),
        ("openat", 257, 56),
        ("open", 2, None),
        ("fork", 57, None),
        ("mmap", 9, 222),
        ("newfstatat", 262, 79),
        ("seccomp", 317, 277),
        ("close_range", 436, 436),
        ("openat2", 437, 437),
        ("memfd_secret", 447, 447),
        ("cachestat", 451, 451),
        ("mseal", 462, 462),
        ("file_setattr", 469, 469),
    ],
)
def test_numbers_are_those_of_the_kernel(name: str, x86_64: int, aarch64: int | None) -> None:
    assert syscall_numbers("x86_64")[name] == x86_64
    assert syscall_numbers("aarch64").get(name) == aarch64


def test_other_architectures_are_a_typed_reason() -> None:
    with pytest.raises(
        UnsupportedArchitectureError, match=r'"riscv64"; supported: x86_64'
    ) as caught:
        syscall_numbers("riscv64")
    assert caught.value.architecture == "riscv64"
    assert caught.value.supported == ("x86_64", "aarch64")


def test_reading_the_policy_loads_the_standard_library_only() -> None:
    code = (
        "import sys\n"
        "from studiolo.sandbox.policy.policy import load_policy\n"
        "load_policy()\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(names & {'numpy', 'pandas', 'pyarrow', 'rich', 'typer', 'uv'}))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
