import pytest

from studiolo.suggestions import closest, did_you_mean


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
