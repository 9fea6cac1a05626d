"""Functions that become scripts."""

import functools
import json as notation
from collections import Counter
from collections.abc import Callable
from math import pi
from typing import Any

import pytest

from studiolo.workspace.drafts.function_script import function_script
from studiolo.workspace.errors import ScriptFunctionError

THRESHOLD = 3


def uses_modules(frame: Any = None, *, radius: float = 2.0) -> Any:
    counted = Counter([len(str(frame))])

    def inner(value: float) -> float:
        return value * radius

    return notation.dumps([inner(radius), counted.most_common(1), max(1, 2)])


def azureml_main(frame: object) -> object:
    return (frame,)


def uses_a_constant(frame: Any) -> Any:
    return frame, THRESHOLD


def uses_a_value_of_a_module(frame: Any) -> Any:
    return frame, pi


def uses_nothing_that_there_is(frame: Any) -> Any:
    return frame, nowhere  # type: ignore[name-defined]  # noqa: F821  # what the error is for


@functools.cache
def has_a_decorator(frame: Any) -> Any:
    return frame


def made_by_a_call() -> Callable[[Any], Any]:
    outer = 3
    return lambda frame: (frame, outer)


def test_the_modules_that_a_function_uses_come_along() -> None:
    source = function_script(uses_modules)
    lines = source.splitlines()
    assert set(lines[:3]) == {
        "from typing import Any",
        "from collections import Counter",
        "import json as notation",
    }
    assert lines[5].startswith("def azureml_main(frame: Any = None, *, radius: float = 2.0)")
    namespace: dict[str, Any] = {}
    exec(compile(source, "script.py", "exec"), namespace)
    assert namespace["azureml_main"]("ab") == "[4.0, [[2, 1]], 2]"


def test_a_function_that_needs_nothing_is_only_itself() -> None:
    assert function_script(azureml_main).startswith("def azureml_main(frame: object)")


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (uses_a_constant, "it uses THRESHOLD, which is neither a module nor part of one"),
        (uses_a_value_of_a_module, "it uses pi, which is neither"),
        (uses_nothing_that_there_is, "the name nowhere, which is not defined"),
        (made_by_a_call(), "made by a class, a call or another function"),
        (lambda frame: frame, "it is not written with def"),
        (len, "made by a class, a call or another function"),
        (has_a_decorator, "made by a class, a call or another function"),
    ],
)
def test_what_cannot_stand_alone_is_refused(function: Callable[..., Any], sentence: str) -> None:
    with pytest.raises(ScriptFunctionError, match=sentence):
        function_script(function)


def test_a_function_without_a_text_is_refused() -> None:
    namespace: dict[str, Any] = {}
    exec("def f(frame):\n    return frame", namespace)
    with pytest.raises(ScriptFunctionError, match="its text can't be found"):
        function_script(namespace["f"])
