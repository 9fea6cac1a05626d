"""Numbers that are written with a decimal comma: 3,14."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column
from studiolo.datasets.formats.inference import typed_column
from studiolo.datasets.invariants import in_one_piece

#: A number with a comma, and any number that its column may also have.
_COMMA = r"^\s*-?[0-9]+,[0-9]+\s*$"
_NUMBER = r"^\s*(-?[0-9]+(,[0-9]+)?)?\s*$"
_SHOWN = 10


def columns_with_commas(texts: Sequence[Column]) -> list[Column]:
    """Give columns of text their types, where the decimal mark is the comma.

    A column in which points could be decimal marks stays text: they may separate
    thousands.
    """
    return [_column_with_commas(text) for text in texts]


def _column_with_commas(text: Column) -> Column:
    # A point does not belong to any number; nor does its replacement here.
    swapped = typed_column(pc.replace_substring(pc.replace_substring(text, ".", "?"), ",", "."))
    if pa.types.is_integer(swapped.type) or pa.types.is_floating(swapped.type):
        return swapped
    typed = typed_column(text)
    return in_one_piece(text.cast(pa.large_string())) if pa.types.is_floating(typed.type) else typed


def note_on_commas(table: pa.Table) -> list[str]:
    """A sentence about the columns of text whose values are all numbers with a decimal comma."""
    found = [
        name
        for name, column in zip(table.column_names, table.columns, strict=True)
        if pa.types.is_large_string(column.type) and _has_decimal_commas(column)
    ]
    if not found:
        return []
    shown = ", ".join(f'"{name}"' for name in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    which = f"The column {shown} has" if len(found) == 1 else f"The columns {shown}{more} have"
    return [
        f"{which} decimal commas and stayed text. To read numbers, name the decimal mark: "
        '--decimal , on the command line, decimal: "," at the dataset in an experiment.'
    ]


def _has_decimal_commas(column: Column) -> bool:
    beginning = column.slice(0, _SHOWN).drop_null()
    if not pc.all(pc.match_substring_regex(beginning, _NUMBER)).as_py():
        return False
    return bool(
        pc.all(pc.match_substring_regex(column, _NUMBER)).as_py()
        and pc.any(pc.match_substring_regex(column, _COMMA)).as_py()
    )
