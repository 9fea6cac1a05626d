"""Reading FlatBuffers that a hostile process may have written, one field at a time.

Nothing is built from them: Arrow's own reader makes as many objects as a message says there are,
and a message can say millions of times that they are the same few bytes.
"""

import struct
from dataclasses import dataclass


class FlatTableError(Exception):
    """An offset leads out of the message."""


@dataclass(frozen=True, slots=True)
class FlatTable:
    """A table of a message, by its place in the message's bytes."""

    content: bytes
    position: int

    @classmethod
    def root(cls, content: bytes) -> "FlatTable":
        """The table that a message begins with."""
        return cls(content, _follow(content, 0))

    def place(self, number: int) -> int | None:
        """Where field ``number`` is, None if it is not there.

        Raises:
            FlatTableError: as everywhere here, an offset leads out of the message.
        """
        vtable = self.position - _number(self.content, "<i", self.position)
        slot = 4 + 2 * number
        if slot + 2 > _number(self.content, "<H", vtable):
            return None
        offset = _number(self.content, "<H", vtable + slot)
        return self.position + offset if offset else None

    def number(self, number: int, form: str) -> int:
        """A number; 0 if the field is not there."""
        place = self.place(number)
        return 0 if place is None else _number(self.content, form, place)

    def table(self, number: int) -> "FlatTable | None":
        """A table that the field points to."""
        place = self.place(number)
        return None if place is None else FlatTable(self.content, _follow(self.content, place))

    def tables(self, number: int) -> "list[FlatTable]":
        """The tables of a vector."""
        start, count = self._vector(number)
        self._contains(start, count, 4)
        places = range(start, start + 4 * count, 4)
        return [FlatTable(self.content, _follow(self.content, place)) for place in places]

    def length(self, number: int) -> int:
        """How many items a vector says that it has, or how many bytes a text."""
        return self._vector(number)[1]

    def pairs(self, number: int) -> bytes:
        """The bytes of a vector whose items are two numbers of eight bytes each."""
        start, count = self._vector(number)
        self._contains(start, count, 16)
        return self.content[start : start + 16 * count]

    def _vector(self, number: int) -> tuple[int, int]:
        place = self.place(number)
        if place is None:
            return 0, 0
        start = _follow(self.content, place)
        return start + 4, _number(self.content, "<I", start)

    def _contains(self, start: int, count: int, size: int) -> None:
        if start + size * count > len(self.content):
            raise FlatTableError


def _follow(content: bytes, position: int) -> int:
    return position + _number(content, "<I", position)


def _number(content: bytes, form: str, position: int) -> int:
    if position < 0:
        raise FlatTableError
    try:
        value: int = struct.unpack_from(form, content, position)[0]
    except struct.error as error:
        raise FlatTableError from error
    return value
