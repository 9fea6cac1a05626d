"""A column of Python objects as one Arrow column, by what the objects really are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray, Values
from studiolo_guest.frames.object_column import ObjectColumn
from studiolo_guest.frames.stored import stored

_Build = Callable[[ObjectColumn], ArrowArray]
_Unit = Literal["ns", "us"]

# The order matters: a bool is an int, a datetime is a date, and NumPy's timedelta is an integer.
_KINDS: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    ("boolean", (bool, np.bool_)),
    ("timestamp", (datetime, np.datetime64)),
    ("date", (date,)),
    ("duration", (timedelta, np.timedelta64)),
    ("time of day", (time,)),
    ("integer", (int, np.integer)),
    ("float", (float, np.floating)),
    ("decimal", (Decimal,)),
    ("text", (str,)),
    ("bytes", (bytes, bytearray, memoryview)),
    ("period", (pd.Period,)),
    ("interval", (pd.Interval,)),
)
#: An integer of so many bits has at most 76 digits, which is what a decimal holds.
_DECIMAL_BITS: Final = 252


def column_of_objects(
    values: Values, *, name: str, hint: pa.DataType | None, log: Callable[[str], None]
) -> ArrowArray:
    """The Arrow column that holds every value of an object column.

    ``hint`` is the type that a column of this name had in an input: it is kept when every value
    fits. A mixture of scalars becomes text and the log says so; anything that is not a scalar
    raises `UntranslatableColumnError`.
    """
    missing = _missing(values)
    column = ObjectColumn(name=name, values=values, missing=missing, hint=hint, log=log)
    kinds = _kinds_of(column)
    if not kinds:
        if hint is None and len(values):
            log(f"Column {name!r} holds only missing values: it becomes text.")
        empty: Any = pa.nulls(len(values), hint or pa.large_string())  # type: ignore[call-overload]  # any type
        return stored(empty, name=name, log=log)
    build = _BUILDERS.get(kinds)
    try:
        exact = None if build is None else _attempt(build, column)
        return _text(column, kinds) if exact is None else exact
    except UnicodeEncodeError as error:
        raise column.not_unicode() from error


def _missing(values: Values) -> Values:
    try:
        return np.asarray(pd.isna(values), dtype=bool)
    except InvalidOperation:
        # A signalling NaN does not even let itself be compared.
        return np.array([_is_missing(value) for value in values], dtype=bool)


def _is_missing(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_nan()
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _kinds_of(column: ObjectColumn) -> frozenset[str]:
    kinds = {kind: _kind_of(kind) for kind in set(map(type, column.present))}
    unknown = {kind for kind, known in kinds.items() if known is None}
    if unknown:
        raise column.refused(unknown)
    named = {known for known in kinds.values() if known is not None}
    if "bytes" in named and len(named) > 1:
        # Text must not swallow bytes: `str(b"x")` is no longer what the script had.
        raise column.refused({kind for kind, known in kinds.items() if known == "bytes"})
    if "timestamp" in named and len(set(map(_is_zoned, column.present))) > 1:
        named.add("timestamp with a zone")
    return frozenset(named)


def _kind_of(kind: type) -> str | None:
    return next((name for name, types in _KINDS if issubclass(kind, types)), None)


def _is_zoned(value: object) -> bool:
    return getattr(value, "tzinfo", None) is not None


def _attempt(build: _Build, column: ObjectColumn) -> ArrowArray | None:
    try:
        return build(column)
    except UnicodeEncodeError:
        raise
    except (TypeError, ValueError, ArithmeticError):
        # No type of a dataset holds these values exactly; text does.
        return None


def _text(column: ObjectColumn, kinds: frozenset[str]) -> ArrowArray:
    column.log(
        f"Warning: column {column.name!r} holds {' and '.join(sorted(kinds))} values, which "
        "no type of a dataset holds exactly: it becomes text."
    )
    return column.array(column.mapped(_str), pa.large_string())


def _str(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > _DECIMAL_BITS:
        # Python refuses to write out an integer of thousands of digits, but not a Decimal.
        return str(Decimal(value))
    return str(value)


def _plain(kind: pa.DataType) -> _Build:
    return lambda column: column.array(column.values, kind)


def _integers(column: ObjectColumn) -> ArrowArray:
    whole = column.mapped(int)
    present = whole[~column.missing]
    low, high = min(present), max(present)
    if low >= -(2**63) and high < 2**63:
        return column.array(whole, pa.int64())
    if low >= 0 and high < 2**64:
        return column.array(whole, pa.uint64())
    if max(high, -low).bit_length() > _DECIMAL_BITS:
        raise OverflowError("more digits than a decimal has")
    decimals = column.array(column.mapped(Decimal))
    column.log(f"Column {column.name!r} holds integers beyond 64 bits: it becomes decimal.")
    return decimals


def _floats(column: ObjectColumn) -> ArrowArray:
    # NumPy's integers compare with floats after rounding; Python's compare exactly.
    exact = column.mapped(_python_number)[~column.missing]
    floats = exact.astype(np.float64)
    if np.any(floats.astype(object) != exact):
        raise OverflowError("a whole number that a float rounds")
    values = np.full(len(column.values), np.nan)
    values[~column.missing] = floats
    return column.array(values, pa.float64())


def _mixed_numbers(column: ObjectColumn) -> ArrowArray:
    floats = _floats(column)
    column.log(f"Column {column.name!r} holds integers and floats: it becomes float64.")
    return floats


def _python_number(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _decimals(column: ObjectColumn) -> ArrowArray:
    exact = column.mapped(Decimal)
    if column.hint is not None and pa.types.is_decimal(column.hint):
        try:
            return column.array(exact, column.hint)
        except pa.ArrowInvalid:
            pass  # A digit more than the input had: a wider type is found below.
    return column.array(exact)


def _mixed_decimals(column: ObjectColumn) -> ArrowArray:
    decimals = _decimals(column)
    column.log(f"Column {column.name!r} holds decimals and integers: it becomes decimal.")
    return decimals


def _bytes(column: ObjectColumn) -> ArrowArray:
    hint = column.hint
    keeps = hint is not None and (pa.types.is_binary(hint) or pa.types.is_large_binary(hint))
    return column.array(column.mapped(bytes), hint if keeps else pa.large_binary())


def _timestamps(column: ObjectColumn) -> ArrowArray:
    stamps = column.mapped(_stamp)
    present = stamps[~column.missing]
    unit: _Unit = "ns" if any(getattr(stamp, "nanosecond", 0) for stamp in present) else "us"
    zones = {str(stamp.tzinfo) for stamp in present}
    zone: str | None = None
    if len(zones) > 1:
        zone = "UTC"
        column.log(
            f"Column {column.name!r} has timestamps of the zones {', '.join(sorted(zones))}: "
            "they become UTC, the instants stay."
        )
    elif zones != {"None"}:
        sample: Any = pa.array([datetime.fromtimestamp(0, tz=present[0].tzinfo)])
        zone = sample.type.tz
    return _counted(column, stamps, unit).cast(pa.timestamp(unit, zone))


def _durations(column: ObjectColumn) -> ArrowArray:
    spans = column.mapped(_span)
    finest = any(getattr(span, "nanoseconds", 0) for span in spans[~column.missing])
    unit: _Unit = "ns" if finest else "us"
    return _counted(column, spans, unit).cast(pa.duration(unit))


def _counted(column: ObjectColumn, instants: Values, unit: _Unit) -> ArrowArray:
    """Timestamps or timedeltas of pandas as counts of a unit.

    pyarrow would read them as Python's datetimes, and silently get another year for one after
    9999; ``as_unit`` refuses what does not fit.
    """
    counts = np.zeros(len(instants), np.int64)
    for row in np.flatnonzero(~column.missing):
        counts[row] = _count(instants[row], unit)
    return column.array(counts, pa.int64())


def _stamp(value: Any) -> Any:
    """The value as pandas has it, or as Python does where pandas 1 can't hold it."""
    try:
        return pd.Timestamp(value)
    except pd.errors.OutOfBoundsDatetime:
        if type(value) is datetime:
            return value
        raise


