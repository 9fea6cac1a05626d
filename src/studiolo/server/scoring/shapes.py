"""In which shape a request comes, and in which one its reply goes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from studiolo.server.codecs import classic_request, classic_rows, classic_table, plain_json
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.http.refused import refuse
from studiolo.services.scoring import RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

JSON = "application/json"

Decode = Callable[[bytes, Validator, RequestLimits], ScoringRequest | RequestRefused]
Encode = Callable[[ScoringReply], bytes]


@dataclass(frozen=True, kw_only=True)
class ReplyShape:
    """How a reply is written."""

    media_type: str
    encode: Encode


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """The shapes of one exchange."""

    decode: Decode
    reply: ReplyShape


def classic_shapes(content_type: str, accept: str, *, swagger: bool, details: bool) -> Shapes:
    """The classic shapes, in either of their forms.

    Raises:
        RefusedError: The request is in, or asks for, something that is not JSON.
    """
    encode: Encode = (
        classic_rows.encode if swagger else partial(classic_table.encode, details=details)
    )
    _require_json(content_type, accept)
    # The classic services wrote the character set.
    reply = ReplyShape(media_type=f"{JSON}; charset=utf-8", encode=encode)
    return Shapes(decode=classic_request.decode, reply=reply)


def plain_shapes(content_type: str, accept: str) -> Shapes:
    """JSON with types of its own.

    Raises:
        RefusedError: The request is in, or asks for, something that is not JSON.
    """
    _require_json(content_type, accept)
    reply = ReplyShape(media_type=JSON, encode=plain_json.encode)
    return Shapes(decode=plain_json.decode, reply=reply)


def _require_json(content_type: str, accept: str) -> None:
    sent = content_type.partition(";")[0].strip().lower()
    # Whoever names no type, or the one that curl names for want of another, means JSON.
    if sent not in ("", JSON, "text/json", "application/x-www-form-urlencoded"):
        sentence = f'The request is of the type "{sent[:80]}". Send {JSON}.'
        raise refuse("MediaTypeUnsupported", sentence=sentence)
    if not _takes(accept, JSON):
        sentence = f'The header "Accept" does not allow {JSON}.'
        raise refuse("ReplyNotAcceptable", sentence=sentence)


def _takes(accept: str, media_type: str) -> bool:
    """Whether an Accept header allows a type."""
    kind = media_type.partition("/")[0]
    asked = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return not accept.strip() or any(it in (media_type, f"{kind}/*", "*/*") for it in asked)
