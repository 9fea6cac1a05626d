"""The classic services' table of names and values.

`{"Results": {"output1": {"type": "table", "value": {"Values": [["1"]]}}}}`, with every cell as
text. Names and types of the columns are there for `details=true` alone: clients that find names
look for types as well.
"""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from studiolo.rendering.amounts import count_text
from studiolo.server.codecs.classic_cells import classic_cells, classic_type
from studiolo.server.codecs.refusal import RefusalError, invalid
from studiolo.services.scoring import ProblemCode, ScoringReply
from studiolo.services.validation import Cells


def encode(reply: ScoringReply, *, details: bool) -> bytes:
    """The reply as JSON.

    Raises:
        ReplyError: A value can't be written so, such as a year beyond 9999.
    """
    results = {
        name: {"type": "table", "value": _value(table, details=details)}
        for name, table in reply.outputs.items()
    }
    return json.dumps({"Results": results}, separators=(",", ":")).encode()


def cells_of_table(table: Mapping[str, Any], *, target: str) -> Cells:
    """The cells of `{"ColumnNames": ["a"], "Values": [["1"]]}`.

    Raises:
        RefusalError: It has another form, or a row has too few or too many values.
    """
    names, rows = table.get("ColumnNames"), table.get("Values")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise invalid('"ColumnNames" is not a list of names.', target=target)
    if not isinstance(rows, list):
        raise invalid('"Values" is not a list of rows.', target=target)
    width = len(names)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list):
            message = f'Row {number} of "Values" is not a list of values.'
            raise invalid(message, target=target, row=number)
        if len(row) != width:
            raise RefusalError(
                ProblemCode.INPUT_PARSE,
                f"Row {number} has {count_text(len(row), 'value')} for "
                f"{count_text(width, 'column')}.",
                target=target,
                row=number,
            )
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return Cells(names=names, columns=columns)


def _value(table: pa.Table, *, details: bool) -> Mapping[str, object]:
    cells = [classic_cells(column) for column in table.columns]
    values = {"Values": list(zip(*cells, strict=True))}
    if not details:
        return values
    kinds = [classic_type(kind) for kind in table.schema.types]
    return {"ColumnNames": table.column_names, "ColumnTypes": kinds, **values}
