"""The limits of an endpoint: what they are called, and the values that they may have."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from studiolo.quantities import duration_text, parse_duration, parse_size, size_text
from studiolo.store.services.service_record import EndpointLimits
from studiolo.suggestions import did_you_mean, those_known
from studiolo.workspace.services.errors import EndpointLimitError


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit, with the values that it may have."""

    #: The word for it on the command line.
    word: str
    least: int
    most: int
    #: Reads a value as people write it.
    read: Callable[[str], int]
    #: The shortest way to write a value.
    shown: Callable[[int], str | int]


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f'"{text}" is not a whole number.')
    return int(text)


#: By the name in `EndpointLimits`. The classic services allowed 200 requests at a time, too.
LIMITS: Final[Mapping[str, Limit]] = {
    "concurrent_calls": Limit(word="concurrent", least=1, most=200, read=_whole, shown=int),
    "queued_calls": Limit(word="queue", least=0, most=10_000, read=_whole, shown=int),
    "seconds": Limit(
        word="time", least=1, most=3600, read=parse_duration, shown=lambda it: _seconds(int(it))
    ),
    "request_bytes": Limit(
        word="size", least=1 << 10, most=1 << 30, read=parse_size, shown=size_text
    ),
    "rows": Limit(word="rows", least=1, most=100_000_000, read=_whole, shown=int),
}
_BY_WORD: Final = {limit.word: name for name, limit in LIMITS.items()}


def read_limits(given: Iterable[tuple[str, str]]) -> Mapping[str, int]:
    """The limits that people name by their words, such as `time` and `2m`.

    Raises:
        EndpointLimitError: There is no such limit, or it can't have that value.
    """
    found: dict[str, int] = {}
    for word, text in given:
        name = _BY_WORD.get(word)
        if name is None:
            hint = did_you_mean(word, list(_BY_WORD)) or those_known(list(_BY_WORD))
            raise EndpointLimitError(limit=word, problem=f"does not exist.{hint}")
        if name in found:
            raise EndpointLimitError(limit=word, problem="is given twice.")
        try:
            found[name] = LIMITS[name].read(text)
        except ValueError as error:
            raise EndpointLimitError(limit=word, problem=f"can't be read: {error}") from error
    return check_limits(found)


def check_limits(given: Mapping[str, int]) -> Mapping[str, int]:
    """The same limits, by the names in `EndpointLimits`.

    Raises:
        EndpointLimitError: There is no such limit, or it can't have that value.
    """
    for name, value in given.items():
        limit = LIMITS.get(name)
        if limit is None:
            raise EndpointLimitError(
                limit=name, problem=f"does not exist.{those_known(list(LIMITS))}"
            )
        if not limit.least <= value <= limit.most:
            given_value, least, most = (
                str(limit.shown(it)) for it in (value, limit.least, limit.most)
            )
            raise EndpointLimitError(
                limit=limit.word,
                problem=f"can't be {given_value}: allowed are {least} to {most}.",
                value=given_value,
                least=least,
                most=most,
            )
    return given


def limits_text(limits: EndpointLimits) -> str:
    """The limits as the command line takes them."""
    values = {name: int(getattr(limits, name)) for name in LIMITS}
    return " ".join(f"{LIMITS[name].word}={LIMITS[name].shown(v)}" for name, v in values.items())


def _seconds(seconds: int) -> str:
    text = duration_text(seconds)
    return f"{text}s" if isinstance(text, int) else text
