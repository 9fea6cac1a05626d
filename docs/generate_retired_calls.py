"""Writes `reference/retired-calls.md`: the table of calls in old scripts that no longer work.

Run it after a change to the table: python docs/generate_retired_calls.py
"""

from pathlib import Path

from studiolo.old_code.retired_call import Effect, RetiredCall
from studiolo.old_code.table import BY_LIBRARY

_PAGE = Path(__file__).parent / "reference" / "retired-calls.md"
_INTRODUCTION = """\
# Retired calls

<!-- Made by docs/generate_retired_calls.py; change studiolo.old_code, not this page. -->

Scripts from 2014 to 2020 use calls that today's libraries no longer have. This page lists them, and
what to use instead. `studiolo check SCRIPT.py` finds all of them in a script, even in one for
Python 2. If a run fails at one of them, the error names it and lists the others.

`studiolo upgrade SCRIPT.py` [rewrites](../how-to/bring-scripts-from-2015.md) most of them.

Calls marked *other values* or *no effect* do not fail. The log of a run names the lines that have
them, except for `get_dummies`, which new scripts use as well.

In the environment [`classic`](script-contract.md#environments) they work as they did: `studiolo run
SCRIPT.py --environment classic`. Where one does not, the last column says why.
"""
_EFFECTS = {Effect.FAILS: "", Effect.CHANGES: "*Other values.* ", Effect.NOTHING: "*No effect.* "}


def main() -> None:
    """Write the page."""
    _PAGE.write_text(retired_calls(), encoding="utf-8")


def retired_calls() -> str:
    """The page's text."""
    parts = [_INTRODUCTION]
    for library, calls in BY_LIBRARY.items():
        parts.append(
            f"\n## {library}\n\n"
            "| In the script | Use instead | What changed | Not in `classic` |\n|---|---|---|---|\n"
        )
        parts += [_row(call) for call in calls]
    return "".join(parts)


def _row(call: RetiredCall) -> str:
    old = call.old_line.replace("|", "\\|")
    code = f"`` {old} ``" if "`" in old else f"`{old}`"
    return f"| {code} | {call.today} | {_EFFECTS[call.effect]}{call.changed} | {call.lost} |\n"


if __name__ == "__main__":
    main()
