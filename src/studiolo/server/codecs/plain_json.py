"""JSON with its own types: `{"inputs": {"input1": [{"age": 30}]}, "parameters": {}}`.

Replies are `{"outputs": {"output1": [{"Scored Labels": 1}]}}`. What JSON has no word for is text:
see `services.json_values`.
"""

import json

import pyarrow as pa

from studiolo.server.codecs.json_body import read_json
from studiolo.server.codecs.limits import RequestLimits, check_rows
from studiolo.server.codecs.refusal import RefusalError, invalid
from studiolo.server.codecs.rows import cells_of_rows
from studiolo.services.json_values import JsonValue, json_values
from studiolo.services.scoring import RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator
from studiolo.services.words import quoted, shown

_KEYS = ("inputs", "parameters")


def decode(
    body: bytes, validator: Validator, limits: RequestLimits
) -> ScoringRequest | RequestRefused:
    """The request, or what is wrong with it."""
    try:
        document = read_json(body, limits, exact=validator.exact)
        if not isinstance(document, dict):
            raise invalid('The body is not an object with the keys "inputs" and "parameters".')
        for key, value in document.items():
            if key not in _KEYS:
                allowed = '"inputs" and "parameters"'
                raise invalid(f"The body has the unknown key {quoted(key)}; allowed are {allowed}.")
            if not isinstance(value, dict):
                raise invalid(f'"{key}" is not an object.')
        inputs = {}
        for name, rows in document.get("inputs", {}).items():
            if not isinstance(rows, list):
                raise invalid(
                    f'The input "{shown(name)}" is not a list of rows.', target=shown(name)
                )
            inputs[name] = cells_of_rows(rows, target=name, names=validator.columns(name))
        check_rows(sum(cells.rows for cells in inputs.values()), limits)
        return validator.check(inputs, document.get("parameters", {}))
    except RefusalError as error:
        return error.refused()


def encode(reply: ScoringReply) -> bytes:
    """The reply as JSON in UTF-8."""
    outputs = {name: _rows(table) for name, table in reply.outputs.items()}
    return json.dumps(
        {"outputs": outputs}, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _rows(table: pa.Table) -> list[dict[str, JsonValue]]:
    names = table.column_names
    values = [json_values(column) for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
