"""Reading JSON from callers who are not trusted.

Its depth, and how many lists, objects and values it has, are counted before a reader makes anything
of it: each of them takes many times as much memory as its text.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from studiolo.server.codecs.limits import RequestLimits, check_size
from studiolo.server.codecs.refusal import RefusalError, invalid
from studiolo.services.json_values import INFINITY
from studiolo.services.scoring import ProblemCode
from studiolo.services.words import first_repeated, quoted

#: Nested lists and objects; an honest request has five.
_DEEPEST = 16
#: Lists and objects beside those for its rows.
_FRAME = 64
#: Values of a body. Each takes up to 64 bytes once it is read, so all of them take 256 MiB.
_MOST_VALUES = 4 << 20
#: An escape that may be half of a surrogate pair.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_BOM = b"\xef\xbb\xbf"
#: What Python's writers, and those of .NET, make of floats that JSON has no word for.
_CONSTANTS = {"NaN": None, "Infinity": INFINITY, "-Infinity": f"-{INFINITY}"}


class _RepeatedKeyError(ValueError):
    """An object has a key more than once."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _RepeatedKeyError(first_repeated(key for key, _ in pairs))
    return made


_EACH: dict[str, Any] = {"object_pairs_hook": _object, "parse_constant": _CONSTANTS.__getitem__}
_PLAIN = json.JSONDecoder(**_EACH)
_EXACT = json.JSONDecoder(**_EACH, parse_float=Decimal)


def read_json(body: bytes, limits: RequestLimits, *, exact: bool = False) -> object:
    """The content of the body; NaN is None, and the infinities are text.

    Args:
        body: The bytes of a request.
        limits: How much it may hold.
        exact: Whether numbers with a point keep all their digits, as decimals.

    Raises:
        RefusalError: It is not JSON in UTF-8, or holds more than it may.
    """
    check_size(body, limits)
    _check_nesting(body, limits)
    text = _text(body)
    decoder = _EXACT if exact else _PLAIN
    try:
        said: object = decoder.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise invalid(f"The body is not JSON: {error.msg} ({place}).") from error
    except _RepeatedKeyError as error:
        raise invalid(f"An object has the key {quoted(str(error))} more than once.") from error
    except ValueError:
        # Python reads no whole number of more than 4300 digits; as text it is told with its row.
        decoder = json.JSONDecoder(
            **_EACH, parse_int=_whole, parse_float=Decimal if exact else float
        )
        said = decoder.decode(text)
    if _HALF.search(body):
        _check_characters(said)
    return said


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= 400 else digits


def _check_characters(said: object) -> None:
    try:
        json.dumps(said, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(str(error.object[error.start])):04x}"
        raise invalid(f"A text has half of a surrogate pair, {half}.") from error


def _text(body: bytes) -> str:
    try:
        return body.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        utf_16 = body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:2]
        hint = " It looks like UTF-16." if utf_16 else ""
        place = f"byte {error.start + 1} ({body[error.start]:#04x})"
        raise invalid(f"The body is not UTF-8: see {place}.{hint}") from error


def _check_nesting(body: bytes, limits: RequestLimits) -> None:
    many = body.count(b",") > _MOST_VALUES
    if not many and body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    content = np.frombuffer(body, np.uint8)
    # A byte is outside of every text where an even number of quotes comes before it.
    outside = (np.cumsum(content == ord('"'), dtype=np.uint8) & 1) == 0
    small = content | 0x20  # which makes braces of brackets
    opening, closing = outside & (small == ord("{")), outside & (small == ord("}"))
    openings = int(np.count_nonzero(opening))
    if openings > limits.rows + _FRAME:
        raise RefusalError(
            ProblemCode.REQUEST_TOO_LARGE,
            f"The body has {openings:,} lists and objects; {limits.rows:,} rows are allowed. Send "
            "fewer rows at once.",
        )
    values = int(np.count_nonzero(outside & (content == ord(",")))) if many else 0
    if values > _MOST_VALUES:
        raise RefusalError(
            ProblemCode.REQUEST_TOO_LARGE,
            f"The body has {values:,} values; {_MOST_VALUES:,} are allowed in JSON. Send fewer "
            "rows at once, or CSV, Arrow or Parquet.",
        )
    steps = (opening.view(np.int8) - closing.view(np.int8))[opening | closing]
    if steps.size and np.cumsum(steps, dtype=np.int32).max() > _DEEPEST:
        message = f"The body has lists and objects nested more than {_DEEPEST} deep."
        raise RefusalError(ProblemCode.REQUEST_TOO_LARGE, message)


def member(document: Mapping[str, Any], key: str) -> Any:
    """A member by its name in any case, as the classic service's reader of JSON found them."""
    if key in document:
        return document[key]
    lower = key.lower()
    return next((value for name, value in document.items() if name.lower() == lower), None)
