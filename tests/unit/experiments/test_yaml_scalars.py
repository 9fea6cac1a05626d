import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from studiolo.experiments.yaml.document import ScalarNode, parse_document
from studiolo.experiments.yaml.scalars import Scalar, scalar_text, scalar_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("12:30:45", "12:30:45"),
        ("2020-01-31", "2020-01-31"),
        ("007", 7),
        ("-12", -12),
        ("+3", 3),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.inf", -math.inf),
        ("+.INF", math.inf),
        (".", "."),
        ("-", "-"),
        ("1.2.3", "1.2.3"),
        ("~", None),
        ("null", None),
        ("", None),
        ("None", "None"),
        ("<<", "<<"),
        ("=", "="),
        ("١٢", "١٢"),
    ],
)
def test_values_by_the_core_schema_of_yaml_1_2(text: str, value: Scalar) -> None:
    found = scalar_value(text)
    assert found == value
    assert type(found) is type(value)


def test_not_a_number() -> None:
    found = scalar_value(".nan")
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Split Rows", "Split Rows"),
        ("pima-indians.csv", "pima-indians.csv"),
        ("데이터 준비", "데이터 준비"),
        ("n1.results_dataset1", "n1.results_dataset1"),
        ("no", '"no"'),
        ("1:30", '"1:30"'),
        ("0o17", '"0o17"'),
        ("1e3", '"1e3"'),
        ("2020-01-31", '"2020-01-31"'),
        ("", '""'),
        (" a", '" a"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("[x]", '"[x]"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("a\nb", '"a\\nb"'),
        ("\u2028\x07\U0001f600", '"\\u2028\\x07😀"'),
        (1e-07, "1.0e-07"),
        (1e22, "1.0e+22"),
        (0.1, "0.1"),
        (True, "true"),
        (None, "null"),
    ],
)
def test_texts(value: Scalar, text: str) -> None:
    assert scalar_text(value) == text


def test_outside_of_braces_fewer_texts_need_quotes() -> None:
    text = "Ensemble importance, one row a feature (see 'rank')!"
    assert scalar_text(text, anywhere=False) == text
    assert scalar_text(text) == f'"{text}"'


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.from_regex(r"[-+.0-9a-zA-Z_:~ ]{1,8}", fullmatch=True)
    | st.from_regex(r"[ab0-9 ./+,;()%&*!?=<>'\"$@~^-]{1,8}", fullmatch=True)
    | st.sampled_from(["yes", "Off", "n", "null", "1_0", "0b1", "6:30", "<<", "=", "2020-1-1"])
)


@given(SCALARS, st.sampled_from(["", "'", '"']))
def test_any_scalar_is_read_as_it_was_written(value: Scalar, quotes: str) -> None:
    document, problems = parse_document(scalar_text(value, quotes=quotes))
    assert problems == []
    assert isinstance(document, ScalarNode)
    assert repr(document.value) == repr(value)


@given(SCALARS, st.booleans())
def test_other_programs_read_the_same_whichever_version_of_yaml_they_follow(
    value: Scalar, anywhere: bool
) -> None:
    text = f"key: {scalar_text(value, anywhere=anywhere)}\n"
    assert repr(yaml.safe_load(text)["key"]) == repr(value)
    assert repr(YAML(typ="safe", pure=True).load(text)["key"]) == repr(value)
