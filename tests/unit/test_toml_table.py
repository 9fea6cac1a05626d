"""Tables of TOML: what is of the wrong type is refused with file, line, table, key and value."""

from collections.abc import Callable

import pytest

from studiolo.quantities import parse_size
from studiolo.toml_table import TomlDocument, TomlMistakeKind, TomlTable, TomlTableError
from studiolo.toml_text import read_toml

TEXT = """\
name = "Churn"
blank = " "
[limits]
memory = "4GiB"
cpus = 2
share = 0.5
on = true
[limits.inner]
words = [
  "a",
  "b",
]
"""


def table(text: str = TEXT) -> TomlTable:
    return TomlTable(document=TomlDocument(file="x.toml", text=text), content=read_toml(text))


def test_values_are_read_by_type() -> None:
    top = table()
    limits = top.table("limits")
    assert (top.text("name"), top.text("blank", blank=True)) == ("Churn", " ")
    assert limits.parsed("memory", parse_size) == 4 << 30
    assert (limits.integer("cpus"), limits.number("share"), limits.flag("on")) == (2, 0.5, True)
    inner = limits.table("inner")
    assert inner.words("words", ("a", "b", "c")) == inner.texts("words") == ("a", "b")
    assert (inner.header, inner.line("words"), inner.line("missing")) == ("limits.inner", 9, 8)
    for one in (top, limits, inner):
        one.finish()


def test_what_is_left_out_has_its_default() -> None:
    top = table("")
    assert top.table("none").content == {}
    assert (top.text("a", "x"), top.texts("b", ("y",)), top.flag("c", False)) == (
        "x",
        ("y",),
        False,
    )
    assert top.number("d") is None
    assert top.word("e", ("f",), "") == ""
    top.finish()


MISTAKES: list[tuple[Callable[[TomlTable], object], TomlMistakeKind, int, str]] = [
    (
        lambda t: t.text("blank"),
        TomlMistakeKind.VALUE,
        2,
        '"blank" must be text in quotes, not " ".',
    ),
    (
        lambda t: t.flag("name"),
        TomlMistakeKind.VALUE,
        1,
        '"name" must be true or false, not "Churn".',
    ),
    (
        lambda t: t.table("name"),
        TomlMistakeKind.VALUE,
        1,
        '"name" must be a table, [name], not "Churn".',
    ),
    (lambda t: t.text("id"), TomlMistakeKind.KEY_MISSING, 1, 'the file needs a key "id".'),
    (
        lambda t: t.table("limits").integer("cpus", minimum=3),
        TomlMistakeKind.VALUE,
        5,
        '"cpus" in [limits] must be a whole number from 3, not 2.',
    ),
    (
        lambda t: t.table("limits").integer("on"),
        TomlMistakeKind.VALUE,
        7,
        '"on" in [limits] must be a whole number from 0, not true.',
    ),
    (
        lambda t: t.table("limits").parsed("cpus", parse_size, secret=True),
        TomlMistakeKind.VALUE,
        5,
        '"cpus" in [limits] must be text in quotes.',
    ),
    (
        lambda t: t.table("limits").word("memory", ("4Gib", "8GiB")),
        TomlMistakeKind.WORD_UNKNOWN,
        4,
        '"memory" in [limits] can\'t be "4GiB". Did you mean "4Gib"? It can be "4Gib", "8GiB".',
    ),
    (
        lambda t: t.table("limits").only(("memory", "cpu", "share", "on", "inner")),
        TomlMistakeKind.KEY_UNKNOWN,
        5,
        '[limits] has no key "cpus". Did you mean "cpu"? '
        'Its keys are "memory", "cpu", "share", "on", "inner".',
    ),
    (
        lambda t: t.table("limits").table("inner").words("words", ("a",)),
        TomlMistakeKind.WORD_UNKNOWN,
        9,
        '"words" in [limits.inner] can\'t be "b". It can be "a".',
    ),
]


@pytest.mark.parametrize(("read", "kind", "line", "problem"), MISTAKES)
def test_a_mistake_is_one_error(
    read: Callable[[TomlTable], object], kind: TomlMistakeKind, line: int, problem: str
) -> None:
    with pytest.raises(TomlTableError) as caught:
        read(table())
    error = caught.value
    assert (error.kind, error.file, error.line, error.problem) == (kind, "x.toml", line, problem)
    assert str(error) == f"x.toml, line {line}: {problem}"


def test_a_key_that_was_not_asked_for_is_refused() -> None:
    top = table("a = 1\nb = 2\n")
    top.integer("a")
    with pytest.raises(TomlTableError, match='has no key "b"') as caught:
        top.finish()
    assert caught.value.known == ("a",)


def test_a_value_that_is_a_secret_is_not_repeated() -> None:
    def refuse(value: str) -> str:
        raise ValueError("It is not an address.")

    with pytest.raises(TomlTableError) as caught:
        table('a = "S3CRET"').parsed("a", refuse, secret=True)
    assert "S3CRET" not in f"{caught.value} {caught.value.value}"
