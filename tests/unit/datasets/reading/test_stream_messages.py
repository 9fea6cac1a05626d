"""Streams whose few bytes would cost a reader a great deal."""

import struct
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.reading.flat_table import FlatTable
from studiolo.datasets.reading.stream_messages import StreamError, TooManyColumnsError
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.stream import read_stream


def stream_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def messages_of(content: bytes) -> list[tuple[bytearray, bytes]]:
    """The metadata and the body of each message."""
    found = []
    position = 0
    while position < len(content):
        _, length = struct.unpack_from("<ii", content, position)
        position += 8
        if not length:
            break
        metadata = bytearray(content[position : position + length])
        size = FlatTable.root(bytes(metadata)).number(3, "<q")
        position += length
        found.append((metadata, content[position : position + size]))
        position += size
    return found


def joined(messages: list[tuple[bytearray, bytes]]) -> bytes:
    parts = [struct.pack("<ii", -1, len(m)) + bytes(m) + body for m, body in messages]
    return b"".join(parts) + struct.pack("<ii", -1, 0)


def refused(content: bytes, columns: int = 100) -> str:
    with MemoryFile.of_bytes(content, "result") as file, pytest.raises(StreamError) as caught:
        read_stream(file, columns=columns)
    return str(caught.value)


def header(metadata: bytearray) -> FlatTable:
    table = FlatTable.root(bytes(metadata)).table(2)
    assert table is not None
    return table


def start_of(vector: FlatTable, number: int) -> int:
    """Where the items of a vector begin."""
    place = vector.place(number)
    assert place is not None
    (offset,) = struct.unpack_from("<I", vector.content, place)
    return int(place + offset + 4)


TEXTS = pa.table({"a": ["x" * 100] * 9, "b": ["y" * 100] * 9, "c": [1] * 9})
BUFFERS: dict[str, Callable[[list[tuple[int, int]]], list[tuple[int, int]]]] = {
    "two columns in the same bytes": lambda b: [*b[:3], *b[:3], *b[6:]],
    "one that begins in another": lambda b: [*b[:2], (b[1][0], b[2][1]), *b[3:]],
    "one that begins a byte early": lambda b: [*b[:2], (b[2][0] - 8, b[2][1]), *b[3:]],
    "out of order": lambda b: [*b[3:6], *b[:3], *b[6:]],
    "not aligned": lambda b: [*b[:-1], (b[-1][0] + 1, b[-1][1] - 1)],
    "a negative length": lambda b: [*b[:-1], (b[-1][0], -8)],
    "a negative offset": lambda b: [(-8, 0), *b[1:]],
    "beyond the body": lambda b: [*b[:-1], (b[-1][0], 1 << 40)],
    "an offset beyond all": lambda b: [*b[:-1], (1 << 62, 1 << 62)],
    "empty and far away": lambda b: [*b[:-1], (1 << 40, 0)],
}


@pytest.mark.parametrize("name", BUFFERS)
def test_buffers_lie_one_after_the_other(name: str) -> None:
    schema, (metadata, body) = messages_of(stream_of(TEXTS))
    batch = header(metadata)
    pairs = list(struct.iter_unpack("<qq", batch.pairs(2)))
    changed = BUFFERS[name](pairs)
    assert len(changed) == len(pairs)
    for number, pair in enumerate(changed):
        struct.pack_into("<qq", metadata, start_of(batch, 2) + 16 * number, *pair)
    assert "buffer" in refused(joined([schema, (metadata, body)]))


def test_a_body_that_is_larger_than_the_file() -> None:
    schema, (metadata, body) = messages_of(stream_of(TEXTS))
    place = FlatTable.root(bytes(metadata)).place(3)
    assert place is not None
    for size in (len(body) + 16, 1 << 62, -8):
        struct.pack_into("<q", metadata, place, size)
        assert refused(joined([schema, (metadata, body)])) == "it is cut off"


def categories(count: int) -> pa.Table:
    column: Any = pa.array(["x" * 100, "y"]).dictionary_encode()
    return pa.table({f"c{number}": column for number in range(count)})


def dictionary_id(metadata: bytearray, number: int) -> None:
    place = header(metadata).place(0)
    if place is None:
        return
    struct.pack_into("<q", metadata, place, number)


