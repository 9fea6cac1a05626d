"""The classic services' list of objects, for `format=swagger`.

`{"Results": {"output1": [{"Scored Labels": "1"}]}}`, with every cell as text.
"""

import json

import pyarrow as pa

from studiolo.server.codecs.classic_cells import classic_cells
from studiolo.services.scoring import ScoringReply


def encode(reply: ScoringReply) -> bytes:
    """The reply as JSON.

    Raises:
        ReplyError: A value can't be written so, such as a year beyond 9999.
    """
    results = {name: _rows(table) for name, table in reply.outputs.items()}
    return json.dumps({"Results": results}, separators=(",", ":")).encode()


def _rows(table: pa.Table) -> list[dict[str, str | None]]:
    names = table.column_names
    cells = [classic_cells(column) for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
