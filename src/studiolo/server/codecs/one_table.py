"""Requests whose body is one table; the query has the web-service parameters."""

from collections.abc import Callable, Mapping
from typing import Final

import pyarrow as pa

from studiolo.datasets.errors import DatasetError
from studiolo.datasets.formats.errors import DamagedFileError
from studiolo.datasets.reading_limits import ReadingLimits
from studiolo.server.codecs.limits import RequestLimits, check_rows, check_size
from studiolo.server.codecs.refusal import RefusalError, invalid
from studiolo.services.scoring import RequestRefused, ScoringRequest
from studiolo.services.validation import Validator
from studiolo.services.words import listed

#: What errors call the body.
NAME = "the body"
#: What the reading of one request may take: how many rows it has is known only afterwards.
READING: Final = ReadingLimits(memory=512 << 20, seconds=10)


def decode_table(
    body: bytes,
    parameters: Mapping[str, str],
    validator: Validator,
    limits: RequestLimits,
    *,
    read: Callable[[bytes], pa.Table],
) -> ScoringRequest | RequestRefused:
    """The request, or what is wrong with it.

    Args:
        body: The bytes of the request.
        parameters: Web-service parameters, as text.
        validator: Holds the request against the schema.
        limits: How much it may hold.
        read: Reads the table; it raises DatasetError or RefusalError.
    """
    try:
        check_size(body, limits)
        inputs = validator.schema.inputs
        if len(inputs) != 1:
            takes = f"the inputs {listed(inputs)}" if inputs else "no input"
            raise invalid(
                f"The service takes {takes}, and a body in this format is one table. Send JSON "
                "(Content-Type: application/json)."
            )
        try:
            table = read(body)
        except DamagedFileError as error:
            reason = error.reason.rstrip(".")
            sentence = f"The body is not {error.format_name}, or it was cut off: {reason}."
            raise invalid(sentence) from error
        except DatasetError as error:
            raise invalid(f"The body can't be read: {error}") from error
        check_rows(table.num_rows, limits)
        return validator.check({next(iter(inputs)): table}, parameters)
    except RefusalError as error:
        return error.refused()
