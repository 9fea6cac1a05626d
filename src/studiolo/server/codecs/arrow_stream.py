"""Arrow IPC streams, one table each.

A stream of one batch, such as pandas and Arrow write of a frame, is checked and read where it is.
Any other, and any Arrow file, is read in a process of its own, as other formats are that can hold
more than their size tells.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from studiolo.datasets.formats import Content, FileFormat
from studiolo.datasets.invariants import MOST_COLUMNS, check_table, in_one_piece
from studiolo.datasets.reading.confined_reading import read_confined
from studiolo.datasets.reading.stream_messages import StreamError
from studiolo.sandbox.exchange.stream import read_stream_content
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.one_table import NAME, READING, decode_table
from studiolo.server.codecs.reply import one_output
from studiolo.services.scoring import RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator


def decode(
    body: bytes, parameters: Mapping[str, str], validator: Validator, limits: RequestLimits
) -> ScoringRequest | RequestRefused:
    """The request, or what is wrong with it."""
    return decode_table(body, parameters, validator, limits, read=_read)


def encode(reply: ScoringReply, output: str | None = None) -> bytes:
    """An output as a stream of one batch.

    Raises:
        ReplyError: There are several, and none is asked for by name.
    """
    table = one_output(reply, output)
    sink = pa.BufferOutputStream()
    arrays: Any = [in_one_piece(column).chunk(0) for column in table.columns]
    batch = pa.RecordBatch.from_arrays(arrays, names=table.column_names)
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _read(body: bytes) -> pa.Table:
    content = pa.py_buffer(body)
    try:
        batch = read_stream_content(content, columns=MOST_COLUMNS, metadata=True)
    except StreamError:
        file = Content(data=content, name=NAME, format=FileFormat.ARROW)
        return read_confined(file, limits=READING).table
    return check_table(pa.Table.from_batches([batch]), source=NAME)
