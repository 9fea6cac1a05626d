from typing import Any

import pytest

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.modules.errors import (
    ColumnSelectionError,
    ParameterChoiceError,
    ParameterMissingError,
    ParameterOutOfRangeError,
    ParameterValueError,
)
from studiolo.modules.values import checked_value


def parameter(kind: ParameterKind, **more: Any) -> Parameter:
    return Parameter(name="p", label="P", kind=kind, **more)


INTEGER = parameter(ParameterKind.INTEGER)
NUMBER = parameter(ParameterKind.NUMBER)
BOOLEAN = parameter(ParameterKind.BOOLEAN)
TEXT = parameter(ParameterKind.TEXT)
CODE = parameter(ParameterKind.CODE)
CHOICE = parameter(ParameterKind.CHOICE, choices=("Split Rows", "Relative Expression"))
COLUMNS = parameter(ParameterKind.COLUMNS)
COLUMN = parameter(ParameterKind.COLUMN)
FILE = parameter(ParameterKind.FILE)
A_AND_B = {"begin": "none", "rules": [{"include": True, "names": ["a", "b"]}]}


class OwnInt(int):
    """As a reader that keeps comments makes of 0x10."""


@pytest.mark.parametrize(
    ("what", "value", "expected"),
    [
        (INTEGER, 5, 5),
        (INTEGER, OwnInt(16), 16),
        (NUMBER, 0.5, 0.5),
        (NUMBER, 1, 1.0),
        (BOOLEAN, False, False),
        (TEXT, "", ""),
        (CODE, "select\n1", "select\n1"),
        (CHOICE, "Split Rows", "Split Rows"),
        (COLUMN, "all", "all"),
        (FILE, "pima.csv", "pima.csv"),
        (COLUMNS, ["a", "b"], A_AND_B),
        (COLUMN, {"begin": "all"}, {"begin": "all", "rules": []}),
    ],
)
def test_a_value_of_an_experiment(what: Parameter, value: object, expected: object) -> None:
    found = checked_value(what, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        (INTEGER, " 5 ", 5),
        (INTEGER, "-1", -1),
        (NUMBER, "1e-3", 0.001),
        (NUMBER, "7", 7.0),
        (BOOLEAN, "Yes", True),
        (BOOLEAN, "0", False),
        (TEXT, "5", "5"),
        (TEXT, "", ""),
        (CHOICE, "Split Rows", "Split Rows"),
        (COLUMN, "Age", "Age"),
        (COLUMNS, "all", {"begin": "all", "rules": []}),
        (COLUMNS, " a, b ,", A_AND_B),
        (COLUMNS, '"a, b", "say ""c"""', [["a, b", 'say "c"']]),
        (COLUMNS, '{"begin": "all", "rules": []}', {"begin": "all", "rules": []}),
        (COLUMN, '{"begin": "all", "rules": []}', {"begin": "all", "rules": []}),
    ],
)
def test_a_value_from_a_command_line(what: Parameter, text: str, expected: object) -> None:
    if isinstance(expected, list):
        expected = {"begin": "none", "rules": [{"include": True, "names": expected[0]}]}
    found = checked_value(what, text, from_text=True)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("what", "value", "from_text", "sentence"),
    [
        (INTEGER, True, False, 'The parameter "p" must be a whole number, not true.'),
        (INTEGER, 5.0, False, "a whole number, not 5.0."),
        (INTEGER, "5", False, 'a whole number, not "5".'),
        (INTEGER, "5.5", True, 'a whole number, not "5.5".'),
        (INTEGER, "9" * 5000, True, "a whole number, not"),
        (NUMBER, True, False, "a number, not true."),
        (NUMBER, float("nan"), False, "a number, not nan."),
        (NUMBER, float("inf"), False, "a number, not inf."),
        (NUMBER, "nan", True, 'a number, not "nan".'),
        (NUMBER, "0,5", True, "Decimal numbers are written with a point."),
        (NUMBER, [1], False, "a number, not [1]."),
        (BOOLEAN, 1, False, "true or false, not 1."),
        (BOOLEAN, "yes", False, 'true or false, not "yes".'),
        (BOOLEAN, "maybe", True, 'true or false, not "maybe".'),
        (TEXT, 5, False, "text, not 5. Put it in quotes."),
        (TEXT, ["a"], False, "text, not ['a']."),
        (TEXT, None, False, "text, not empty."),
        (COLUMN, " ", False, "the name of a column, not empty."),
        (COLUMN, 2019, False, "the name of a column, not 2019. Put it in quotes."),
        (FILE, "", False, "the name of a dataset file of the workspace, not empty."),
        (COLUMNS, "{begin: all}", True, "What begins with { is read as JSON."),
        (COLUMNS, "a\nb", True, 'not "a\\nb".'),
        (COLUMNS, "", True, "or rules, not empty."),
    ],
)
def test_what_a_parameter_can_not_be(
    what: Parameter, value: object, from_text: bool, sentence: str
) -> None:
    with pytest.raises(ParameterValueError) as caught:
        checked_value(what, value, from_text=from_text)
    assert sentence in str(caught.value)
    assert (caught.value.parameter, caught.value.classic_number) == ("p", 2)


@pytest.mark.parametrize(
    ("low", "high", "value", "allowed"),
    [
        (0, 1, 1.5, "a number from 0 to 1"),
        (0.5, None, 0, "a number of at least 0.5"),
        (None, 1_000_000, 1e7, "a number of at most 1000000"),
    ],
)
def test_bounds_are_included(
    low: float | None, high: float | None, value: float, allowed: str
) -> None:
    what = parameter(ParameterKind.NUMBER, minimum=low, maximum=high)
    for bound in (low, high):
        if bound is not None:
            assert checked_value(what, bound) == bound
    with pytest.raises(ParameterOutOfRangeError, match=f"must be {allowed}, not") as caught:
        checked_value(what, value)
    assert (caught.value.value, caught.value.allowed) == (value, allowed)


@pytest.mark.parametrize("value", ["split rows", "Split Row"])
def test_a_choice_that_there_is_not_suggests_one(value: str) -> None:
    with pytest.raises(ParameterChoiceError) as caught:
        checked_value(CHOICE, value)
    assert str(caught.value) == (
        f'The parameter "p" must be one of "Split Rows", "Relative Expression", not "{value}".'
        ' Did you mean "Split Rows"?'
    )


def test_a_choice_is_text() -> None:
    with pytest.raises(ParameterChoiceError, match=r'not 1\. Did you mean "1"\?'):
        checked_value(parameter(ParameterKind.CHOICE, choices=("1", "2")), 1)


def test_nothing_is_a_value_where_none_is() -> None:
    for kind in ParameterKind:
        assert checked_value(parameter(kind, nullable=True), None) is None
    assert (
        checked_value(parameter(ParameterKind.INTEGER, nullable=True), "", from_text=True) is None
    )
    assert checked_value(parameter(ParameterKind.FILE, nullable=True), "") is None


def test_what_is_required_has_to_be_given() -> None:
    with pytest.raises(ParameterMissingError, match="It has no default, so it needs a value"):
        checked_value(parameter(ParameterKind.INTEGER, required=True), None)


def test_a_selection_that_is_wrong_names_the_parameter() -> None:
    with pytest.raises(ColumnSelectionError, match='"p"'):
        checked_value(COLUMNS, 5)


@pytest.mark.parametrize("what", [NUMBER, TEXT, CHOICE, COLUMNS])
def test_a_number_that_python_does_not_write_out(what: Parameter) -> None:
    with pytest.raises(ParameterValueError, match=r"not a number of thousands of digits\."):
        checked_value(what, 10**5000)
