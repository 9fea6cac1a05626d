import pytest

from studiolo.store.services.service_record import EndpointLimits
from studiolo.workspace.services.errors import EndpointLimitError
from studiolo.workspace.services.limits import LIMITS, check_limits, limits_text, read_limits


def test_limits_are_read_as_people_write_them() -> None:
    given = {"concurrent": "40", "queue": "0", "time": "2m", "size": "16MiB", "rows": "500"}
    assert read_limits(given.items()) == {
        "concurrent_calls": 40,
        "queued_calls": 0,
        "seconds": 120,
        "request_bytes": 16 << 20,
        "rows": 500,
    }


def test_what_is_shown_can_be_given() -> None:
    text = limits_text(EndpointLimits())
    assert text == "concurrent=20 queue=100 time=1m size=64MiB rows=1000000"
    given = [(word, value) for word, _, value in (one.partition("=") for one in text.split())]
    assert EndpointLimits(**read_limits(given)) == EndpointLimits()


@pytest.mark.parametrize(
    ("word", "text", "said"),
    [
        ("concurrent", "0", 'The limit "concurrent" can\'t be 0: allowed are 1 to 200.'),
        ("concurrent", "201", "can't be 201: allowed are 1 to 200."),
        ("queue", "-1", 'can\'t be read: "-1" is not a whole number.'),
        ("time", "2h", "can't be 2h: allowed are 1s to 1h."),
        ("time", "soon", "can't be read: "),
        ("size", "1", "can't be 1: allowed are 1KiB to 1GiB."),
        ("size", "2GiB", "can't be 2GiB: allowed are 1KiB to 1GiB."),
        ("rows", "0", "can't be 0: allowed are 1 to 100000000."),
        ("row", "5", 'does not exist. Did you mean "rows"?'),
    ],
)
def test_a_limit_that_cannot_be_is_refused_in_words(word: str, text: str, said: str) -> None:
    with pytest.raises(EndpointLimitError) as refused:
        read_limits([("rows", "7"), (word, text)] if word != "rows" else [(word, text)])
    assert said in str(refused.value)
    assert str(refused.value).endswith("No limit has changed.")


def test_a_limit_given_twice_is_refused() -> None:
    with pytest.raises(EndpointLimitError, match="is given twice"):
        read_limits([("rows", "7"), ("rows", "8")])


def test_the_defaults_are_allowed_and_names_are_those_of_the_record() -> None:
    defaults = {name: int(getattr(EndpointLimits(), name)) for name in LIMITS}
    assert check_limits(defaults) == defaults
    assert set(vars(EndpointLimits())) == set(LIMITS)
    with pytest.raises(EndpointLimitError, match='The limit "calls" does not exist'):
        check_limits({"calls": 1})
