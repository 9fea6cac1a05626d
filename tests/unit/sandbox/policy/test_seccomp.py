import struct
import tomllib
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.sandbox.errors import UnsupportedArchitectureError
from studiolo.sandbox.policy.bpf import (
    Branch,
    Comparison,
    Goto,
    Label,
    Load,
    Return,
    Statement,
    assemble,
)
from studiolo.sandbox.policy.policy import DEFAULT_POLICY, load_policy
from studiolo.sandbox.policy.seccomp import ALLOW, AUDIT_ARCHITECTURES, KILL_PROCESS, build_filter
from studiolo.sandbox.policy.syscall_numbers import supported_architectures, syscall_numbers
from studiolo.sandbox.policy.syscall_policy import FilterUse

POLICY = load_policy()
#: The file as it stands, read without our reader: what the filter is compared with.
WRITTEN: dict[str, Any] = tomllib.loads(DEFAULT_POLICY.read_text(encoding="utf-8"))["seccomp"]
ARCHITECTURES = supported_architectures()
PROCESS = 4711
IGNORED, EPERM, EACCES, ENOTTY, ENOSYS = (0x00050000 | number for number in (0, 1, 13, 25, 38))
ANSWERS = {"EPERM": EPERM, "EACCES": EACCES, "ENOTTY": ENOTTY, "ENOSYS": ENOSYS}
FILTERS = {
    (architecture, allow_fork): build_filter(
        POLICY, FilterUse(allow_fork=allow_fork), architecture=architecture
    ).for_process(PROCESS)
    for architecture in ARCHITECTURES
    for allow_fork in (True, False)
}
WORDS = st.integers(min_value=0, max_value=2**32 - 1)
REGISTERS = st.integers(min_value=0, max_value=2**64 - 1)
LEVELS = st.sampled_from(sorted(FILTERS))


def run(program: bytes, data: bytes) -> int:
    """What the kernel does with a filter: independent of the assembler, and stricter."""
    code: list[tuple[int, int, int, int]] = list(struct.iter_unpack("<HBBI", program))
    position, word = 0, 0
    while True:
        operation, then, otherwise, value = code[position]
        position += 1
        match operation:
            case 0x20:
                assert value % 4 == 0
                (word,) = struct.unpack_from("<I", data, value)
            case 0x06:
                return value
            case 0x05:
                position += value
            case 0x15 | 0x25 | 0x35 | 0x45:
                compare = {
                    0x15: word == value,
                    0x25: word > value,
                    0x35: word >= value,
                    0x45: bool(word & value),
                }
                position += then if compare[operation] else otherwise
            case _:
                raise AssertionError(f"no such instruction: {operation:#x}")


def verdict(
    level: tuple[str, bool], number: int, arguments: Iterable[int] = (), audit: int | None = None
) -> int:
    architecture = AUDIT_ARCHITECTURES[level[0]] if audit is None else audit
    registers = [*arguments, *[0] * 6][:6]
    return run(FILTERS[level], struct.pack("<IIQ6Q", number, architecture, 0, *registers))


def by_name(level: tuple[str, bool], name: str, *arguments: int) -> int:
    return verdict(level, syscall_numbers(level[0])[name], arguments)


def groups(section: str) -> set[str]:
    return {name for group in WRITTEN[section].values() for name in group}


