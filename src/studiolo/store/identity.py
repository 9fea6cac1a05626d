"""The names of the store's things."""

import secrets
from datetime import datetime
from typing import NewType

#: Names a run; sorts by the time at which it began.
RunId = NewType("RunId", str)
#: Names what a result was made of, and so the result: a digest over all that could change it.
RecipeDigest = NewType("RecipeDigest", str)
#: Names bytes: their SHA-256, as 64 hexadecimal digits.
BlobDigest = NewType("BlobDigest", str)


def new_run_id(begin: datetime) -> RunId:
    """An id for a run that begins at this time (UTC): "20250131-184502117-9f2c4e"."""
    milliseconds = begin.microsecond // 1000
    return RunId(f"{begin:%Y%m%d-%H%M%S}{milliseconds:03d}-{secrets.token_hex(3)}")
