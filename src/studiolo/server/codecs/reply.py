"""The part of a reply that goes out, and how much that is."""

import io

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import DatasetError
from studiolo.datasets.formats import FileFormat
from studiolo.datasets.reading.files import write_dataset_to
from studiolo.datasets.written_size import written_size
from studiolo.server.codecs.limits import RequestLimits
from studiolo.services.scoring import ScoringReply
from studiolo.services.words import listed


class ReplyError(Exception):
    """A reply can't be written in the form that was asked for; the message says why.

    The scripts of the service made the reply, so that it is their owner's mistake.
    """


def check_reply(reply: ScoringReply, limits: RequestLimits) -> None:
    """Refuse a reply that would take too much room once it is written out.

    Raises:
        ReplyError: It is.
    """
    size = sum(written_size(c) for table in reply.outputs.values() for c in table.columns)
    if size > limits.reply_size:
        raise ReplyError(
            f"The result has {size:,} bytes; {limits.reply_size:,} are allowed. Send fewer rows at "
            "once."
        )


def one_output(reply: ScoringReply, name: str | None) -> pa.Table:
    """The output that goes out where there is room for one.

    Raises:
        ReplyError: The service has several, and the name is of none.
    """
    if name is None and len(reply.outputs) == 1:
        (table,) = reply.outputs.values()
        return table
    if name is None or name not in reply.outputs:
        raise ReplyError(f"A reply in this format is one of {listed(reply.outputs)}.")
    return reply.outputs[name]


def written(table: pa.Table, file_format: FileFormat) -> bytes:
    """The bytes of a dataset file.

    Raises:
        ReplyError: The format can't hold the table.
    """
    sink = io.BytesIO()
    try:
        write_dataset_to(Dataset(table=table), sink, name="the reply", format=file_format)
    except DatasetError as error:
        raise ReplyError(str(error)) from error
    return sink.getvalue()
