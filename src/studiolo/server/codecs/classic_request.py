"""The requests of the classic services' clients, in either shape.

`{"Inputs": {"input1": …}, "GlobalParameters": {}}`, where an input is a table, as in
`classic_table`, or a list of objects. Clients mix up which of them `format=swagger` asks for, and
an input says by itself which it is.
"""

from collections.abc import Mapping
from typing import Any

from studiolo.server.codecs.classic_table import cells_of_table
from studiolo.server.codecs.json_body import member, read_json
from studiolo.server.codecs.limits import RequestLimits, check_rows
from studiolo.server.codecs.refusal import RefusalError, invalid
from studiolo.server.codecs.rows import cells_of_rows
from studiolo.services.scoring import RequestRefused, ScoringRequest
from studiolo.services.validation import Cells, Validator
from studiolo.services.words import meant, quoted, shown

_KEYS = ("Inputs", "GlobalParameters")
_LOWER_KEYS = {key.lower() for key in _KEYS}


def decode(
    body: bytes, validator: Validator, limits: RequestLimits
) -> ScoringRequest | RequestRefused:
    """The request, or what is wrong with it."""
    try:
        document = read_json(body, limits, exact=validator.exact)
        if not isinstance(document, dict):
            raise invalid(
                'The body is not an object with the keys "Inputs" and "GlobalParameters".'
            )
        _check_keys(document)
        inputs = {
            name: _cells(value, name, validator)
            for name, value in _object(document, "Inputs").items()
        }
        check_rows(sum(cells.rows for cells in inputs.values()), limits)
        return validator.check(inputs, _object(document, "GlobalParameters"))
    except RefusalError as error:
        return error.refused()


def _check_keys(document: Mapping[str, Any]) -> None:
    """Refuse a key that one of ours was meant by; others were ignored in the classic service."""
    for name in document:
        if name.lower() not in _LOWER_KEYS and (hint := meant(name, _KEYS)):
            raise invalid(f"The body has the unknown key {quoted(name)}.{hint}")


def _object(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object; R writes an empty one as a list, as a text, or not at all."""
    value = member(document, key)
    if isinstance(value, dict):
        return value
    if value in (None, "", []):
        return {}
    raise invalid(f'"{key}" is not an object.')


def _cells(value: object, name: str, validator: Validator) -> Cells:
    if isinstance(value, list):
        return cells_of_rows(value, target=name, names=validator.columns(name))
    if isinstance(value, dict) and "ColumnNames" in value:
        return cells_of_table(value, target=name)
    raise invalid(
        f'The input "{shown(name)}" is neither an object with "ColumnNames" and "Values" nor '
        "a list of objects.",
        target=shown(name),
    )
