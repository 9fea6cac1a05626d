"""The Python device as a dataset, which is what leaves its port."""

import base64
from collections.abc import Sequence

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.sandbox.exchange.job import Image
from studiolo.sandbox.exchange.sealed_table import SealedTable

#: What the classic studio wrote behind the output of a script that succeeded.
_SUCCEEDED = "Execution OK\r\n"


def device_table(console: str, images: Sequence[Image]) -> SealedTable:
    """The console and images of a script that succeeded, as the classic services returned them.

    It is one row of two cells, both data URIs: the text, which is not escaped, and the picture.
    Without a picture the second cell is missing. Further pictures have a row each, without a text.
    The classic services' replies do not tell the names of the columns.
    """
    texts = [f"data:text/plain,{console}{_SUCCEEDED}"]
    pictures = [
        f"data:{image.media_type};base64,{base64.b64encode(image.content).decode('ascii')}"
        for image in images
    ]
    rows = max(len(pictures), 1)
    return SealedTable.of_dataset(
        Dataset(
            table=pa.table(
                {
                    "Standard Output": _column(texts, rows),
                    "Graphics": _column(pictures, rows),
                }
            )
        )
    )


def _column(values: Sequence[str], rows: int) -> pa.LargeStringArray:
    return pa.array([*values, *[None] * (rows - len(values))], pa.large_string())