@pytest.mark.parametrize("level", sorted(FILTERS))
def test_every_call_gets_what_the_file_says(level: tuple[str, bool]) -> None:
    architecture, allow_fork = level
    ignored = set() if allow_fork else {*WRITTEN["alone"]["ignored"]}
    alone = set() if allow_fork else {*WRITTEN["alone"]["refused"]} | ignored
    conditional = {*WRITTEN["checked"]} | (set() if allow_fork else {*WRITTEN["alone"]["checked"]})
    plain = groups("allowed") - conditional - alone
    for name in syscall_numbers(architecture):
        if name in plain:
            assert by_name(level, name, *[2**64 - 1] * 6) == ALLOW, name
        elif name in WRITTEN["refused"]:
            assert by_name(level, name) == ANSWERS[WRITTEN["refused"][name]], name
        elif name in ignored:
            assert by_name(level, name) == IGNORED, name
        elif name not in conditional or name in alone:
            assert by_name(level, name) == EPERM, name
    assert len(plain) > 150


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("allow_fork", [True, False])
def test_the_warm_up_may_do_what_runs_may_and_a_little_more(
    architecture: str, allow_fork: bool
) -> None:
    built = build_filter(
        POLICY, FilterUse(allow_fork=allow_fork, warm_up=True), architecture=architecture
    ).for_process(PROCESS)
    groups_named = {name: set(calls) for name, calls in WRITTEN["warm_up"].items()}
    del groups_named["network"]
    if not allow_fork:
        del groups_named["namespaces"]
    more = set().union(*groups_named.values())
    for name, number in syscall_numbers(architecture).items():
        data = struct.pack("<IIQ6Q", number, AUDIT_ARCHITECTURES[architecture], 0, *[0] * 6)
        expected = ALLOW if name in more else by_name((architecture, allow_fork), name)
        assert run(built, data) == expected, name
    assert {"ptrace", "bpf", "io_uring_setup", "keyctl", "socket", "umount2"}.isdisjoint(more)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_nothing_is_truncated_by_opening_it_for_reading(architecture: str) -> None:
    alone, inside = (architecture, False), (architecture, True)
    write_only, read_write, create, truncate, close_on_exec = 1, 2, 0x40, 0x200, 0x80000
    for bad in (truncate, truncate | create, truncate | close_on_exec):
        assert by_name(alone, "openat", 3, 0, bad) == EACCES
        assert by_name(inside, "openat", 3, 0, bad) == ALLOW
    for good in (0, create, write_only | truncate, read_write | truncate | create):
        assert by_name(alone, "openat", 3, 0, good) == ALLOW
    assert by_name(alone, "openat2") == EPERM


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_nothing_is_truncated_by_its_path(architecture: str) -> None:
    """Landlock refuses it as well from version 3 on, which hides a hole in the filter."""
    assert by_name((architecture, False), "truncate") == EPERM
    assert by_name((architecture, True), "truncate") == ALLOW


@pytest.mark.parametrize("level", sorted(FILTERS))
def test_calls_that_must_never_pass(level: tuple[str, bool]) -> None:
    names = groups("denied") | {
        "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "ptrace", "bpf", "keyctl",
        "process_vm_readv", "io_uring_setup", "perf_event_open", "userfaultfd", "memfd_create",
        "seccomp", "landlock_restrict_self", "mknodat", "kexec_load", "init_module", "shmget",
        "connect", "bind", "listen", "accept4", "setsockopt", "sched_setaffinity", "cachestat",
        "sendmsg", "sendmmsg", "add_key", "request_key", "mq_open", "msgget", "semget",
        "inotify_init", "inotify_init1", "fanotify_init", "io_setup",
    }  # fmt: skip
    for name in names & syscall_numbers(level[0]).keys():
        for fill in (0, 1, 2**64 - 1):
            assert by_name(level, name, *[fill] * 6) == EPERM, name


@given(level=LEVELS, number=WORDS, arguments=st.lists(REGISTERS, min_size=6, max_size=6))
def test_numbers_that_are_no_call_never_pass(
    level: tuple[str, bool], number: int, arguments: list[int]
) -> None:
    numbers = syscall_numbers(level[0]).values()
    if number in numbers:
        return
    result = verdict(level, number, arguments)
    if level[0] == "x86_64" and number >= 0x40000000:
        assert result == KILL_PROCESS
    else:
        assert result == (ENOSYS if number > max(numbers) else EPERM)


@pytest.mark.parametrize("level", sorted(FILTERS))
def test_gaps_and_newer_numbers(level: tuple[str, bool]) -> None:
    numbers = set(syscall_numbers(level[0]).values())
    for gap in set(range(max(numbers))) - numbers:
        assert verdict(level, gap) == EPERM
    assert verdict(level, max(numbers) + 1) == ENOSYS


