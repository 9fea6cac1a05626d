from typing import Any

import pytest

from studiolo.modules.column_selection import read_column_selection
from studiolo.modules.errors import ColumnRangeError, ColumnRangeOrderError, ColumnSelectionError


def read(value: Any) -> dict[str, Any]:
    return dict(read_column_selection(value, parameter="columns"))


def rule(criterion: dict[str, Any]) -> dict[str, Any]:
    """What a rule that includes by that criterion becomes."""
    (found,) = read({"begin": "none", "rules": [{"include": criterion}]})["rules"]
    assert found["include"]
    return {key: value for key, value in found.items() if key != "include"}


def test_words_and_lists() -> None:
    assert read("all") == {"begin": "all", "rules": []}
    assert read("none") == {"begin": "none", "rules": []}
    assert read([]) == {"begin": "none", "rules": [{"include": True, "names": []}]}
    assert read(["b", "a"]) == {"begin": "none", "rules": [{"include": True, "names": ["b", "a"]}]}


def test_rules_keep_their_order() -> None:
    assert read(
        {
            "begin": "all",
            "rules": [
                {"exclude": {"names": ["a", "b"]}},
                {"include": {"indices": "1-3, 5"}},
                {"exclude": {"types": ["string", "floating point"]}},
                {"include": {"roles": "label"}},
            ],
        }
    ) == {
        "begin": "all",
        "rules": [
            {"include": False, "names": ["a", "b"]},
            {"include": True, "indices": [[1, 3], [5, 5]]},
            {"include": False, "types": ["string", "floating point"]},
            {"include": True, "roles": ["label"]},
        ],
    }


def test_one_value_or_a_list() -> None:
    assert rule({"names": "a"}) == {"names": ["a"]}
    assert rule({"types": "numeric"}) == {"types": ["numeric"]}
    assert rule({"indices": 3}) == {"indices": [[3, 3]]}
    assert rule({"indices": [1, "4 - 6"]}) == {"indices": [[1, 1], [4, 6]]}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (5, 'The parameter "columns" must be all, none, a list of names, or a mapping'),
        ("al", 'not "al". Did you mean "all"?'),
        (None, "not empty."),
        ([1], 'In the parameter "columns", a name in the list must be text'),
        (["a", "a"], 'a name in the list must be given only once, not "a".'),
        ({"rules": []}, '"begin" must be "all" or "none", not empty.'),
        ({"begin": "al"}, 'Did you mean "all"?'),
        ({"begin": "all", "rule": []}, 'a key must be one of "begin", "rules", not "rule".'),
        ({"begin": "all", "rules": {}}, '"rules" must be a list'),
        ({"begin": "all", "rules": ["a"]}, "rule 1 must be either include or exclude"),
        (
            {"begin": "all", "rules": [{"exclude": {"names": "a"}}, {"exlude": 1}]},
            'rule 2 must be one of "include", "exclude", not "exlude". Did you mean "exclude"?',
        ),
        ({"begin": "all", "rules": [{"exclude": "a"}]}, "exclude in rule 1 must be one of names"),
        ({"begin": "all", "rules": [{"exclude": {}}]}, "exclude in rule 1 must be one of names"),
        ({"begin": "all", "rules": [{"exclude": {"name": "a"}}]}, 'Did you mean "names"?'),
        (
            {"begin": "all", "rules": [{"exclude": {"types": ["numerical"]}}]},
            'a type in rule 1 must be one of "numeric", "integer"',
        ),
        ({"begin": "all", "rules": [{"exclude": {"types": "strings"}}]}, 'Did you mean "string"?'),
        ({"begin": "all", "rules": [{"exclude": {"roles": "labels"}}]}, 'Did you mean "label"?'),
    ],
)
def test_what_is_no_selection(value: Any, sentence: str) -> None:
    with pytest.raises(ColumnSelectionError) as caught:
        read(value)
    assert sentence in str(caught.value)
    assert caught.value.classic_number == 2


@pytest.mark.parametrize(
    "indices", ["", "a", "1,", "1-2-3", "-1", "1.5", 1.5, True, None, [[1, 2]]]
)
def test_numbers_that_can_not_be_read(indices: Any) -> None:
    with pytest.raises(ColumnRangeError, match="a column number in rule 1 must be") as caught:
        rule({"indices": indices})
    assert caught.value.classic_number == 59


@pytest.mark.parametrize("indices", [0, "0-3", "5-3"])
def test_numbers_that_no_column_has(indices: Any) -> None:
    with pytest.raises(ColumnRangeOrderError) as caught:
        rule({"indices": indices})
    assert caught.value.classic_number == 60
