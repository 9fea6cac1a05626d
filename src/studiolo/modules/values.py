"""Checks the values of parameters, and converts those that come as text."""

import csv
import json
import math
from typing import Any

from studiolo.modules.column_selection import ColumnSelection, read_column_selection
from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.modules.errors import (
    ParameterChoiceError,
    ParameterMissingError,
    ParameterOutOfRangeError,
    ParameterValueError,
)

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
#: Kinds for which an empty text is not a value.
_NEVER_EMPTY = {ParameterKind.COLUMN, ParameterKind.FILE}
#: Kinds for which an empty text is a value even where everything is text.
_TEXTS = {ParameterKind.TEXT, ParameterKind.CODE, ParameterKind.DATA}


def checked_value(parameter: Parameter, value: Any, *, from_text: bool = False) -> Any:
    """The value in the form in which the module gets it.

    It is made of plain numbers, booleans, texts, lists and mappings, whatever a reader of
    configuration files made it of. A selection of columns has the form of `ColumnSelection`.

    Args:
        parameter: What the value is for.
        value: As the experiment's file has it.
        from_text: Whether the value was typed where everything is text, so that "5" may be a
            number, "yes" true and "a, b" two columns.

    Raises:
        ParameterValueError: The parameter can't have that value.
    """
    if value is None or (_is_blank(value) and _means_nothing(parameter, from_text)):
        return _nothing(parameter)
    match parameter.kind:
        case ParameterKind.INTEGER:
            return _within_bounds(parameter, _integer(parameter, value, from_text))
        case ParameterKind.NUMBER:
            return _within_bounds(parameter, _number(parameter, value, from_text))
        case ParameterKind.BOOLEAN:
            return _boolean(parameter, value, from_text)
        case ParameterKind.CHOICE:
            return _choice(parameter, value)
        case ParameterKind.COLUMNS:
            return _columns(parameter, value, from_text)
        case ParameterKind.COLUMN:
            return _column(parameter, value, from_text)
        case _:
            return _text(parameter, value)


def allowed_values(parameter: Parameter) -> str:
    """The values that the parameter takes, as a phrase for a sentence: "a number from 0 to 1"."""
    low, high = parameter.minimum, parameter.maximum
    bounds = ""
    if low is not None and high is not None:
        bounds = f" from {low} to {high}"
    elif low is not None:
        bounds = f" of at least {low}"
    elif high is not None:
        bounds = f" of at most {high}"
    match parameter.kind:
        case ParameterKind.INTEGER:
            return f"a whole number{bounds}"
        case ParameterKind.NUMBER:
            return f"a number{bounds}"
        case ParameterKind.BOOLEAN:
            return "true or false"
        case ParameterKind.CHOICE:
            return "one of " + ", ".join(f'"{choice}"' for choice in parameter.choices)
        case ParameterKind.COLUMNS:
            return "a selection of columns: all, none, a list of names, or rules"
        case ParameterKind.COLUMN:
            return "the name of a column"
        case ParameterKind.FILE:
            return "the name of a dataset file of the workspace"
        case _:
            return "text"


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _means_nothing(parameter: Parameter, from_text: bool) -> bool:
    """Whether a field of a form that was left empty gives the parameter no value."""
    if from_text:
        return parameter.kind not in _TEXTS
    return parameter.kind in _NEVER_EMPTY


def _nothing(parameter: Parameter) -> None:
    if parameter.nullable:
        return
    error = ParameterMissingError if parameter.required else ParameterValueError
    raise error(parameter=parameter.name, value=None, allowed=allowed_values(parameter))


def _refusal(parameter: Parameter, value: Any, advice: str = "") -> ParameterValueError:
    return ParameterValueError(
        parameter=parameter.name, value=value, allowed=allowed_values(parameter), advice=advice
    )


def _integer(parameter: Parameter, value: Any, from_text: bool) -> int:
    if from_text and isinstance(value, str):
        try:
            return int(value)
        except ValueError as error:
            raise _refusal(parameter, value) from error
    # To Python, true is 1.
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refusal(parameter, value)
    return int(value)


def _number(parameter: Parameter, value: Any, from_text: bool) -> float:
    wrong = isinstance(value, bool) or not isinstance(value, int | float)
    if wrong and not (from_text and isinstance(value, str)):
        raise _refusal(parameter, value)
    try:
        number = float(value)
    except OverflowError as error:
        raise _refusal(parameter, value) from error
    except ValueError as error:
        decimal_comma = "," in value and "." not in value
        advice = "Decimal numbers are written with a point." if decimal_comma else ""
        raise _refusal(parameter, value, advice) from error
    if not math.isfinite(number):
        raise _refusal(parameter, value)
    return number


def _within_bounds(parameter: Parameter, value: float) -> float:
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise ParameterOutOfRangeError(
            parameter=parameter.name, value=value, allowed=allowed_values(parameter)
        )
    return value


def _boolean(parameter: Parameter, value: Any, from_text: bool) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if from_text and isinstance(value, str) else None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _refusal(parameter, value)


def _choice(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str) or value not in parameter.choices:
        raise ParameterChoiceError(parameter=parameter.name, value=value, choices=parameter.choices)
    return str(value)


def _text(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str):
        advice = "" if isinstance(value, list | dict) else "Put it in quotes."
        raise _refusal(parameter, value, advice)
    return str(value)


def _columns(parameter: Parameter, value: Any, from_text: bool) -> ColumnSelection:
    if from_text and isinstance(value, str):
        text = value.strip()
        if text.startswith("{"):
            value = _rules(parameter, text)
        elif text not in ("all", "none"):
            value = _listed_names(parameter, text)
    return read_column_selection(value, parameter=parameter.name)


def _column(parameter: Parameter, value: Any, from_text: bool) -> str | ColumnSelection:
    if from_text and isinstance(value, str) and value.startswith("{"):
        value = _rules(parameter, value)
    if isinstance(value, dict):
        return read_column_selection(value, parameter=parameter.name)
    return _text(parameter, value)


def _rules(parameter: Parameter, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _refusal(parameter, text, "What begins with { is read as JSON.") from error


def _listed_names(parameter: Parameter, text: str) -> list[str]:
    """The names in "a, b"; one that has a comma is in double quotes, as in a CSV file."""
    try:
        row = next(csv.reader([text], skipinitialspace=True))
    except csv.Error as error:
        raise _refusal(parameter, text) from error
    return [name.strip() for name in row if name.strip()]
