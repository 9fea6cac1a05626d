"""Values as Python source."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from studiolo.export.literals import bracketed, indented, literal, quoted

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text("\"'\\\n ab")
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


@given(VALUES, st.integers(0, 100))
def test_a_value_comes_back(value: Any, width: int) -> None:
    source = literal(value, width)
    assert equal(value, eval(source))
    # Also where it is indented with what is around it.
    assert equal(value, eval(f"(\n{indented(source, 8)}\n)"))


def test_what_fits_stays_on_a_line() -> None:
    assert literal({"a": [1, 2.5, None, "x"]}) == '{"a": [1, 2.5, None, "x"]}'
    assert literal(list(range(12)), 20) == (
        "[\n    0, 1, 2, 3, 4,\n    5, 6, 7, 8, 9,\n    10, 11,\n]"
    )
    assert literal("select *\nfrom t1\n", 20) == '(\n    "select *\\n"\n    "from t1\\n"\n)'


def test_quotes_are_double_where_that_needs_no_escape() -> None:
    assert quoted("it's") == '"it\'s"'
    assert quoted('say "a"') == "'say \"a\"'"
    assert quoted("a\nb") == '"a\\nb"'


def test_calls_are_laid_out_as_formatters_do() -> None:
    assert bracketed("f(", ["a", "b=1"], ")") == "f(a, b=1)"
    assert bracketed("f(", ["a", "b=1"], ")", 6) == "f(\n    a,\n    b=1,\n)"
