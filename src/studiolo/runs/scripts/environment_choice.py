"""The choice that `environment: auto` makes, by reading the script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from studiolo.environments.environment import CLASSIC, DEFAULT
from studiolo.errors import StudioloError
from studiolo.modules.script_metadata import read_script_metadata
from studiolo.old_code.python2_calls import PYTHON_2
from studiolo.old_code.reading import Found, read_old_code
from studiolo.old_code.retired_call import Effect

#: The name that asks for a choice.
AUTO: Final = "auto"
#: The Python of `classic`.
_PYTHON: Final = "3.11"
#: A script that asks for one of these itself does not want the version of `classic`.
_OLD_LIBRARIES: Final = frozenset({"pandas", "numpy", "scipy", "scikit-learn", "matplotlib"})
#: More lines than these are counted, not shown.
_MOST_SHOWN = 2
#: A longer line is cut.
_LONGEST_LINE = 60


@dataclass(frozen=True, kw_only=True)
class EnvironmentChoice:
    """An environment that was chosen for a script."""

    environment: str
    #: A line for the run's log: what was chosen and why.
    note: str


def chosen_environment(source: str) -> EnvironmentChoice:
    """The environment that fits a script: `classic` if it has a retired call.

    A call counts that fails today, or that means something else without a word; not one that new
    scripts write as well. A metadata block that names the libraries' versions, or a Python that
    `classic` does not have, comes before that.
    """
    if own := _own_wish(source):
        return _choice(DEFAULT, own)
    found = [one for one in read_old_code(source).found if one.call.shows_age]
    if not found:
        return _choice(DEFAULT, "the script has no retired calls")
    of_python_2 = [one for one in found if one.call in _PYTHON_2]
    fails = [one for one in found if one not in of_python_2 and one.call.effect is Effect.FAILS]
    differs = [one for one in found if one not in of_python_2 and one not in fails]
    lines = source.split("\n")
    reasons = [
        f"{said} ({_shown(group, lines)})"
        for said, group in (
            ("is written for Python 2", of_python_2),
            ("uses calls that today's libraries no longer have", fails),
            ("uses calls that mean something else today", differs),
        )
        if group
    ]
    return _choice(CLASSIC, f"the script {' and '.join(reasons)}")


_PYTHON_2: Final = frozenset(PYTHON_2)


def _choice(environment: str, why: str) -> EnvironmentChoice:
    note = f"environment auto: {environment}, because {why}."
    return EnvironmentChoice(environment=environment, note=note)


def _own_wish(source: str) -> str:
    """The wish of a script's metadata block that `classic` can't fulfil; "" if it has none."""
    try:
        metadata = read_script_metadata(source)
    except StudioloError:  # the run says what is wrong with it
        return ""
    if not metadata.text:
        return ""
    # Here and not above: most scripts have no block, and a command starts sooner without them.
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415

    for dependency in metadata.dependencies:
        try:
            name = Requirement(dependency).name
        except InvalidRequirement:
            continue
        if name.lower().replace("_", "-") in _OLD_LIBRARIES:
            return f"the script's metadata block asks for {name} itself"
    try:
        allowed = SpecifierSet(metadata.requires_python or "")
    except InvalidSpecifier:
        return ""
    if not allowed.contains(_PYTHON):
        return f"the script's metadata block asks for Python {allowed}, and classic has {_PYTHON}"
    return ""


def _shown(group: Sequence[Found], lines: Sequence[str]) -> str:
    numbers = list(dict.fromkeys(one.line for one in group))
    shown = [f"line {number}: `{_cut(lines[number - 1])}`" for number in numbers[:_MOST_SHOWN]]
    if rest := len(numbers) - len(shown):
        shown.append(f"and {rest} more line{'s' if rest > 1 else ''}")
    return ", ".join(shown)


def _cut(line: str) -> str:
    line = line.strip()
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
