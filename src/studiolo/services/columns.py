"""Reading a column that a caller sent as the column that the schema has.

What is as it should be is read at once, by functions of C. Anything else is read cell by cell,
which is what counts: it knows what may be converted, and which rows are wrong.
"""

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from studiolo.datasets.arrow import Column, Values
from studiolo.datasets.invariants import in_one_piece
from studiolo.datasets.profile.kinds import type_text
from studiolo.datasets.written_size import written_size
from studiolo.services.cells import UnfitCellError, cell_type
from studiolo.services.json_values import units_of
from studiolo.services.schema import ColumnSchema

#: Takes a row, from 0 (None for the whole column), what was expected and what was found.
Report = Callable[[int | None, str, object], None]

#: Bytes of a column, each value written out.
_LARGEST = 256 << 20

#: A value is needed and there is none.
NEEDED = "a value"
_NO_VALUE = type(None)
#: The types of cells that are read at once, by the type of their column.
_AT_ONCE: dict[pa.DataType, frozenset[type]] = {
    pa.large_string(): frozenset({str, _NO_VALUE}),
    pa.int64(): frozenset({int, _NO_VALUE}),
    pa.bool_(): frozenset({bool, _NO_VALUE}),
    pa.float64(): frozenset({float}),
}
#: How they are laid out in memory, as `struct` calls it.
_PACKED = {pa.float64(): "d", pa.int64(): "q"}
#: How they are read from text.
_PARSED: dict[pa.DataType, type[float] | type[int]] = {pa.float64(): float, pa.int64(): int}


