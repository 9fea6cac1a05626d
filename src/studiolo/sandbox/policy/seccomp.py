"""The policy's system calls as a program for the kernel (seccomp with classic BPF).

The program is built once by the host and applied by every run to itself. It looks at nothing but
the call's number and the processor's mode for calls that pass with any argument; the kernel
(since 5.11) notices this and does not even run it for them.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studiolo.sandbox.policy.bpf import (
    INSTRUCTION_SIZE,
    Branch,
    Comparison,
    Goto,
    Label,
    Load,
    Return,
    Statement,
    assemble,
)
from studiolo.sandbox.policy.policy import Policy
from studiolo.sandbox.policy.syscall_numbers import syscall_numbers
from studiolo.sandbox.policy.syscall_policy import (
    ArgumentCheck,
    FilterUse,
    LinuxErrno,
    SyscallPolicy,
)

# linux/seccomp.h
ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000

# struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6]
_NUMBER_OFFSET = 0
_ARCHITECTURE_OFFSET = 4
_ARGUMENTS_OFFSET = 16
_ARGUMENT_SIZE = 8
_LARGEST_WORD = 0xFFFFFFFF

#: linux/audit.h: the kernel's name for the mode that the processor was in.
AUDIT_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
#: x86_64 only: numbers from here are the 32-bit x32 calls, under which the same calls return.
X32_NUMBERS = 0x40000000

#: Stands for the process id until it is known. Above the highest id there can be, so that a filter
#: was never filled in refuses; 0 and -1 would mean "my group" and "everybody".
_NO_PROCESS = 0x7FFFFFFF


@dataclass(frozen=True, kw_only=True)
class SeccompFilter:
    """A filter for one architecture, ready but for the id of the process it is for."""

    architecture: str
    #: Array of ``struct sock_filter``.
    program: bytes
    #: Byte offsets in ``program`` of the 32-bit words to overwrite with the process's own id.
    own_process_offsets: tuple[int, ...]

    @property
    def instructions(self) -> int:
        """Length as ``struct sock_fprog`` wants it."""
        return len(self.program) // INSTRUCTION_SIZE

    def for_process(self, process_id: int) -> bytes:
        """The program for one process; ``process_id`` as that process itself sees it."""
        if not 0 < process_id < _NO_PROCESS:
            raise ValueError(f"{process_id} is not the id of one process")
        program = bytearray(self.program)
        for offset in self.own_process_offsets:
            struct.pack_into("<I", program, offset, process_id)
        return bytes(program)


def build_filter(policy: Policy, use: FilterUse, *, architecture: str) -> SeccompFilter:
    """Build the filter of a policy.

    Args:
        policy: What to allow.
        use: Which process it is for.
        architecture: As ``platform.machine()`` names it.

    Raises:
        UnsupportedArchitectureError: There is no table of system calls for the architecture.
    """
    numbers = syscall_numbers(architecture)
    syscalls = policy.syscalls
    statements = [
        *_check_mode(architecture),
        *_dispatch(syscalls, numbers, use),
        *_check_arguments(syscalls, numbers, use),
    ]
    assembled = assemble(statements)
    return SeccompFilter(
        architecture=architecture,
        program=assembled.code,
        own_process_offsets=assembled.open_operands,
    )


def refuse(answer: LinuxErrno) -> int:
    """The filter's verdict that makes a call fail with an error number."""
    return _ERRNO | answer


def _check_mode(architecture: str) -> Iterable[Statement]:
    """Kill a process that calls in a different mode, where numbers mean different calls."""
    audit = AUDIT_ARCHITECTURES[architecture]
    yield Load(offset=_ARCHITECTURE_OFFSET)
    yield Branch(test=Comparison.EQUAL, value=audit, then="right mode")
    yield Return(value=KILL_PROCESS)
    yield Label(name="right mode")
    yield Load(offset=_NUMBER_OFFSET)
    if architecture == "x86_64":
        yield Branch(test=Comparison.AT_LEAST, value=X32_NUMBERS, otherwise="64-bit number")
        yield Return(value=KILL_PROCESS)
        yield Label(name="64-bit number")