def test_a_gap_does_not_inherit_the_call_before_it() -> None:
    text = DEFAULT_POLICY.read_text(encoding="utf-8").replace('"kexec_file_load", ', "")
    policy = load_policy(
        text.replace('machine = ["uname"', 'machine = ["kexec_file_load", "uname"')
    )
    built = build_filter(policy, FilterUse(allow_fork=True), architecture="aarch64")
    audit = AUDIT_ARCHITECTURES["aarch64"]
    for number, answer in ((293, ALLOW), (294, ALLOW), (295, EPERM)):
        assert run(built.program, struct.pack("<IIQ6Q", number, audit, 0, *[0] * 6)) == answer


@given(level=LEVELS, number=WORDS, audit=WORDS)
def test_another_processor_mode_is_killed(level: tuple[str, bool], number: int, audit: int) -> None:
    if audit != AUDIT_ARCHITECTURES[level[0]]:
        assert verdict(level, number, audit=audit) == KILL_PROCESS


@pytest.mark.parametrize("allow_fork", [True, False])
@pytest.mark.parametrize("name", ["read", "fork", "execve", "mmap"])
def test_x32_calls_are_killed(name: str, allow_fork: bool) -> None:
    number = syscall_numbers("x86_64")[name] | 0x40000000
    assert verdict(("x86_64", allow_fork), number) == KILL_PROCESS


def expected(level: tuple[str, bool], name: str, arguments: list[int]) -> int:
    """The checks of a call, computed from the file the plain way."""
    lists = [WRITTEN["checked"]] if level[1] else [WRITTEN["checked"], WRITTEN["alone"]["checked"]]
    for check in (checks[name] for checks in lists if name in checks):
        value = arguments[check["argument"]]
        passes = True
        if "allowed_values" in check or "own_process" in check:
            values = {*check.get("allowed_values", {}).values()}
            passes = value in values | ({PROCESS} if check.get("own_process") else set())
        if "allowed_bits" in check:
            passes = passes and value & ~sum(check["allowed_bits"].values()) == 0
        for bit in check.get("required_bits", {}).values():
            passes = passes and value < 2**32 and value & bit == bit
        if refused := dict(check.get("refused_bits", {})):
            mask = refused.pop("mask")
            passes = passes and value < 2**32 and value & mask != sum(refused.values())
        if not passes:
            return ANSWERS[check["otherwise"]]
    return ALLOW


CONDITIONAL = sorted({*WRITTEN["checked"], *WRITTEN["alone"]["checked"]})
INTERESTING = sorted(
    {
        near % 2**64
        for check in [*WRITTEN["checked"].values(), *WRITTEN["alone"]["checked"].values()]
        for words in (
            check.get("allowed_values", {}),
            check.get("allowed_bits", {}),
            check.get("refused_bits", {}),
        )
        for value in [*words.values(), sum(words.values()), PROCESS, 0x7FFFFFFF]
        for near in (value - 1, value, value + 1, value | 1 << 32, value | 0xFFFFFFFF << 32)
    }
)


@given(
    level=LEVELS,
    name=st.sampled_from(CONDITIONAL),
    arguments=st.lists(
        st.one_of(REGISTERS, WORDS, st.sampled_from(INTERESTING)), min_size=6, max_size=6
    ),
)
def test_arguments_are_judged_in_full(
    level: tuple[str, bool], name: str, arguments: list[int]
) -> None:
    if name in syscall_numbers(level[0]):
        assert by_name(level, name, *arguments) == expected(level, name, arguments)


@pytest.mark.parametrize("level", sorted(FILTERS))
@pytest.mark.parametrize("name", CONDITIONAL)
def test_every_interesting_argument(level: tuple[str, bool], name: str) -> None:
    if name in syscall_numbers(level[0]):
        for value in INTERESTING:
            arguments = [value] * 6
            assert by_name(level, name, *arguments) == expected(level, name, arguments), value


PTHREAD, FORK = 0x3D0F00, 0x1200011
NAMESPACES = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80)


