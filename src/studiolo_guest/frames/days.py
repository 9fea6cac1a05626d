"""Datetimes without a time of day, as the dates that they are."""

from typing import Final

import numpy as np
import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray

_A_DAY: Final = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def days_of(column: ArrowArray) -> ArrowArray | None:
    """Timestamps without a zone as dates; None where one of them has a time of day."""
    kind = column.type
    if not pa.types.is_timestamp(kind) or kind.tz is not None:
        return None
    instants = column.to_numpy(zero_copy_only=False)
    missing = np.isnat(instants)
    days, rest = np.divmod(instants.view(np.int64), _A_DAY[kind.unit])
    days[missing] = rest[missing] = 0
    if rest.any() or (days != days.astype(np.int32)).any():
        return None
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())
