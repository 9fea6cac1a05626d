"""A reply of a service as an example: the first row of what its published run gave.

Zeros and the word "value" stand for it where there is none.
"""

import json
from typing import Any

from studiolo.server.codecs import classic_rows, classic_table
from studiolo.services.sample_request import sample_row
from studiolo.services.schema import ServiceSchema
from studiolo.services.scoring import ScoringReply, ScoringRequest
from studiolo.services.validation import Cells, Validator


def sample_reply(schema: ServiceSchema, *, swagger: bool) -> Any:
    """A reply of one row for each output, as it would go out; None if there is no sample.

    Args:
        schema: That of the service.
        swagger: Whether rows are objects, and not lists of values.
    """
    # What is read like an input is of the types that the output has.
    reader = Validator(ServiceSchema(inputs=schema.outputs))
    cells = {
        name: Cells(names=list(row), columns=[[value] for value in row.values()])
        for name, row in ((name, sample_row(port)) for name, port in schema.outputs.items())
    }
    read = reader.check(cells, {})
    if not isinstance(read, ScoringRequest):
        return None
    reply = ScoringReply(outputs=read.inputs)
    encode = classic_rows.encode if swagger else _with_details
    return json.loads(encode(reply))


def _with_details(reply: ScoringReply) -> bytes:
    return classic_table.encode(reply, details=True)