@pytest.mark.parametrize("level", sorted(FILTERS))
def test_clone_makes_threads_and_forks_but_no_namespaces(level: tuple[str, bool]) -> None:
    assert by_name(level, "clone", PTHREAD) == ALLOW
    assert by_name(level, "clone", FORK) == (ALLOW if level[1] else EPERM)
    for flags in (PTHREAD, FORK):
        for more in (*NAMESPACES, 0x2000, 0x8000, *(1 << bit for bit in range(32, 64))):
            assert by_name(level, "clone", flags | more) == EPERM, hex(more)
    assert by_name(level, "clone3") == ENOSYS


@pytest.mark.parametrize("level", sorted(FILTERS))
def test_no_sockets_but_unix_pairs(level: tuple[str, bool]) -> None:
    for family in range(64):
        assert by_name(level, "socket", family, 1) == EACCES
        assert by_name(level, "socketpair", family, 1) == (ALLOW if family == 1 else EACCES)
    assert by_name(level, "socketpair", 1 | 1 << 32, 1) == EACCES


NETWORK = {
    architecture: build_filter(
        POLICY, FilterUse(allow_fork=True, network=True), architecture=architecture
    ).for_process(PROCESS)
    for architecture in ARCHITECTURES
}


def with_network(architecture: str, name: str, *arguments: int) -> int:
    registers = [*arguments, *[0] * 6][:6]
    number, audit = syscall_numbers(architecture)[name], AUDIT_ARCHITECTURES[architecture]
    return run(NETWORK[architecture], struct.pack("<IIQ6Q", number, audit, 0, *registers))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_run_with_a_network_may_do_what_the_file_says_and_no_more(architecture: str) -> None:
    listed = {*WRITTEN["network"]["allowed"], *WRITTEN["network"]["checked"]}
    for name in set(syscall_numbers(architecture)) - listed:
        expected = by_name((architecture, True), name, *[2**64 - 1] * 6)
        assert with_network(architecture, name, *[2**64 - 1] * 6) == expected, name
    for name in WRITTEN["network"]["allowed"]:
        assert with_network(architecture, name, *[2**64 - 1] * 6) == ALLOW
    assert listed.isdisjoint({"bind", "listen", "accept", "accept4", "sendmsg", "sendmmsg"})


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_run_with_a_network_has_tcp_alone(architecture: str) -> None:
    for family in range(64):
        expected = ALLOW if family in (2, 10) else EACCES
        assert with_network(architecture, "socket", family, 1) == expected
    for kind in range(16):
        for flags in (0, 0x800, 0x80000, 0x80800):
            expected = ALLOW if kind == 1 else EACCES
            assert with_network(architecture, "socket", 2, kind | flags) == expected
    for protocol in (*range(256), 262, 1 << 32):
        expected = ALLOW if protocol in (0, 6) else EACCES
        assert with_network(architecture, "socket", 2, 1, protocol) == expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_run_with_a_network_sets_ordinary_options(architecture: str) -> None:
    options = set(WRITTEN["network"]["checked"]["setsockopt"]["option"]["allowed_values"].values())
    for level in (0, 1, 2, 6, 17, 41, 255, 263, 1 << 32 | 1):
        for option in range(80):
            expected = ALLOW if level in (1, 6) and option in options else EPERM
            assert with_network(architecture, "setsockopt", 3, level, option) == expected
    # SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF, TCP_ULP
    assert options.isdisjoint({26, 50, 51, 52, 31})


