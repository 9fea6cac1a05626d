"""Remedies for a failure, in the words of Python programs and notebooks."""

from collections.abc import Mapping
from typing import Final

from studiolo.sandbox.exchange.job import Failure, Remedy

_ADVICE: Final[Mapping[Remedy, str]] = {
    Remedy.MORE_TIME: "Give it more time (`timeout`), or try it on fewer rows.",
    Remedy.MORE_MEMORY: ("Give it more (`memory`), or work on fewer rows or columns at a time."),
    Remedy.ALLOW_TARGET: (
        "Allow what it has to reach (`allow`), or download the data beforehand and connect it as a "
        "dataset."
    ),
}


def message_with_advice(failure: Failure) -> str:
    """The failure and its remedy, a sentence or more."""
    if failure.remedy is None:
        return failure.sentence
    return f"{failure.sentence} {_ADVICE[failure.remedy]}"
