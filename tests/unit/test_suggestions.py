import pytest

from studiolo.suggestions import closest, did_you_mean, those_known


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("tran", "Train"),
        (" TRAIN ", "Train"),
        ("test", "test"),
        ("something else", None),
        ("", None),
    ],
)
def test_the_closest_name_is_found_in_upper_and_lower_case(word: str, found: str | None) -> None:
    assert closest(word, ["Train", "test"]) == found


def test_a_question_is_asked_only_where_a_name_is_close() -> None:
    assert did_you_mean("trian", ["train"]) == ' Did you mean "train"?'
    assert did_you_mean("x", ["train"]) == ""


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], ""),
        (["a"], ' The only one is "a".'),
        (["a", "b"], ' There are "a" and "b".'),
        (list("abcdefghij"), ' There are "a", "b", "c", "d", "e", "f", "g", "h" and 2 more.'),
    ],
)
def test_those_known(names: list[str], sentence: str) -> None:
    assert those_known(names) == sentence
