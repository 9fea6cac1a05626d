"""CSV with a header, one table each, as `docs/reference/dataset-formats.md` has it.

The schema tells the types, so that `007` stays text in a column of text.
"""

from collections.abc import Mapping

import pyarrow as pa

from studiolo.datasets.formats import Content, FileFormat, delimited
from studiolo.datasets.formats.delimited_scan import first_record
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.one_table import NAME, decode_table
from studiolo.server.codecs.refusal import invalid
from studiolo.server.codecs.reply import one_output, written
from studiolo.services.scoring import RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

#: Bytes of the names of the columns: they become objects before there is a table.
_LONGEST_HEADER = 1 << 16


def decode(
    body: bytes, parameters: Mapping[str, str], validator: Validator, limits: RequestLimits
) -> ScoringRequest | RequestRefused:
    """The request, or what is wrong with it."""
    return decode_table(body, parameters, validator, limits, read=_read)


def encode(reply: ScoringReply, output: str | None = None) -> bytes:
    """An output as CSV.

    Raises:
        ReplyError: There are several, and none is asked for by name; or text can't hold it.
    """
    return written(one_output(reply, output), FileFormat.CSV)


def _read(body: bytes) -> pa.Table:
    if len(body) > _LONGEST_HEADER:
        beginning = body[:_LONGEST_HEADER]
        header = first_record(beginning, delimited.DIALECTS[FileFormat.CSV], start=0)
        if header is None or header.end >= len(beginning):
            raise invalid(f"The first row of the body has more than {_LONGEST_HEADER:,} bytes.")
    content = Content(data=pa.py_buffer(body), name=NAME, format=FileFormat.CSV)
    return delimited.read_texts(content).table
