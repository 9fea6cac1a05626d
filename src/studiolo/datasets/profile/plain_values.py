"""Values of a column as plain Python values and ISO 8601 text."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from studiolo.datasets.profile.column_profile import Value

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def plain_value(scalar: "pa.Scalar[Any]") -> Value:
    """Turn one valid value of a column into a value that a profile can hold."""
    if types.is_temporal(scalar.type):
        return temporal_text(whole_number(scalar), scalar.type)
    value: Value | bytes = scalar.as_py()
    return value.hex() if isinstance(value, bytes) else value


def whole_number(scalar: "pa.Scalar[Any]") -> int:
    """Read a temporal value as its distance from zero in units of its type."""
    narrow = types.is_date32(scalar.type) or types.is_time32(scalar.type)
    return int(scalar.cast(pa.int32() if narrow else pa.int64()).as_py())


def temporal_text(units: int, data_type: pa.DataType) -> str:
    """Write a date, time, timestamp or duration, given in units of its type, as ISO 8601."""
    if types.is_date32(data_type):
        return str(np.datetime64(units, "D"))
    if types.is_date64(data_type):
        return str(np.datetime64(units // 86_400_000, "D"))
    if isinstance(data_type, pa.DurationType):
        return duration_text(units, data_type.unit)
    if isinstance(data_type, pa.TimestampType) and data_type.tz is not None:
        return _zoned_text(units, data_type)
    unit: str = data_type.unit  # type: ignore[attr-defined]  # timestamps and times have one
    text = _clock_text(units, unit)
    return text.partition("T")[2] if types.is_time(data_type) else text


def duration_text(units: int, unit: str) -> str:
    """Write a duration as ISO 8601, such as ``-P1DT2H0.5S`` or ``PT0S``."""
    per_second = _PER_SECOND[unit]
    seconds, rest = divmod(abs(units), per_second)
    fraction = f".{rest:0{len(str(per_second)) - 1}d}".rstrip("0") if rest else ""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    clock = f"{hour}H" * (hour > 0) + f"{minute}M" * (minute > 0)
    if second or fraction or not (days or clock):
        clock += f"{second}{fraction}S"
    sign = "-" if units < 0 else ""
    return f"{sign}P" + f"{days}D" * (days > 0) + f"T{clock}" * bool(clock)


def _clock_text(units: int, unit: str) -> str:
    seconds, rest = divmod(units, _PER_SECOND[unit])
    text = str(np.datetime64(seconds, "s"))
    digits = len(str(_PER_SECOND[unit])) - 1
    return text + (f".{rest:0{digits}d}".rstrip("0") if rest else "")


def _zoned_text(units: int, data_type: "pa.TimestampType[Any, Any]") -> str:
    """Write a moment in the clock of its zone, with the distance of that clock from UTC."""
    moment: Any = pa.scalar(units, pa.int64()).cast(data_type)
    try:
        local = whole_number(pc.local_timestamp(moment))
    except pa.ArrowInvalid:
        # The machine does not know the zone: the same moment in UTC is still right.
        return _clock_text(units, data_type.unit) + "Z"
    offset = (local - units) // _PER_SECOND[data_type.unit]
    minutes = abs(offset) // 60
    sign = "-" if offset < 0 else "+"
    return f"{_clock_text(local, data_type.unit)}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
