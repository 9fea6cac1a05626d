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
#: Names a service, an endpoint, a job: 32 random hexadecimal digits, as in the classic studio.
ServiceId = NewType("ServiceId", str)
EndpointId = NewType("EndpointId", str)
JobId = NewType("JobId", str)
#: Names the frozen folder of a service's version: a SHA-256, as 64 hexadecimal digits.
VersionDigest = NewType("VersionDigest", str)
#: Recognises an endpoint's key, and does not tell it; `services.keys` makes and compares it.
KeyHash = NewType("KeyHash", str)


def new_run_id(begin: datetime) -> RunId:
    """An id for a run that begins at this time (UTC): "20250131-184502117-9f2c4e"."""
    milliseconds = begin.microsecond // 1000
    return RunId(f"{begin:%Y%m%d-%H%M%S}{milliseconds:03d}-{secrets.token_hex(3)}")


def random_id() -> str:
    """32 hexadecimal digits, for the id of a service, an endpoint or a job."""
    return secrets.token_hex(16)
