"""How much a request may hold."""

from dataclasses import dataclass

from studiolo.server.codecs.refusal import RefusalError
from studiolo.services.scoring import ProblemCode


@dataclass(frozen=True, kw_only=True)
class RequestLimits:
    """The most that a request may hold; looked at before anything is made of its bytes."""

    #: Bytes of its body.
    size: int = 16 << 20
    #: Rows of all of its inputs together.
    rows: int = 100_000
    #: Bytes of the values of a reply, each written out.
    reply_size: int = 64 << 20


def check_size(body: bytes, limits: RequestLimits) -> None:
    """Refuse a body that is too long, or empty.

    Raises:
        RefusalError: It is.
    """
    if len(body) > limits.size:
        message = f"The body has {len(body):,} bytes; {limits.size:,} are allowed."
        raise RefusalError(ProblemCode.REQUEST_TOO_LARGE, f"{message} Send fewer rows at once.")
    if not body:
        raise RefusalError(ProblemCode.REQUEST_EMPTY, "The body is empty.")


def check_rows(rows: int, limits: RequestLimits) -> None:
    """Refuse too many rows.

    Raises:
        RefusalError: There are.
    """
    if rows > limits.rows:
        message = f"The request has {rows:,} rows; {limits.rows:,} are allowed."
        raise RefusalError(ProblemCode.REQUEST_TOO_LARGE, f"{message} Send fewer rows at once.")
