"""Advice on a script's retired calls: at its failure, and in the log of its run."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from studiolo.old_code.python2_values import SENTENCES
from studiolo.old_code.reading import Found, ScriptReading
from studiolo.old_code.retired_call import Effect, RetiredCall
from studiolo.old_code.table import RETIRED_CALLS

#: More lines of a list are not read on a terminal; `studiolo check` shows all.
_MOST = 20


def call_behind(
    error: str, reading: ScriptReading, failing_lines: Mapping[int, str]
) -> RetiredCall | None:
    """The retired call that an error comes from, if it comes from one.

    Args:
        error: As Python shows it: "Type: message".
        reading: The script that failed.
        failing_lines: Those lines of the script that were being executed, and what is in them.
    """
    there = {found.call for found in reading.found if found.line in failing_lines}
    anywhere = {found.call for found in reading.found}
    raised = [
        call
        for call in RETIRED_CALLS
        if call.raises(error)
        and (not call.line or any(re.search(call.line, text) for text in failing_lines.values()))
    ]
    for candidates in (
        [call for call in raised if call in there],
        [call for call in raised if call in anywhere and not call.error_is_common],
        [call for call in raised if not call.error_is_common],
    ):
        if candidates:
            return candidates[0]
    return None


def listed(reading: ScriptReading, script: str, *, told: RetiredCall) -> str:
    """The retired calls at which a script would fail, a line each; "" if ``told`` is the only."""
    failing = [found for found in reading.found if found.call.effect is Effect.FAILS]
    if [found.call for found in failing] in ([], [told]):
        return ""
    lines = _lines(failing)
    shown = [f"  {line}" for line in lines[:_MOST]]
    if len(lines) > _MOST:
        shown.append(f"  and {len(lines) - _MOST} more; `studiolo check {script}` lists them all.")
    return "\n".join(["Retired calls of this script:", *shown])


def notes(reading: ScriptReading) -> list[str]:
    """Sentences for the run's log about calls that succeed but mean something else today.

    Those that new scripts have as well are named if the script is an old one.
    """
    is_old = any(found.call.shows_age for found in reading.found)
    silent = [found for found in reading.found if found.call.effect is not Effect.FAILS]
    return _lines(silent if is_old else [])


def classic_notes(reading: ScriptReading) -> list[str]:
    """Sentences for the log of a run in the environment `classic`, one for each retired call."""
    return [*_lines(reading.found, _classic_sentence), *_values(reading)]


def _values(reading: ScriptReading) -> list[str]:
    """The lines of a script of Python 2 whose values depend on the Python: no call shows them."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for line, reason in reading.python_2_values:
        places[reason].append(line)
    return [f"{_numbers(lines)}: {SENTENCES[reason]}" for reason, lines in places.items()]


def _classic_sentence(call: RetiredCall) -> str:
    if call.effect is Effect.FAILS:
        said = f"`{call.old_line}` is retired; use {call.today}."
    else:
        said = f"`{call.old_line}` means what it did then. {call.changed} Write {call.today}."
    return f"{said} It is not as it was: {call.lost}" if call.lost else said


def _sentence(call: RetiredCall) -> str:
    return call.sentence


def _lines(found: Sequence[Found], sentence: Callable[[RetiredCall], str] = _sentence) -> list[str]:
    """One sentence a call, with all of its lines."""
    places: defaultdict[RetiredCall, list[int]] = defaultdict(list)
    for one in found:
        places[one.call].append(one.line)
    return [f"{_numbers(lines)}: {sentence(call)}" for call, lines in places.items()]


def _numbers(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]}"
    shown = [str(line) for line in lines[:8]]
    if len(lines) > 8:
        return f"lines {', '.join(shown)} and {len(lines) - 8} more"
    return f"lines {', '.join(shown[:-1])} and {shown[-1]}"
