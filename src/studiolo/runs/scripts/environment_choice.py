"""The choice that `environment: auto` makes, by reading the script."""

from dataclasses import dataclass
from typing import Final

from studiolo.environments.environment import CLASSIC, DEFAULT
from studiolo.old_code.reading import Found, read_old_code

#: The name that asks for a choice.
AUTO: Final = "auto"
#: More calls than these are counted, not named.
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class EnvironmentChoice:
    """An environment that was chosen for a script."""

    environment: str
    #: A line for the run's log: what was chosen and why.
    note: str


def chosen_environment(source: str) -> EnvironmentChoice:
    """The environment that fits a script: `classic` if it has a retired call.

    A call counts that fails today, or that means something else without a word; not one that new
    scripts write as well.
    """
    found = [one for one in read_old_code(source).found if one.call.shows_age]
    if not found:
        note = f"environment auto: {DEFAULT}, because the script has no retired calls."
        return EnvironmentChoice(environment=DEFAULT, note=note)
    note = f"environment auto: {CLASSIC}, because the script has {_calls(found)}."
    return EnvironmentChoice(environment=CLASSIC, note=note)


def _calls(found: list[Found]) -> str:
    named = [f"`{one.call.old_line}` in line {one.line}" for one in found[:_MOST_NAMED]]
    rest = len(found) - len(named)
    if rest:
        return f"{', '.join(named)} and {rest} more retired call{'s' if rest > 1 else ''}"
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
