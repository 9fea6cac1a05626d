"""Keyword-only parameters of `azureml_main` are the script's properties."""

from collections.abc import Callable

import pytest

from studiolo.sandbox.exchange.job import Failure

ConsoleOf = Callable[..., str]
FailureOf = Callable[..., Failure]

TYPED = """
from typing import Optional

def azureml_main(
    frame=None, *, trees: int = 3, ratio=0.5, flag=False, name="x", depth: Optional[int] = None,
    width: "int | None" = None, anything=None,
):
    print(repr((trees, ratio, flag, name, depth, width, anything)))
"""


def test_defaults_hold_where_no_value_is_given(console_of: ConsoleOf) -> None:
    assert console_of(TYPED) == "(3, 0.5, False, 'x', None, None, None)\n"


def test_text_becomes_what_the_annotation_or_the_default_says(console_of: ConsoleOf) -> None:
    given = {
        "trees": "7",
        "ratio": "1e-3",
        "flag": "yes",
        "name": "12",
        "depth": "4",
        "width": "5",
        "anything": "6",
    }
    assert console_of(TYPED, parameters=given) == "(7, 0.001, True, '12', 4, 5, '6')\n"


def test_values_that_are_no_text_stay_as_they_are(console_of: ConsoleOf) -> None:
    given = {"anything": [1, 2], "depth": 9, "flag": True}
    printed = console_of(TYPED, parameters=given)
    assert printed == "(3, 0.5, True, 'x', 9, None, [1, 2])\n"


def test_annotations_that_cannot_be_resolved_do_no_harm(console_of: ConsoleOf) -> None:
    source = """
        from __future__ import annotations
        def azureml_main(frame: Missing = None, *, trees: int = 3):
            print(repr(trees))
    """
    assert console_of(source, parameters={"trees": "8"}) == "8\n"


def test_any_parameter_reaches_a_function_that_takes_all(console_of: ConsoleOf) -> None:
    source = "def azureml_main(**properties):\n    print(properties)"
    assert console_of(source, parameters={"a": "1"}) == "{'a': '1'}\n"


@pytest.mark.parametrize(
    ("given", "code", "number", "said"),
    [
        ({"trees": "many"}, "parameter-value", 2, "'trees' must be a whole number, not 'many'"),
        ({"ratio": "0,5"}, "parameter-value", 2, "'ratio' must be a number, not '0,5'"),
        ({"flag": "maybe"}, "parameter-value", 2, "'flag' must be true or false, not 'maybe'"),
        ({"tres": "1"}, "parameter-unknown", None, "no parameter 'tres'. Did you mean 'trees'?"),
        ({"frame": "1"}, "parameter-unknown", None, "no parameter 'frame'"),
    ],
)
def test_wrong_parameters(
    failure_of: FailureOf, given: dict[str, str], code: str, number: int | None, said: str
) -> None:
    failure = failure_of(TYPED, parameters=given)
    assert (failure.code, failure.classic_number) == (code, number)
    assert said in failure.message


def test_a_parameter_without_default_needs_a_value(failure_of: FailureOf) -> None:
    failure = failure_of("def azureml_main(*, trees: int):\n    pass")
    assert failure.code == "parameter-missing"
    assert "--param trees=VALUE" in failure.message


def test_the_same_seed_draws_the_same_numbers(console_of: ConsoleOf) -> None:
    source = """
        import random
        import numpy as np
        def azureml_main():
            print(random.random(), np.random.rand())
    """
    assert console_of(source, seed=3) == console_of(source, seed=3)
    assert console_of(source, seed=3) != console_of(source, seed=4)


def test_without_a_seed_runs_draw_different_numbers(console_of: ConsoleOf) -> None:
    source = """
        import random
        import numpy as np
        def azureml_main():
            print(random.random(), np.random.rand(), np.random.default_rng().random())
    """
    first, second = console_of(source).split(), console_of(source).split()
    assert all(a != b for a, b in zip(first, second, strict=True))
