"""Remedies for a failure, in the words of the command line."""

from collections.abc import Mapping
from typing import Final

from studiolo.sandbox.exchange.job import Failure, Remedy

_OF_SCRIPT: Final[Mapping[Remedy, str]] = {
    Remedy.MORE_TIME: "Give it more time (--timeout), or try it on fewer rows.",
    Remedy.MORE_MEMORY: ("Give it more (--memory), or work on fewer rows or columns at a time."),
    Remedy.ALLOW_TARGET: (
        "Allow what it has to reach (--allow HOST:PORT), or download the data beforehand and "
        "connect it as a dataset."
    ),
}
_OF_NODE: Final[Mapping[Remedy, str]] = {
    Remedy.MORE_TIME: (
        "Give the node more time (`timeout: 1h` at the node in the experiment's file, or --timeout "
        "if it sets none there), or try it on fewer rows."
    ),
    Remedy.MORE_MEMORY: (
        "Give the node more (`memory: 8GiB` at the node in the experiment's file, or --memory "
        "if it sets none there), or work on fewer rows or columns at a time."
    ),
    Remedy.ALLOW_TARGET: (
        "Allow what it has to reach (`allow: [HOST:PORT]` at the node in the experiment's file), "
        "or download the data beforehand and connect it as a dataset."
    ),
}


def message_with_advice(failure: Failure, *, of_node: bool) -> str:
    """The failure and its remedy, a sentence or more, for a node or for a script on its own."""
    if failure.remedy is None:
        return failure.sentence
    return f"{failure.sentence} {(_OF_NODE if of_node else _OF_SCRIPT)[failure.remedy]}"
