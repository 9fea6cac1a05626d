"""Inputs as lists of objects, one for each row."""

from collections.abc import Sequence
from typing import Any

from studiolo.server.codecs.refusal import RefusalError, invalid
from studiolo.services.scoring import ProblemCode
from studiolo.services.validation import Cells
from studiolo.services.words import shown


def cells_of_rows(rows: Sequence[Any], *, target: str, names: Sequence[str]) -> Cells:
    """The cells of the rows; every row has the same columns, in any order.

    Args:
        rows: The rows of the request.
        target: The name of the input.
        names: Its columns by the schema, for an input without rows.

    Raises:
        RefusalError: A row is not an object, or has other columns than the first.
    """
    if rows:
        if not isinstance(rows[0], dict):
            raise _not_an_object(0, target)
        names = list(rows[0])
    width = len(names)
    try:
        if all(isinstance(row, dict) and len(row) == width for row in rows):
            return Cells(names=names, columns=[[row[name] for row in rows] for name in names])
    except KeyError:
        pass
    raise _other_columns(rows, names, target)


def _other_columns(rows: Sequence[Any], names: Sequence[str], target: str) -> RefusalError:
    first = set(names)
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            return _not_an_object(number, target)
        if set(row) != first:
            break
    missing = [name for name in names if name not in row]
    extra = [name for name in row if name not in first]
    name = (missing or extra)[0]
    what = (
        f'has no column "{shown(name)}", which row 1 has. Write null where a value is missing.'
        if missing
        else f'has a column "{shown(name)}", which row 1 does not have.'
    )
    return RefusalError(
        ProblemCode.INPUT_MISMATCH,
        f"Row {number + 1} {what}",
        target=target,
        row=number + 1,
        column=shown(name),
    )


def _not_an_object(number: int, target: str) -> RefusalError:
    return invalid(
        f"Row {number + 1} of the input is not an object with the columns as keys.",
        target=target,
        row=number + 1,
    )
