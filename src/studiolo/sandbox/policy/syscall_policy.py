"""Which system calls a run may make, and with which arguments: ``[seccomp]`` of the policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from studiolo.sandbox.policy.syscall_numbers import known_syscalls
from studiolo.toml_table import TomlTable

_ARGUMENTS = 6
_ARGUMENT_BITS = 32


class LinuxErrno(IntEnum):
    """Answers to a refused call, by Linux' numbers (this host's may differ)."""

    #: The call seems to succeed, and does nothing.
    IGNORED = 0
    EPERM = 1
    EACCES = 13
    ENOTTY = 25
    ENOSYS = 38


@dataclass(frozen=True, kw_only=True)
class ArgumentCheck:
    """A condition on one argument of a call. The upper 32 bits must be zero in any case."""

    #: Which argument, from 0.
    argument: int
    #: Answer where the condition does not hold.
    otherwise: LinuxErrno
    #: Values that pass, by name.
    allowed_values: Mapping[str, int]
    #: Whether the id of the process itself passes, too.
    own_process: bool
    #: If not None, the only bits that may be set.
    allowed_bits: int | None
    #: Bits that must be set, all of them.
    required_bits: int
    #: If not None, a mask and what the bits under it must not be together.
    refused_bits: tuple[int, int] | None

    @property
    def by_value(self) -> bool:
        """Whether the argument must be one of certain values, rather than have certain bits."""
        return bool(self.allowed_values) or self.own_process


@dataclass(frozen=True, kw_only=True)
class SyscallPolicy:
    """The action for each system call, by name."""

    #: Answer to a call that no list mentions.
    default: LinuxErrno
    #: Answer to a call whose number is higher than any we know.
    unknown: LinuxErrno
    #: Calls that pass with any argument.
    allowed: frozenset[str]
    #: Calls with an answer of their own.
    refused: Mapping[str, LinuxErrno]
    #: Calls that must never be allowed.
    denied: frozenset[str]
    #: Calls that pass if a condition holds.
    checked: Mapping[str, ArgumentCheck]
    #: Calls that get the default answer where a run may not fork.
    alone_refused: frozenset[str]
    #: Calls that do nothing where a run may not fork.
    alone_ignored: frozenset[str]
    #: Further conditions where a run may not fork.
    alone_checked: Mapping[str, ArgumentCheck]
    #: Calls that pass in the process that forks the runs, with any argument.
    warm_up: frozenset[str]
    #: Those of them that make namespaces and mounts.
    warm_up_namespaces: frozenset[str]
    #: Those of them that set up the network of a run that may reach targets by name.
    warm_up_network: frozenset[str]
    #: Calls that pass in such a run with any argument.
    network_allowed: frozenset[str]
    #: Calls that pass in such a run if all conditions hold.
    network_checked: Mapping[str, tuple[ArgumentCheck, ...]]

    def permits(self, name: str, use: "FilterUse") -> bool:
        """Whether the call passes, at least for some arguments."""
        if name in self._extra(use):
            return True
        if use.network and (name in self.network_allowed or name in self.network_checked):
            return True
        listed = name in self.allowed or name in self.checked
        return listed and (use.allow_fork or name not in self.alone_refused | self.alone_ignored)

    def answer(self, name: str, use: "FilterUse") -> LinuxErrno:
        """The error number for a call that the filter does not let through."""
        if not use.allow_fork and name in self.alone_ignored:
            return LinuxErrno.IGNORED
        return self.refused.get(name, self.default)

    def checks(self, name: str, use: "FilterUse") -> tuple[ArgumentCheck, ...]:
        """Conditions that must all hold for the call to pass."""
        if name in self._extra(use):
            return ()
        if use.network and name in self.network_checked:
            return self.network_checked[name]
        lists = (self.checked,) if use.allow_fork else (self.checked, self.alone_checked)
        return tuple(checks[name] for checks in lists if name in checks)

    def _extra(self, use: "FilterUse") -> frozenset[str]:
        if not use.warm_up:
            return frozenset()
        extra = self.warm_up | self.warm_up_network if use.network else self.warm_up
        return extra | self.warm_up_namespaces if use.allow_fork else extra


@dataclass(frozen=True, kw_only=True)
class FilterUse:
    """Which process a filter is for."""

    #: Whether a run may have other processes; it has namespaces of its own then. If not,
    #: ``[seccomp.alone]`` holds too.
    allow_fork: bool
    #: Whether it is the process that loads the libraries and forks the runs.
    warm_up: bool = False
    #: Whether the run may reach targets in the network by name.
    network: bool = False


def read_syscall_policy(table: TomlTable) -> SyscallPolicy:
    """Read ``[seccomp]`` and refuse what contradicts itself."""
    answers = tuple(LinuxErrno.__members__)
    alone, refused = table.table("alone"), table.table("refused")
    warm_up, network = table.table("warm_up"), table.table("network")
    refused.only(known_syscalls())
    namespaces = frozenset(warm_up.words("namespaces", known_syscalls()))
    for_network = frozenset(warm_up.words("network", known_syscalls()))
    policy = SyscallPolicy(
        default=LinuxErrno[table.word("default", answers)],
        unknown=LinuxErrno[table.word("unknown", answers)],
        allowed=_read_groups(table.table("allowed")),
        refused={name: LinuxErrno[refused.word(name, answers)] for name in refused.content},
        denied=_read_groups(table.table("denied")),
        checked=_read_checks(table.table("checked")),
        alone_refused=frozenset(alone.words("refused", known_syscalls())),
        alone_ignored=frozenset(alone.words("ignored", known_syscalls())),
        alone_checked=_read_checks(alone.table("checked")),
        warm_up=_read_groups(warm_up) - namespaces - for_network,
        warm_up_namespaces=namespaces,
        warm_up_network=for_network,
        network_allowed=frozenset(network.words("allowed", known_syscalls())),
        network_checked=_read_several_checks(network.table("checked")),
    )
    network.finish()
    alone.finish()
    warm_up.finish()
    table.finish()
    _refuse_contradictions(policy, table)
    return policy


def _read_groups(table: TomlTable) -> frozenset[str]:
    names: dict[str, str] = {}
    for group in table.content:
        for name in table.words(group):
            if name not in known_syscalls():
                # Not the list of what is allowed: that would be four hundred names.
                table.fail(
                    group, f'has "{name}", which is not a system call of any supported architecture'
                )
            if name in names:
                table.fail(group, f'has "{name}", which is in "{names[name]}" already')
            names[name] = group
    return frozenset(names)


def _read_checks(table: TomlTable) -> dict[str, ArgumentCheck]:
    table.only(known_syscalls())
    return {name: _read_check(one) for name, one in table.tables()}


def _read_several_checks(table: TomlTable) -> dict[str, tuple[ArgumentCheck, ...]]:
    table.only(known_syscalls())
    return {
        name: tuple(_read_check(check) for _, check in checks.tables())
        for name, checks in table.tables()
    }


def _read_check(table: TomlTable) -> ArgumentCheck:
    argument = table.integer("argument")
    if argument >= _ARGUMENTS:
        table.refuse("argument", "a whole number from 0 to 5")
    bits = _read_words(table, "allowed_bits")
    check = ArgumentCheck(
        argument=argument,
        otherwise=LinuxErrno[table.word("otherwise", tuple(LinuxErrno.__members__))],
        allowed_values=_read_words(table, "allowed_values"),
        own_process=table.flag("own_process", False),
        allowed_bits=_union(bits) if bits else None,
        required_bits=_union(_read_words(table, "required_bits")),
        refused_bits=_read_refused_bits(table),
    )
    table.finish()
    by_bits = (
        check.allowed_bits is not None or check.required_bits != 0 or check.refused_bits is not None
    )
    if check.by_value == by_bits:
        table.fail("argument", "needs either values that are allowed, or bits")
    return check


def _read_refused_bits(table: TomlTable) -> tuple[int, int] | None:
    words = _read_words(table, "refused_bits")
    if not words:
        return None
    mask = words.pop("mask", None)
    if mask is None:
        raise table.table("refused_bits").missing("mask")
    return mask, _union(words)


def _read_words(table: TomlTable, key: str) -> dict[str, int]:
    words = table.table(key)
    values = {name: words.integer(name) for name in words.content}
    for name, value in values.items():
        if value >> _ARGUMENT_BITS:
            words.fail(name, f"must fit 32 bits, not {value:#x}")
    return values


def _union(words: Mapping[str, int]) -> int:
    bits = 0
    for word in words.values():
        bits |= word
    return bits


def _refuse_contradictions(policy: SyscallPolicy, table: TomlTable) -> None:
    permitted = policy.allowed | policy.checked.keys()
    for name in sorted(permitted | policy.refused.keys()):
        if name in policy.denied:
            table.fail("denied", f'has "{name}", but a different list allows it')
        lists = (policy.allowed, policy.checked, policy.refused)
        if sum(name in names for names in lists) > 1:
            problem = f'has "{name}", which may be in only one of allowed, checked and refused'
            table.fail("allowed", problem)
    for name in sorted(policy.network_allowed | policy.network_checked.keys()):
        if name in policy.denied or name in permitted:
            table.fail("network", f'has "{name}", which is denied or allowed in every run')
    restricted = policy.alone_refused | policy.alone_ignored | policy.alone_checked.keys()
    for name in sorted(restricted):
        if name not in permitted:
            table.fail("alone", f'restricts "{name}" further, which was not allowed before')