def test_a_dictionary_comes_once() -> None:
    schema, first, second, batch = messages_of(stream_of(categories(2)))
    assert "twice" in refused(joined([schema, second, second, batch]))
    assert refused(joined([schema, first, batch])) == "a dictionary is missing"
    assert "messages" in refused(joined([schema, first, second, second, batch]))
    metadata = bytearray(second[0])
    dictionary_id(metadata, 77)
    assert "belongs to no column" in refused(joined([schema, first, (metadata, second[1]), batch]))


def test_columns_do_not_share_a_dictionary() -> None:
    schema, _, second, batch = messages_of(stream_of(categories(2)))
    metadata = bytearray(schema[0])
    fields = header(metadata).tables(1)
    encoding = fields[1].table(4)
    assert encoding is not None
    start = start_of(header(metadata), 1)
    # Both columns are the second one.
    place = start + 4
    (offset,) = struct.unpack_from("<I", metadata, place)
    struct.pack_into("<I", metadata, start, offset + 4)
    assert refused(joined([(metadata, b""), second, batch])) == "two columns share a dictionary"


def test_a_dictionary_does_not_come_in_parts() -> None:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    kind = pa.dictionary(pa.int8(), pa.string())
    with pa.ipc.new_stream(sink, pa.schema([("a", kind)]), options=options) as writer:
        for words in (["x"], ["x", "y"]):
            indices = pa.array([len(words) - 1], pa.int8())
            column = pa.DictionaryArray.from_arrays(indices, pa.array(words))
            writer.write_batch(pa.record_batch({"a": column}))
    schema, first, _, delta, batch = messages_of(sink.getvalue().to_pybytes())
    assert (
        refused(joined([schema, delta, batch]))
        == "a dictionary has no data, or only a part of them"
    )
    assert "too many" in refused(joined([schema, first, delta, batch]))


def test_one_column_named_many_times_is_not_built() -> None:
    (metadata, _), batch = messages_of(stream_of(pa.table({"a": [1]})))
    schema = header(metadata)
    place = schema.place(1)
    assert place is not None
    # A vector of fifty thousand references to the one column there is, behind everything else.
    count = 50_000
    (field,) = schema.tables(1)
    start = len(metadata)
    struct.pack_into("<I", metadata, place, start - place)
    metadata += struct.pack("<I", count)
    # Offsets lead forward only: the column's table is copied behind the vector.
    copied = start + 4 + 4 * count
    metadata += b"".join(
        struct.pack("<I", copied + field.position - (start + 4 + 4 * n)) for n in range(count)
    )
    metadata += metadata[:start]
    metadata += bytes(-len(metadata) % 8)
    content = joined([(metadata, b""), batch])
    with MemoryFile.of_bytes(content, "result") as file, pytest.raises(TooManyColumnsError):
        read_stream(file, columns=100)
    assert "longer than its whole schema" in refused(
        joined([(with_long_name(metadata, copied, field), b""), batch]), columns=count
    )


def with_long_name(metadata: bytearray, copied: int, field: FlatTable) -> bytearray:
    """The same with a column whose name is said to be ten thousand bytes long."""
    changed = bytearray(metadata)
    place = FlatTable(bytes(changed), copied + field.position).place(0)
    assert place is not None
    (offset,) = struct.unpack_from("<I", changed, place)
    struct.pack_into("<I", changed, place + offset, 10_000)
    return changed


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (b"garbage" * 100, "not an Arrow stream"),
        (struct.pack("<ii", -1, 1 << 30), "not an Arrow stream"),
        (struct.pack("<ii", -1, -8), "not an Arrow stream"),
        (struct.pack("<ii", -1, 64), "lead out of it"),
        (struct.pack("<ii", -1, 0), "cut off"),
        (b"\xff\xff", "cut off"),
        (b"\xff\xff\xff\xff\x10\x00\x00\x00" + b"\xff" * 16, "lead out of it"),
    ],
)
def test_what_is_no_message(content: bytes, facts: str) -> None:
    assert facts in refused(content)


def test_another_order_of_bytes_is_refused() -> None:
    # Arrow would copy every column, to turn its numbers round.
    (metadata, _), batch = messages_of(stream_of(pa.table({"a": [1]})))
    schema = header(metadata)
    vtable = schema.position - struct.unpack_from("<i", metadata, schema.position)[0]
    # Some field of the table that holds a number other than 0 stands in for it.
    (fields,) = struct.unpack_from("<H", metadata, vtable + 6)
    struct.pack_into("<H", metadata, vtable + 4, fields)
    assert "order of bytes" in refused(joined([(metadata, b""), batch]))
