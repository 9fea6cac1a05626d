"""Parquet files, one table each, read in a process of its own."""

from collections.abc import Mapping

import pyarrow as pa

from studiolo.datasets.formats import Content, FileFormat
from studiolo.datasets.reading.confined_reading import read_confined
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.one_table import NAME, READING, decode_table
from studiolo.server.codecs.reply import one_output, written
from studiolo.services.scoring import RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator


def decode(
    body: bytes, parameters: Mapping[str, str], validator: Validator, limits: RequestLimits
) -> ScoringRequest | RequestRefused:
    """The request, or what is wrong with it."""
    return decode_table(body, parameters, validator, limits, read=_read)


def encode(reply: ScoringReply, output: str | None = None) -> bytes:
    """An output as a Parquet file.

    Raises:
        ReplyError: There are several, and none is asked for by name; or Parquet can't hold it.
    """
    return written(one_output(reply, output), FileFormat.PARQUET)


def _read(body: bytes) -> pa.Table:
    content = Content(data=pa.py_buffer(body), name=NAME, format=FileFormat.PARQUET)
    return read_confined(content, limits=READING).table
