"""Writes `reference/retired-calls.md`: the table of calls that old scripts have to give up.

Run it after a change to the table: python docs/generate_retired_calls.py
"""

from pathlib import Path

from studiolo.old_code.retired_call import Effect, RetiredCall
from studiolo.old_code.table import BY_LIBRARY

_PAGE = Path(__file__).parent / "reference" / "retired-calls.md"
_INTRODUCTION = """\
# Retired calls

<!-- Made by docs/generate_retired_calls.py; change studiolo.old_code, not this page. -->

Calls of scripts from 2014 to 2020 that today's libraries no longer have, and what to write instead.
`studiolo check SCRIPT.py` finds all of a script's, also if it is Python 2. A run that fails at one
names it and lists the others.

Calls marked *other values* or *no effect* do not fail. The log of a run names their lines,
but not those with `get_dummies`, which today's scripts have as well.
"""
_EFFECTS = {Effect.FAILS: "", Effect.CHANGES: "*Other values.* ", Effect.NOTHING: "*No effect.* "}


def main() -> None:
    """Write the page."""
    _PAGE.write_text(retired_calls(), encoding="utf-8")


def retired_calls() -> str:
    """The page's text."""
    parts = [_INTRODUCTION]
    for library, calls in BY_LIBRARY.items():
        parts.append(f"\n## {library}\n\n| In the script | Write | What changed |\n|---|---|---|\n")
        parts += [_row(call) for call in calls]
    return "".join(parts)


def _row(call: RetiredCall) -> str:
    old = call.old_line.replace("|", "\\|")
    code = f"`` {old} ``" if "`" in old else f"`{old}`"
    return f"| {code} | {call.today} | {_EFFECTS[call.effect]}{call.changed} |\n"


if __name__ == "__main__":
    main()
