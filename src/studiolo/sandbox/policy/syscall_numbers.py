"""The numbers of system calls by name, for every architecture that the sandbox supports."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from studiolo.sandbox.errors import UnsupportedArchitectureError

_TABLE = Path(__file__).with_name("syscalls.txt")


def syscall_numbers(architecture: str) -> Mapping[str, int]:
    """Number of each system call of an architecture, as ``platform.machine()`` names it.

    Raises:
        UnsupportedArchitectureError: The table has no such architecture.
    """
    tables = _read_table()
    if architecture not in tables:
        raise UnsupportedArchitectureError(architecture=architecture, supported=tuple(tables))
    return tables[architecture]


def supported_architectures() -> tuple[str, ...]:
    """Every architecture with numbers."""
    return tuple(_read_table())


def known_syscalls() -> frozenset[str]:
    """Names that at least one supported architecture has."""
    return frozenset().union(*_read_table().values())


@cache
def _read_table() -> Mapping[str, Mapping[str, int]]:
    lines = _TABLE.read_text(encoding="ascii").splitlines()
    header, *rows = (line.split() for line in lines if not line.startswith("#"))
    tables: dict[str, dict[str, int]] = {architecture: {} for architecture in header[1:]}
    for name, *numbers in rows:
        for architecture, number in zip(tables, numbers, strict=True):
            if number != "-":
                tables[architecture][name] = int(number)
    return MappingProxyType({name: MappingProxyType(table) for name, table in tables.items()})
