"""The messages of an Arrow stream, checked before Arrow's own reader sees them.

Reading a stream can cost far more than the stream has bytes: buffers may be within one
another, a thousand columns may have one dictionary, a text may be named a million times, and a
compressed buffer is expanded to whatever size it claims. After these checks each byte of the
file belongs to one thing at most.
"""

import struct

from studiolo.datasets.reading.flat_table import FlatTable, FlatTableError

#: Names and types of as many columns as there may be.
_METADATA_SIZE = 128 << 20
_CONTINUED = -1
#: By the numbers of Arrow's own schemas (format/Message.fbs and Schema.fbs).
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3
_KINDS = {_SCHEMA: "schema", _DICTIONARY: "dictionary", _BATCH: "record batch"}
#: Whole numbers, floats, bytes, text, booleans, decimals, dates, times, timestamps, durations,
#: large bytes and large text. `stream` looks at each more closely.
_TYPES = {2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 19, 20}
_TIMESTAMP = 10
_LONGEST_ZONE = 100
_ALIGNMENT = 8


class StreamError(Exception):
    """The bytes are not a stream that our guest writes; the message says why."""


class TooManyColumnsError(StreamError):
    """There are more columns than are allowed; ``columns`` says how many."""

    def __init__(self, columns: int, allowed: int) -> None:
        self.columns = columns
        super().__init__(f"it has {columns:,} columns; {allowed:,} are allowed")


def check_messages(content: memoryview, *, columns: int, metadata: bool = False) -> None:
    """One schema, a dictionary for each column that has one, one batch, and nothing twice.

    Args:
        content: The stream.
        columns: How many there may be.
        metadata: Whether the schema may have some, such as those that pandas leaves there.

    Raises:
        StreamError: it is otherwise.
    """
    try:
        _Stream(content, columns, metadata=metadata).check()
    except FlatTableError as error:
        raise StreamError("a message's offsets lead out of it") from error


class _Stream:
    def __init__(self, content: memoryview, columns: int, *, metadata: bool) -> None:
        self._content = content
        self._columns = columns
        self._metadata = metadata
        self._position = 0
        #: The dictionaries that the schema names, each to come once.
        self._dictionaries: set[int] = set()

    def check(self) -> None:
        kind, header, _ = self._next()
        if kind != _SCHEMA:
            raise StreamError("it does not begin with a schema")
        self._check_schema(header)
        while self._dictionaries:
            kind, header, size = self._next()
            if kind != _DICTIONARY:
                raise StreamError("a dictionary is missing")
            self._check_dictionary(header, size)
        kind, header, size = self._next()
        if kind != _BATCH:
            raise StreamError(f"it has too many messages of the type {_KINDS[kind]!r}")
        _check_batch(header, size)
        if self._length():
            raise StreamError("it has too many messages")

    def _next(self) -> tuple[int, FlatTable, int]:
        """The next message's kind and header, and how many bytes its body has."""
        length = self._length()
        if not length:
            raise StreamError("it is cut off")
        metadata = bytes(self._content[self._position : self._position + length])
        message = FlatTable.root(metadata)
        kind = message.number(1, "<B")
        header = message.table(2)
        size = message.number(3, "<q")
        if kind not in _KINDS or header is None:
            raise StreamError("it has a message of a different kind, or it is cut off")
        if message.length(4):
            raise StreamError("it has metadata")
        self._position += length + size
        if size < 0 or self._position > len(self._content):
            raise StreamError("it is cut off")
        return kind, header, size

    def _length(self) -> int:
        """Bytes of the next message's metadata; 0 at the end."""
        start = self._content[self._position : self._position + 8]
        if not start:
            return 0
        if len(start) < 8:
            raise StreamError("it is cut off")
        mark, length = struct.unpack("<ii", start)
        if mark != _CONTINUED or not 0 <= length <= _METADATA_SIZE or length % _ALIGNMENT:
            raise StreamError("it is not an Arrow stream")
        self._position += 8
        return int(length)

    def _check_schema(self, schema: FlatTable) -> None:
        if schema.number(0, "<h"):
            raise StreamError("its numbers are in another machine's order of bytes")
        if schema.length(2) and not self._metadata:
            raise StreamError("it has metadata")
        width = schema.length(1)
        if width > self._columns:
            raise TooManyColumnsError(width, self._columns)
        room = len(schema.content)
        for pair in schema.tables(2):
            room -= pair.length(0) + pair.length(1)
            if room < 0:
                raise StreamError("its metadata are longer than all of its schema")
        for field in schema.tables(1):
            room -= field.length(0)
            if room < 0:
                raise StreamError("its names are longer than its whole schema")
            self._check_field(field)

    def _check_field(self, field: FlatTable) -> None:
        if field.length(6):
            raise StreamError("a column has a type of its own, or metadata")
        number = field.number(2, "<B")
        kind = field.table(3)
        if number not in _TYPES or kind is None or field.length(5):
            raise StreamError("a column has a type that a dataset can't have")
        if number == _TIMESTAMP and kind.length(1) > _LONGEST_ZONE:
            raise StreamError("the name of a time zone is too long")
        encoding = field.table(4)
        if encoding is not None:
            number = encoding.number(0, "<q")
            if number in self._dictionaries:
                raise StreamError("two columns share a dictionary")
            self._dictionaries.add(number)

    def _check_dictionary(self, dictionary: FlatTable, size: int) -> None:
        number = dictionary.number(0, "<q")
        if number not in self._dictionaries:
            raise StreamError("a dictionary belongs to no column, or comes twice")
        self._dictionaries.remove(number)
        data = dictionary.table(1)
        if data is None or dictionary.number(2, "<B"):
            raise StreamError("a dictionary has no data, or only a part of them")
        _check_batch(data, size)


def _check_batch(batch: FlatTable, size: int) -> None:
    """Its buffers are in its body, one after the other."""
    if batch.place(3) is not None:
        raise StreamError("it is compressed")
    end = 0
    for offset, length in struct.iter_unpack("<qq", batch.pairs(2)):
        if offset < end or length < 0 or offset % _ALIGNMENT:
            raise StreamError("its buffers overlap or are out of order")
        end = offset + length
    if end > size:
        raise StreamError("a buffer is outside its message")