def _dispatch(
    syscalls: SyscallPolicy, numbers: Mapping[str, int], use: FilterUse
) -> list[Statement]:
    """From the loaded number to a verdict or to the call's argument checks."""
    outcomes: dict[int, Statement] = {}
    for name, number in numbers.items():
        if not syscalls.permits(name, use):
            outcomes[number] = Return(value=refuse(syscalls.answer(name, use)))
        elif syscalls.checks(name, use):
            outcomes[number] = Goto(label=name)
        else:
            outcomes[number] = Return(value=ALLOW)
    # Gaps between the numbers belong to no call, numbers above to calls that we do not know yet.
    outcomes |= {
        number: Return(value=refuse(syscalls.default))
        for number in range(max(outcomes))
        if number not in outcomes
    }
    outcomes[max(outcomes) + 1] = Return(value=refuse(syscalls.unknown))
    return _search(outcomes, prefix="number")


def _check_arguments(
    syscalls: SyscallPolicy, numbers: Mapping[str, int], use: FilterUse
) -> Iterable[Statement]:
    """For every call that has them: its checks one after the other, then permission."""
    for name in numbers:
        checks = syscalls.checks(name, use)
        if not checks or not syscalls.permits(name, use):
            continue
        yield Label(name=name)
        for position, check in enumerate(checks):
            yield from _check_argument(check, prefix=f"{name} {position}")
        yield Return(value=ALLOW)


def _check_argument(check: ArgumentCheck, *, prefix: str) -> Iterable[Statement]:
    """Refuse if the condition does not hold; continue below if it does."""
    offset = _ARGUMENTS_OFFSET + check.argument * _ARGUMENT_SIZE
    passed, failed = f"{prefix} passed", f"{prefix} failed"
    # The upper half first. Where the kernel reads only 32 bits this refuses more than it must,
    # where it reads all 64 (clone, in some versions) it is what keeps flags from hiding there.
    yield Load(offset=offset + 4)
    yield Branch(test=Comparison.EQUAL, value=0, otherwise=failed)
    yield Load(offset=offset)
    if check.by_value:
        yield from _check_value(check, prefix=prefix, passed=passed, failed=failed)
    else:
        yield from _check_bits(check, passed=passed, failed=failed)
        yield Goto(label=passed)
    yield Label(name=failed)
    yield Return(value=refuse(check.otherwise))
    yield Label(name=passed)


def _check_value(
    check: ArgumentCheck, *, prefix: str, passed: str, failed: str
) -> Iterable[Statement]:
    if check.own_process:
        yield Branch(test=Comparison.EQUAL, value=_NO_PROCESS, then=passed, filled_later=True)
    outcomes: dict[int, Statement] = {0: Goto(label=failed)}
    for value in sorted(check.allowed_values.values()):
        outcomes[value] = Goto(label=passed)
        if value < _LARGEST_WORD:
            outcomes.setdefault(value + 1, Goto(label=failed))
    yield from _search(outcomes, prefix=prefix)


def _check_bits(check: ArgumentCheck, *, passed: str, failed: str) -> Iterable[Statement]:
    if check.allowed_bits is not None:
        others = ~check.allowed_bits & _LARGEST_WORD
        yield Branch(test=Comparison.ANY_BIT, value=others, then=failed)
    for bit in _bits_of(check.required_bits):
        yield Branch(test=Comparison.ANY_BIT, value=bit, otherwise=failed)
    if check.refused_bits is not None:
        mask, refused = check.refused_bits
        yield Branch(test=Comparison.ANY_BIT, value=mask & ~refused, then=passed)
        for bit in _bits_of(refused):
            yield Branch(test=Comparison.ANY_BIT, value=bit, otherwise=passed)
        yield Goto(label=failed)


def _bits_of(word: int) -> list[int]:
    return [1 << position for position in range(32) if word >> position & 1]


def _search(outcomes: Mapping[int, Statement], *, prefix: str) -> list[Statement]:
    """A balanced search for the loaded word: each outcome holds from its number to the next."""
    starts: list[int] = []
    for number in sorted(outcomes):
        if not starts or outcomes[number] != outcomes[starts[-1]]:
            starts.append(number)
    return _search_between(starts, outcomes, prefix=prefix)


def _search_between(
    starts: Sequence[int], outcomes: Mapping[int, Statement], *, prefix: str
) -> list[Statement]:
    if len(starts) == 1:
        return [outcomes[starts[0]]]
    middle = len(starts) // 2
    upper = f"{prefix} from {starts[middle]}"
    return [
        Branch(test=Comparison.AT_LEAST, value=starts[middle], then=upper),
        *_search_between(starts[:middle], outcomes, prefix=prefix),
        Label(name=upper),
        *_search_between(starts[middle:], outcomes, prefix=prefix),
    ]
