"""Reading an Arrow stream that a hostile process may have written."""

import re
import zoneinfo
from collections.abc import Callable, Sequence

import pyarrow as pa

from studiolo.datasets.reading.stream_messages import StreamError, check_messages
from studiolo.sandbox.exchange.memory_file import MemoryFile

_FIXED_ZONE = re.compile(r"[+-]([01]\d|2[0-3]):[0-5]\d")


def read_stream(
    file: MemoryFile, *, columns: int, go_on: Callable[[], None] = lambda: None
) -> pa.RecordBatch:
    """The one record batch of a sealed file, its memory being the file's, checked in full.

    Arrow's readers trust a stream's offsets, sizes and claims about compression; everything that
    reads the table later relies on the checks made here.

    Args:
        file: The file. It must have no holes: reading them would fill them.
        columns: How many there may be.
        go_on: Called now and then; it raises what is to end the work.

    Raises:
        StreamError: a check failed.
    """
    if file.size == 0:
        raise StreamError("a result is missing")
    return read_stream_content(pa.py_buffer(file.map()), columns=columns, go_on=go_on)


def read_stream_content(
    content: pa.Buffer,
    *,
    columns: int,
    go_on: Callable[[], None] = lambda: None,
    metadata: bool = False,
) -> pa.RecordBatch:
    """The one record batch of a stream, its memory being the stream's, checked in full.

    Args:
        content: The stream.
        columns: How many there may be.
        go_on: Called now and then; it raises what is to end the work.
        metadata: Whether the schema may have some, which are left out.

    Raises:
        StreamError: a check failed.
    """
    try:
        check_messages(memoryview(content), columns=columns, metadata=metadata)
        with pa.ipc.open_stream(content) as reader:
            _check_types(reader.schema)
            batch = reader.read_next_batch()
        batch.validate()
        for column in batch.columns:
            go_on()
            column.validate(full=True)
        if not batch.num_columns and batch.num_rows:
            raise StreamError("it has rows without columns")
    except (pa.ArrowException, ValueError, OSError, StopIteration) as error:
        raise StreamError(f"it is not a valid Arrow stream: {error}") from error
    plain = pa.schema([pa.field(field.name, field.type) for field in batch.schema])
    checked: pa.RecordBatch = pa.RecordBatch.from_arrays(batch.columns, schema=plain)
    return checked


def _check_types(schema: pa.Schema) -> None:
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
        # Any other scale passes Arrow's own checks, and breaks the code that reads a value.
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
