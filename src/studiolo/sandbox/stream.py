"""Reading an Arrow stream that a hostile process may have written."""

import re
import struct
import zoneinfo
from collections.abc import Sequence

import pyarrow as pa

from studiolo.sandbox.memory_file import MemoryFile

_FIXED_ZONE = re.compile(r"[+-]([01]\d|2[0-3]):[0-5]\d")
_COMPRESSION_FIELD = 3
_DATA_FIELD = 1
_HEADER_FIELD = 2


class StreamError(Exception):
    """The bytes are no stream that a guest of ours writes; the message says in which way."""


class TooManyColumnsError(StreamError):
    """There are more columns than are allowed; ``columns`` says how many."""

    def __init__(self, columns: int, allowed: int) -> None:
        self.columns = columns
        super().__init__(f"it has {columns:,} columns; {allowed:,} are allowed")


def read_stream(file: MemoryFile, *, columns: int) -> pa.RecordBatch:
    """The one record batch of a sealed file, its memory being the file's, checked in full.

    Arrow's readers trust a stream's offsets, sizes and claims about compression; everything that
    reads the table later relies on the checks made here. Metadata is dropped.

    Raises:
        StreamError: a check failed.
    """
    if file.size == 0:
        raise StreamError("a result is missing")
    content = pa.py_buffer(file.map())
    try:
        _check_messages(content, columns=columns)
        with pa.ipc.open_stream(content) as reader:
            _check_types(reader.schema, columns=columns)
            batch = reader.read_next_batch()
        batch.validate(full=True)
        if not batch.num_columns and batch.num_rows:
            raise StreamError("it has rows without columns")
    except (pa.ArrowException, ValueError, OSError, StopIteration) as error:
        raise StreamError(f"it is not a valid Arrow stream: {error}") from error
    plain = pa.schema([pa.field(field.name, field.type) for field in batch.schema])
    checked: pa.RecordBatch = pa.RecordBatch.from_arrays(batch.columns, schema=plain)
    return checked


def _check_messages(content: pa.Buffer, *, columns: int) -> None:
    """One schema, one batch, a dictionary a column at the most, and nothing compressed.

    A compressed buffer is expanded while it is read, to whatever size it claims.
    """
    seen = {"schema": 0, "dictionary": 0, "record batch": 0}
    for message in pa.ipc.MessageReader.open_stream(content):
        if message.type not in seen:
            raise StreamError(f"it has a message of the type {message.type!r}")
        seen[message.type] += 1
        if seen[message.type] > (columns if message.type == "dictionary" else 1):
            raise StreamError(f"it has too many messages of the type {message.type!r}")
        if message.type != "schema" and _is_compressed(message):
            raise StreamError("it is compressed")


def _is_compressed(message: pa.ipc.Message) -> bool:
    metadata = message.metadata.to_pybytes()
    try:
        header = _field(metadata, _follow(metadata, 0), _HEADER_FIELD)
        if header is None:
            raise StreamError("a message has no header")
        table = _follow(metadata, header)
        if message.type == "dictionary":
            data = _field(metadata, table, _DATA_FIELD)
            if data is None:
                raise StreamError("a dictionary has no data")
            table = _follow(metadata, data)
        return _field(metadata, table, _COMPRESSION_FIELD) is not None
    except struct.error as error:
        raise StreamError("a message's offsets lead out of it") from error


def _follow(flat: bytes, position: int) -> int:
    """Where the FlatBuffers offset at ``position`` points to."""
    (offset,) = struct.unpack_from("<I", flat, position)
    return position + int(offset)


def _field(flat: bytes, table: int, number: int) -> int | None:
    """Where field ``number`` of a FlatBuffers table lies, None if it is not there."""
    (back,) = struct.unpack_from("<i", flat, table)
    vtable = table - int(back)
    if vtable < 0:
        raise StreamError("a message's offsets lead out of it")
    (size,) = struct.unpack_from("<H", flat, vtable)
    slot = 4 + 2 * number
    if slot + 2 > size:
        return None
    (offset,) = struct.unpack_from("<H", flat, vtable + slot)
    return table + int(offset) if offset else None


def _check_types(schema: pa.Schema, *, columns: int) -> None:
    if len(schema) > columns:
        raise TooManyColumnsError(len(schema), columns)
    names: Sequence[str] = schema.names
    if len(set(names)) != len(names) or "" in names:
        raise StreamError("its column names are not unique, or one is empty")
    for field in schema:
        kind = field.type
        if isinstance(kind, pa.DictionaryType):
            kind = kind.value_type
        if not _is_scalar(kind):
            raise StreamError(f"the column {field.name!r} has the type {field.type}")


def _is_scalar(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.TimestampType):
        return kind.tz is None or _is_zone(kind.tz)
    if pa.types.is_decimal(kind):
        # Any other scale passes Arrow's own checks, and breaks whoever reads a value.
        return bool(0 <= kind.scale <= kind.precision)
    return not isinstance(kind, pa.BaseExtensionType) and (
        pa.types.is_boolean(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_date(kind)
        or pa.types.is_time(kind)
        or pa.types.is_duration(kind)
    )


def _is_zone(name: str) -> bool:
    if _FIXED_ZONE.fullmatch(name):
        return True
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
