"""The environment that `environment: auto` chooses, and what it says about that."""

import pytest

from studiolo.runs.scripts.environment_choice import chosen_environment

BLOCK = '# /// script\n# requires-python = "{python}"\n# dependencies = {packages}\n# ///\n'


@pytest.mark.parametrize(
    ("source", "environment", "why"),
    [
        ("x = frame.loc[0]", "default", "the script has no retired calls"),
        # What new scripts write as well decides nothing.
        ("x = pd.get_dummies(frame), frame['a'].argmax()", "default", "no retired calls"),
        (
            "x = frame.ix[0]",
            "classic",
            "script uses calls that today's libraries no longer have (line 1: `x = frame.ix[0]`)",
        ),
        (
            'print "rows:", 1\n\nx = frame.ix[0]',
            "classic",
            'the script is written for Python 2 (line 1: `print "rows:", 1`) and uses calls that '
            "today's libraries no longer have (line 3: `x = frame.ix[0]`)",
        ),
        (
            "frame['a'].str.replace('[0-9]', '')",
            "classic",
            "the script uses calls that mean something else today (line 1: "
            "`frame['a'].str.replace('[0-9]', '')`)",
        ),
        ("print 1\n" * 5, "classic", "(line 1: `print 1`, line 2: `print 1`, and 3 more lines)"),
        # Packages that only add to it go with either.
        (
            BLOCK.format(python=">=3.8", packages='["humanize"]') + "print 1",
            "classic",
            "2 (line 5: `print 1`)",
        ),
        (
            BLOCK.format(python=">=3.8", packages='["pandas>=2"]') + "x = frame.ix[0]",
            "default",
            "the script's metadata block asks for pandas itself",
        ),
        (
            BLOCK.format(python=">=3.12", packages="[]") + "x = frame.ix[0]",
            "default",
            "the script's metadata block asks for Python >=3.12, and classic has 3.11",
        ),
        ("x = (", "default", "no retired calls"),
        ("", "default", "no retired calls"),
    ],
)
def test_a_retired_call_decides_and_its_line_is_shown(
    source: str, environment: str, why: str
) -> None:
    choice = chosen_environment(source)
    assert choice.environment == environment
    assert choice.note.startswith(f"environment auto: {environment}, because ")
    assert choice.note.endswith(f"{why}.")
