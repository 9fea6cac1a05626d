import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo.datasets.reading.stream_messages import StreamError, TooManyColumnsError
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.stream import read_stream

TABLE = pa.table(
    {
        "int": pa.array([1, None, 3]),
        "float": pa.array([1.0, -0.5, None]),
        "bool": pa.array([True, None, False]),
        "text": pa.array(["ä", None, ""]),
        "large": pa.array(["x", "y", None], pa.large_string()),
        "bytes": pa.array([b"\xff", None, b""]),
        "category": pa.array(["a", "b", "a"]).dictionary_encode(),
        "date": pa.array([datetime.date(2024, 1, 1), None, None]),
        "time": pa.array([1, 2, None], pa.timestamp("us", "Europe/Berlin")),
        "offset": pa.array([1, 2, None], pa.timestamp("s", "+02:00")),
        "took": pa.array([1, 2, None], pa.duration("ms")),
        "money": pa.array([Decimal("1.50"), None, Decimal("-2.25")], pa.decimal128(10, 2)),
    }
)


def stream_of(table: Any, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def read(content: bytes, columns: int = 100) -> Any:
    with MemoryFile.of_bytes(content, "result") as file:
        return read_stream(file, columns=columns)


GOOD = stream_of(TABLE)


def test_every_type_of_a_dataset_is_read() -> None:
    batch = read(GOOD)
    assert pa.Table.from_batches([batch]).equals(TABLE)


@pytest.mark.parametrize(
    "schema",
    [
        pa.schema([("a", pa.int64())], metadata={"pandas": "{}"}),
        pa.schema([pa.field("a", pa.int64(), metadata={"pandas": "{}"})]),
    ],
)
def test_metadata_is_refused(schema: Any) -> None:
    # Millions of entries can be the same few bytes of a message.
    with pytest.raises(StreamError, match="metadata"):
        read(stream_of(pa.table({"a": [1]}, schema=schema)))


def test_an_empty_file_is_no_result() -> None:
    with MemoryFile.empty("result") as file, pytest.raises(StreamError, match="missing"):
        read_stream(file, columns=1)


def test_too_many_columns_have_their_own_error() -> None:
    with pytest.raises(TooManyColumnsError) as caught:
        read(GOOD, columns=5)
    assert caught.value.columns == TABLE.num_columns


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
@pytest.mark.parametrize("name", ["int", "text", "category"])
def test_compressed_streams_are_refused(codec: str, name: str) -> None:
    table = pa.concat_tables([TABLE.select([name])] * 100).combine_chunks()
    with pytest.raises(StreamError, match="compressed"):
        read(stream_of(table.unify_dictionaries(), compression=codec))


def test_a_bomb_is_not_expanded() -> None:
    content = stream_of(pa.table({"a": pa.repeat(0, 1 << 22)}), compression="zstd")
    assert len(content) < 1 << 18
    with pytest.raises(StreamError, match="compressed"):
        read(content)


@pytest.mark.parametrize(
    "array",
    [
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([None], pa.null()),
        pa.array(["x"], pa.string_view()),
        pa.array([b"x" * 4], pa.binary(4)),
        pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["x"])),
        pa.array([b"x" * 16], pa.uuid()),
        pa.DictionaryArray.from_arrays([0], pa.array([[1]])),
        pa.array([1], pa.timestamp("s", "../../etc/localtime")),
        pa.array([1], pa.timestamp("s", "Nowhere/Nothing")),
        pa.array([1], pa.timestamp("s", "+99:00")),
    ],
    ids=lambda array: str(array.type),
)
def test_other_types_are_refused(array: Any) -> None:
    with pytest.raises(StreamError, match=r"has (the|a) type"):
        read(stream_of(pa.table({"a": array})))


@pytest.mark.parametrize("names", [["a", "a"], ["", "b"]])
def test_names_must_be_unique_and_not_empty(names: list[str]) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=names)
    with pytest.raises(StreamError, match="names"):
        read(stream_of(table))


def test_a_second_batch_is_refused() -> None:
    table = pa.Table.from_batches([pa.record_batch({"a": [1]}), pa.record_batch({"a": [2]})])
    with pytest.raises(StreamError, match="too many"):
        read(stream_of(table))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=4)
)
def test_whatever_is_changed_is_refused_or_sound(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for position, value in changes:
        content[position] = value
    try:
        batch = read(bytes(content))
    except StreamError:
        return
    # Everything that was not refused can be read to its end. Arrow's years are more than Python's.
    for column in batch.columns:
        values = (
            column.to_numpy(zero_copy_only=False)
            if pa.types.is_temporal(column.type)
            else column.to_pylist()
        )
        assert len(values) == batch.num_rows
    batch.validate(full=True)


@given(st.integers(0, len(GOOD) - 1))
@settings(deadline=None)
def test_whatever_is_cut_off_is_refused_or_whole(length: int) -> None:
    try:
        batch = read(GOOD[:length] or b"\0")
    except StreamError:
        return
    assert pa.Table.from_batches([batch]).equals(TABLE)