@pytest.mark.parametrize("level", sorted(FILTERS))
def test_single_arguments(level: tuple[str, bool]) -> None:
    for request in (0x5412, 0x541C, 0x8901, 0x8902, 0x5412 | 1 << 32):  # TIOCSTI, TIOCLINUX ...
        assert by_name(level, "ioctl", 0, request) == ENOTTY
    assert by_name(level, "ioctl", 0, 0xC0606610) == ALLOW  # PAGEMAP_SCAN
    for command in (8, 10, 15, 1024, 1026, 1031, 1033):  # F_SETOWN, F_SETSIG ... F_ADD_SEALS
        assert by_name(level, "fcntl", 0, command) == EPERM
    for option in (4, 22, 35, 36, 53, 67, 0x59616D61):  # PR_SET_DUMPABLE ... PR_SET_PTRACER
        assert by_name(level, "prctl", option) == EPERM
    assert by_name(level, "mmap", 0, 4096, 7) == ALLOW  # PROT_EXEC
    assert by_name(level, "mprotect", 0, 4096, 7) == ALLOW


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", ["kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"])
def test_a_run_that_may_not_fork_signals_only_itself(architecture: str, name: str) -> None:
    alone, free = (architecture, False), (architecture, True)
    assert by_name(alone, name, PROCESS) == ALLOW
    for other in (0, 1, PROCESS + 1, 2**64 - 1, 2**32 - 1, 0x7FFFFFFF, PROCESS | 1 << 32):
        assert by_name(alone, name, other) == EPERM
        assert by_name(free, name, other) == ALLOW


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_an_unfilled_filter_signals_nobody(architecture: str) -> None:
    built = build_filter(POLICY, FilterUse(allow_fork=False), architecture=architecture)
    assert len(built.own_process_offsets) == 5
    number = syscall_numbers(architecture)["kill"]
    for target in (0, 1, PROCESS, 2**22, 2**32 - 1, 2**64 - 1):
        head = struct.pack("<IIQ", number, AUDIT_ARCHITECTURES[architecture], 0)
        assert run(built.program, head + struct.pack("<6Q", target, 0, 0, 0, 0, 0)) == EPERM
    for wrong in (0, -1, 2**31 - 1, 2**40):
        with pytest.raises(ValueError, match="is not the id of one process"):
            built.for_process(wrong)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_run_that_may_fork_has_one_filter_for_all(architecture: str) -> None:
    built = build_filter(POLICY, FilterUse(allow_fork=True), architecture=architecture)
    assert built.for_process(1) == built.program
    assert built.own_process_offsets == ()


def test_every_architecture_with_numbers_can_be_filtered() -> None:
    assert set(ARCHITECTURES) == set(AUDIT_ARCHITECTURES)
    with pytest.raises(UnsupportedArchitectureError):
        build_filter(POLICY, FilterUse(allow_fork=True), architecture="riscv64")


def test_the_kernel_accepts_the_size() -> None:
    for program in FILTERS.values():
        assert 0 < len(program) // 8 <= 4096  # BPF_MAXINSNS


@given(word=WORDS, value=WORDS, padding=st.integers(min_value=0, max_value=600))
def test_branches_reach_any_distance(word: int, value: int, padding: int) -> None:
    filling: list[Statement] = [Return(value=0)] * padding
    for comparison, holds in (
        (Comparison.EQUAL, word == value),
        (Comparison.GREATER, word > value),
        (Comparison.AT_LEAST, word >= value),
        (Comparison.ANY_BIT, word & value != 0),
    ):
        statements: list[Statement] = [
            Load(offset=0),
            Branch(test=comparison, value=value, then="yes", otherwise="no"),
            *filling,
            Label(name="yes"),
            Return(value=1),
            *filling,
            Label(name="no"),
            Goto(label="end"),
            *filling,
            Label(name="end"),
            Return(value=2),
        ]
        assert run(assemble(statements).code, struct.pack("<I", word)) == (1 if holds else 2)


@pytest.mark.parametrize("padding", [0, 254, 255, 256, 600])
def test_a_branch_falls_through_past_its_own_long_jump(padding: int) -> None:
    statements: list[Statement] = [
        Load(offset=0),
        Branch(test=Comparison.EQUAL, value=7, then="far", filled_later=True),
        *[Return(value=5)] * padding,
        Return(value=6),
        Label(name="far"),
        Return(value=7),
    ]
    assembled = assemble(statements)
    assert run(assembled.code, struct.pack("<I", 7)) == 7
    assert run(assembled.code, struct.pack("<I", 8)) == (5 if padding else 6)
    assert [assembled.code[at] for at in assembled.open_operands] == [7]


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        ([Goto(label="a")], '"a" is not defined'),
        ([Label(name="a"), Goto(label="a")], '"a" comes before'),
        ([Label(name="a"), Label(name="a")], '"a" is defined twice'),
    ],
)
def test_labels_that_make_no_sense(statements: list[Statement], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        assemble(statements)
