"""Plain text: one column of strings, one line a row."""

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import joined, text, text_of
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.delimited_guess import note_on_fields
from studiolo.datasets.formats.delimited_scan import Dialect
from studiolo.datasets.formats.encoding import text_lines
from studiolo.datasets.formats.errors import FormatCannotHoldError
from studiolo.datasets.invariants import check_dataset

_ADVICE = "Write it as CSV, Parquet or Arrow"


def read(content: Content) -> Dataset:
    """Read every line, blank ones too, as a string of the column Col1."""
    lines = pa.array(text_lines(content), pa.large_string())
    notes = note_on_fields(content.data, Dialect(delimiter=b",", header=False, skips_spaces=True))
    return check_dataset(pa.table({"Col1": lines}), source=content.name, notes=notes)


def write(dataset: Dataset, target: Target) -> None:
    """Write one column of strings, one line a row; its name is not kept."""
    problem = _problem(dataset.table)
    if problem is not None:
        raise FormatCannotHoldError(
            file=target.name, format_name="plain text", what=problem, advice=_ADVICE
        )
    for chunk in dataset.table.column(0).chunks:
        target.sink.write(text_of(joined(chunk, text("\n"))).tobytes())


def _problem(table: pa.Table) -> str | None:
    if table.num_columns != 1:
        return f"{table.num_columns} columns, only one"
    column = table.column(0)
    if not pa.types.is_large_string(column.type):
        return f"values of the type {column.type}, only strings"
    if column.null_count:
        return "missing values"
    if pc.any(pc.match_substring_regex(column, "[\\r\\n\\x00]")).as_py():
        return "strings with line breaks or NUL characters"
    return None