def _span(value: Any) -> Any:
    try:
        return pd.Timedelta(value)
    except pd.errors.OutOfBoundsTimedelta:
        if type(value) is timedelta:
            return value
        raise


def _count(instant: Any, unit: _Unit) -> int:
    if hasattr(instant, "as_unit"):
        return int(instant.as_unit(unit, round_ok=False).asm8.view(np.int64))
    if isinstance(instant, pd.Timestamp | pd.Timedelta):
        # pandas 1 counts nanoseconds; that none is left over decided about the unit.
        return int(instant.value) if unit == "ns" else int(instant.value) // 1000
    if isinstance(instant, datetime):
        instant -= datetime(1970, 1, 1, tzinfo=None if instant.tzinfo is None else UTC)
    return int(instant // timedelta(microseconds=1)) * (1000 if unit == "ns" else 1)


_BUILDERS: Final[dict[frozenset[str], _Build]] = {
    frozenset({"boolean"}): _plain(pa.bool_()),
    frozenset({"integer"}): _integers,
    frozenset({"float"}): _floats,
    frozenset({"integer", "float"}): _mixed_numbers,
    frozenset({"decimal"}): _decimals,
    frozenset({"decimal", "integer"}): _mixed_decimals,
    frozenset({"text"}): _plain(pa.large_string()),
    frozenset({"bytes"}): _bytes,
    frozenset({"date"}): _plain(pa.date32()),
    frozenset({"timestamp"}): _timestamps,
    frozenset({"duration"}): _durations,
}
