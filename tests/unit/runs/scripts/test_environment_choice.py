"""The environment that `environment: auto` chooses, and what it says about that."""

import pytest

from studiolo.runs.scripts.environment_choice import chosen_environment


@pytest.mark.parametrize(
    ("source", "environment", "why"),
    [
        ("x = frame.loc[0]", "default", "the script has no retired calls."),
        ("dummies = pd.get_dummies(frame)", "default", "no retired calls"),
        ("x = frame.ix[0]", "classic", "the script has `frame.ix[0]` in line 1."),
        ("print 1\nx = frame.ix[0]", "classic", "`print 'done'` in line 1 and `frame.ix[0]` in"),
        ("frame['a'].str.replace('[0-9]', '')", "classic", "in line 1."),
        ("print 1\n" * 5, "classic", "and 2 more retired calls."),
    ],
)
def test_a_retired_call_decides_and_is_named(source: str, environment: str, why: str) -> None:
    choice = chosen_environment(source)
    assert choice.environment == environment
    assert choice.note.startswith(f"environment auto: {environment}, because ")
    assert why in choice.note
