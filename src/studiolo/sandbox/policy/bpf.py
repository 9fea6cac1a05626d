"""A small assembler for classic BPF, the machine language of system call filters.

Only what a filter needs: load a word of the call's data, compare, jump forward, return. Jumps name
labels; where a conditional jump's eight bits of distance do not suffice, the assembler puts an
unconditional jump, which has 32, behind it.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

#: Size of the kernel's ``struct sock_filter``: 16 bits code, 8 + 8 bits jumps, 32 bits operand.
INSTRUCTION_SIZE = 8
_OPERAND_OFFSET = 4
_LONGEST_BRANCH = 255
_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_ALWAYS = 0x05  # BPF_JMP | BPF_JA
_RETURN = 0x06  # BPF_RET | BPF_K


class Comparison(IntEnum):
    """How a conditional jump compares the loaded word with its value (unsigned)."""

    EQUAL = 0x15
    GREATER = 0x25
    AT_LEAST = 0x35
    ANY_BIT = 0x45


@dataclass(frozen=True, kw_only=True)
class Load:
    """Load the 32-bit word at a byte offset of the filter's input."""

    offset: int


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Compare the loaded word; go to a label, or on to the next statement where it is None."""

    test: Comparison
    value: int
    then: str | None = None
    otherwise: str | None = None
    #: Whether the value is filled in later, at an offset that the assembler reports.
    filled_later: bool = False


@dataclass(frozen=True, kw_only=True)
class Goto:
    """Go to a label further down."""

    label: str


@dataclass(frozen=True, kw_only=True)
class Return:
    """End with a verdict."""

    value: int


@dataclass(frozen=True, kw_only=True)
class Label:
    """A place to jump to; no instruction."""

    name: str


Statement = Load | Branch | Goto | Return | Label


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """Machine code and the places in it that are still to be filled in."""

    #: Array of ``struct sock_filter``, in little-endian byte order, as all machines we support.
    code: bytes
    #: Byte offsets of the operands that are filled in later.
    open_operands: tuple[int, ...]


def assemble(statements: Sequence[Statement]) -> Assembled:
    """Translate statements into instructions.

    Raises:
        ValueError: A label is missing, defined twice, or comes before a jump to it.
    """
    layout = _Layout(statements)
    while layout.lengthen_branches():
        pass
    code = bytearray()
    open_operands: list[int] = []
    for index, statement in enumerate(statements):
        if isinstance(statement, Branch) and statement.filled_later:
            open_operands.append(len(code) + _OPERAND_OFFSET)
        for instruction in layout.encode(index):
            code += struct.pack("<HBBI", *instruction)
    return Assembled(code=bytes(code), open_operands=tuple(open_operands))


class _Layout:
    """The place of each statement's instructions, given which branches need a long jump."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements
        #: (statement, label) of branches whose distance does not fit.
        self._long: set[tuple[int, str]] = set()
        self._positions: list[int] = []
        self._labels: dict[str, int] = {}
        self._place()

    def lengthen_branches(self) -> bool:
        """Give a long jump to every branch that is too short; whether there were any."""
        found = False
        for index, statement in enumerate(self._statements):
            if not isinstance(statement, Branch):
                continue
            for label in _labels_of(statement):
                far = self._distance(self._positions[index], label) > _LONGEST_BRANCH
                if far and (index, label) not in self._long:
                    self._long.add((index, label))
                    found = True
        self._place()
        return found

    def encode(self, index: int) -> list[tuple[int, int, int, int]]:
        """Fields of the statement's instructions."""
        statement, position = self._statements[index], self._positions[index]
        match statement:
            case Load(offset=offset):
                return [(_LOAD_WORD, 0, 0, offset)]
            case Return(value=value):
                return [(_RETURN, 0, 0, value)]
            case Goto(label=label):
                return [(_JUMP_ALWAYS, 0, 0, self._distance(position, label))]
            case Branch():
                return self._encode_branch(statement, index)
            case Label():
                return []

    def _encode_branch(self, branch: Branch, index: int) -> list[tuple[int, int, int, int]]:
        position = self._positions[index]
        long = self._long_labels(index)
        distances = []
        for label in (branch.then, branch.otherwise):
            if label is None:
                distances.append(len(long))  # over the long jumps that follow
            elif label in long:
                distances.append(long.index(label))
            else:
                distances.append(self._distance(position, label))
        jumps = [
            (_JUMP_ALWAYS, 0, 0, self._distance(position + number, label))
            for number, label in enumerate(long, start=1)
        ]
        return [(branch.test, distances[0], distances[1], branch.value), *jumps]

    def _place(self) -> None:
        position = 0
        self._positions, self._labels = [], {}
        for index, statement in enumerate(self._statements):
            self._positions.append(position)
            if isinstance(statement, Label):
                if statement.name in self._labels:
                    raise ValueError(f'label "{statement.name}" is defined twice')
                self._labels[statement.name] = position
            else:
                position += 1 + len(self._long_labels(index))

    def _long_labels(self, index: int) -> list[str]:
        statement = self._statements[index]
        if not isinstance(statement, Branch):
            return []
        return [label for label in _labels_of(statement) if (index, label) in self._long]

    def _distance(self, position: int, label: str) -> int:
        if label not in self._labels:
            raise ValueError(f'label "{label}" is not defined')
        distance = self._labels[label] - position - 1
        if distance < 0:
            raise ValueError(f'label "{label}" comes before a jump to it')
        return distance


def _labels_of(branch: Branch) -> tuple[str, ...]:
    """The labels a branch jumps to, each once."""
    return tuple(dict.fromkeys(label for label in (branch.then, branch.otherwise) if label))
