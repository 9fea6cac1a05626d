import pytest

from studiolo.toml_text import NotTomlError, read_toml


def test_a_table_is_read() -> None:
    assert read_toml("a = 1\n[b]\nc = true\n") == {"a": 1, "b": {"c": True}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb =\n", 2),
        ("a = 1\nb = [1,\n", 2),
        ("a = [", 1),
        ("\na = ", 2),
        # What Python can't hold is a mistake of the text, too.
        (f"a = {'[' * 10_000}{']' * 10_000}", None),
        (f"b = 1\na = 1{'0' * 10_000}", 2),
    ],
)
def test_each_mistake_is_one_error(text: str, line: int | None) -> None:
    with pytest.raises(NotTomlError) as caught:
        read_toml(text)
    assert caught.value.line == line
    assert " (at " not in caught.value.reason