class ColumnReader:
    """Reads the cells or the Arrow column that a caller sent for one column of the schema."""

    def __init__(self, schema: ColumnSchema) -> None:
        self._schema = schema
        self._cells = cell_type(schema.type)
        self._kinds = _AT_ONCE.get(schema.type, frozenset())
        self._parse = _PARSED.get(schema.type)
        self._packed = _PACKED.get(schema.type)
        self._known: dict[object, int] = {}
        if schema.categories is not None:
            known = [self._cells.read(category) for category in schema.categories]
            self._known = {category: number for number, category in enumerate(known)}
            self._categories = pa.array(known, schema.type)
            self._listed = "one of " + ", ".join(f'"{one}"' for one in schema.categories[:20])

    def from_cells(self, cells: Sequence[object], report: Report) -> Values | None:
        """The column; None if a cell does not fit, which is reported.

        Args:
            cells: Text, numbers, booleans and None, one for each row.
            report: Called for each cell that does not fit.
        """
        array = self._at_once(cells)
        if array is not None and (self._schema.missing or not array.null_count):
            return array
        values: Any = self._read(cells, report)
        if values is None or not self._check_missing(values, report):
            return None
        if self._schema.categories is not None:
            return self._categorical(values, report)
        return cast("Values", pa.array(values, self._schema.type))

    def from_column(self, column: Column, report: Report) -> Values | None:
        """The column; None if the one sent does not fit, which is reported.

        Args:
            column: A column of a checked dataset.
            report: As for `from_cells`.
        """
        if isinstance(column.type, pa.DictionaryType):
            # A text of megabytes that each of a million rows names takes no room until then.
            size = written_size(column)
            if size > _LARGEST:
                report(None, f"at most {_LARGEST:,} bytes of values", f"{size:,} bytes")
                return None
            column = column.cast(column.type.value_type)
        if column.type != self._schema.type:
            if types.is_large_string(column.type):
                return self.from_cells(column.to_pylist(), report)
            converted = self._converted(column, report)
            if converted is None:
                return None
            column = converted
        if types.is_floating(column.type):
            column = cast("Column", pc.if_else(pc.is_nan(column), None, column))
        if column.null_count and not self._schema.missing:
            missing: Any = pc.indices_nonzero(column.is_null())
            report(int(missing[0].as_py()), NEEDED, None)
            return None
        array = cast("Values", in_one_piece(column).chunk(0))
        if self._schema.categories is not None:
            return self._categorical(_keys(array), report)
        return array

    def _at_once(self, cells: Sequence[Any]) -> Values | None:
        """The column, if no cell needs to be looked at by itself."""
        schema = self._schema
        if schema.categories is not None:
            return self._categorical_at_once(cells)
        kinds = set(map(type, cells))
        if self._parse is not None and kinds == {str}:
            cells = _parsed(cells, self._parse)
        elif not kinds <= self._kinds or (kinds == {float} and not all(map(math.isfinite, cells))):
            return None
        try:
            if self._packed and _NO_VALUE not in kinds:
                # Half of the time that `pa.array` takes for a row.
                content = struct.pack(f"={len(cells)}{self._packed}", *cells)
                buffers = [None, pa.py_buffer(content)]
                return cast("Values", pa.Array.from_buffers(schema.type, len(cells), buffers))
            return cast("Values", pa.array(cells, schema.type))
        except (pa.ArrowException, OverflowError, UnicodeError, struct.error):
            return None

    def _categorical_at_once(self, cells: Sequence[Any]) -> Values | None:
        if self._schema.type != pa.large_string():  # to Python, true is 1
            return None
        try:
            places: Any = pa.array([self._known[cell] for cell in cells], pa.int32())
        except (KeyError, TypeError):
            return None
        return pa.DictionaryArray.from_arrays(
            places, self._categories, ordered=self._schema.ordered
        )

    def _read(self, cells: Sequence[object], report: Report) -> list[object] | None:
        values, right = [], True
        for row, cell in enumerate(cells):
            try:
                values.append(self._cells.read(cell))
            except ValueError as error:
                more = error.expected if isinstance(error, UnfitCellError) else ""
                report(row, more or self._cells.expected, cell)
                right = False
        return values if right else None

    def _check_missing(self, values: Sequence[object], report: Report) -> bool:
        if self._schema.missing or None not in values:
            return True
        for row, value in enumerate(values):
            if value is None:
                report(row, NEEDED, None)
        return False

    def _categorical(self, values: Sequence[object], report: Report) -> Values | None:
        """The values by the numbers of their categories; those unseen in training come last."""
        known = self._known
        unseen: dict[object, int] = {}
        places: list[int | None] = []
        for row, value in enumerate(values):
            place = None if value is None else known.get(value, unseen.get(value))
            if place is None and value is not None:
                if self._schema.ordered:  # where is its place in the order?
                    report(row, self._listed, value)
                    return None
                place = unseen[value] = len(known) + len(unseen)
            places.append(place)
        categories: Any = self._categories
        if unseen:
            categories = pa.concat_arrays([categories, pa.array(list(unseen), self._schema.type)])
        numbers: Any = pa.array(places, pa.int32())
        return pa.DictionaryArray.from_arrays(numbers, categories, ordered=self._schema.ordered)

    def _converted(self, column: Column, report: Report) -> Column | None:
        """The column in the type of the schema, if no value changes."""
        source, target = column.type, self._schema.type
        if _family(source) != _family(target):
            expected = f"a column of the type {type_text(target)}"
            report(None, expected, f"the type {type_text(source)}")
            return None
        if not _is_rounded(source, target):
            try:
                converted = column.cast(target)
                if not types.is_date32(target) or converted.cast(source).equals(column):
                    return converted
            except pa.ArrowInvalid:
                pass
        if types.is_temporal(source):
            report(None, self._cells.expected, f"other values, of the type {type_text(source)}")
            return None
        # Arrow does not say which row it can't convert.
        values: Any = self._read(column.to_pylist(), report)
        return None if values is None else pa.chunked_array([pa.array(values, target)])


def _parsed(cells: Sequence[str], parse: "type[float] | type[int]") -> Sequence[object]:
    """Numbers of text in their plain form; the text if anything else is among it."""
    text = "".join(cells)
    if not text.isascii() or "_" in text:
        return cells
    try:
        numbers: list[Any] = list(map(parse, cells))
    except ValueError:
        return cells
    # What is infinite may have been too large for a float.
    return numbers if parse is int or all(map(math.isfinite, numbers)) else cells


def _is_rounded(source: pa.DataType, target: pa.DataType) -> bool:
    """Whether Arrow takes a number that does not fit for another one."""
    return types.is_float32(target) or (types.is_decimal(target) and types.is_floating(source))


def _keys(array: Values) -> Sequence[object]:
    """Values as `cells` reads them, to be looked up among the categories."""
    if types.is_temporal(array.type):
        return units_of(array)
    return array.to_pylist()


def _family(kind: pa.DataType) -> str:
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    if types.is_date32(kind) or types.is_timestamp(kind):
        return "time"
    return str(kind.id)
