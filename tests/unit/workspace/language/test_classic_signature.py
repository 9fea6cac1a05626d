"""The classic signature as a language server sees it, and positions between the two texts."""

import ast
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.workspace.language.classic_signature import (
    PANDAS,
    Position,
    SeenScript,
    seen_by_server,
)

FRAME = f'"{PANDAS}.DataFrame"'


def signature(seen: SeenScript) -> str:
    return seen.text.partition(":\n")[0]


@pytest.mark.parametrize(
    ("written", "frames", "seen"),
    [
        ("a = None, b = None", [True], f"a: {FRAME} = None, b: None = None"),
        ("a=None, b=None", [False, True], f"a: None=None, b: {FRAME}=None"),
        ("df", [True], f"df: {FRAME}"),
        ("df: pd.DataFrame | None = None", [True], f"df: {FRAME} = None"),
        ("df: pandas.DataFrame", [], "df: None"),
        ("df: Optional[pd.DataFrame] = None", [True], f"df: {FRAME} = None"),
        ("df, *, trees: int = 8", [True], f"df: {FRAME}, *, trees: int = 8"),
        ("df, n=(1, 2), e=None", [True] * 3, f"df: {FRAME}, n=(1, 2), e: {FRAME}=None"),
        ("df, sep=',)', e=None", [True] * 3, f"df: {FRAME}, sep=',)', e: {FRAME}=None"),
        ("데이터 = None", [True], f"데이터: {FRAME} = None"),
        ("", [True], ""),
        ("*frames", [True], "*frames"),
    ],
)
def test_arguments_get_the_types_of_their_wires(
    written: str, frames: Sequence[bool], seen: str
) -> None:
    found = seen_by_server(f"def azureml_main({written}):\n    pass\n", frames)
    assert signature(found) == f"def azureml_main({seen})"
    ast.parse(found.text)


def test_a_signature_on_several_lines_keeps_its_lines_and_comments() -> None:
    text = (
        "def azureml_main(  # the entry\n    dataframe1 = None,  # people (all)\n"
        "    # unused\n    dataframe2 = None  # cities\n):\n    return dataframe1,\n"
    )
    seen = seen_by_server(text, [True])
    assert seen.text.startswith(text.replace("1 =", f"1: {FRAME} =").replace("2 =", "2: None ="))
    assert [edit.line for edit in seen.edits] == [1, 3]
    ast.parse(seen.text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\n",
        "def azureml_main(dataframe1",
        "def azureml_main(dataframe1, 'unfinished\n",
        "class A:\n    def azureml_main(self): pass\n",
        "def azureml_main(" + "(" * 20_000,
    ],
)
def test_a_text_without_a_whole_signature_is_seen_as_it_is(text: str) -> None:
    seen = seen_by_server(text, [True])
    assert (seen.text, seen.edits) == (text, ())


def test_the_last_definition_counts_as_it_does_in_python() -> None:
    one = "def azureml_main(a):\n    pass\n"
    seen = seen_by_server(one + one, [True])
    assert seen.text.startswith(f"{one}def azureml_main(a: {FRAME}):")


def test_annotations_and_defaults_are_not_the_users() -> None:
    seen = seen_by_server("def azureml_main(df = None, n = nothing):", [True])
    default = seen.text.index("None")
    assert seen.is_ours(Position(0, seen.text.index("DataFrame")))
    assert seen.is_ours(Position(0, default))
    assert seen.is_ours(Position(1, 0))
    assert not seen.is_ours(Position(0, seen.text.index("df")))
    assert not seen.is_ours(Position(0, seen.text.index("nothing")))


names = st.sampled_from(["df", "dataframe1", "데이터", "\U0001d4b3", "a_1"])
gaps = st.sampled_from(["", " ", "\t", "\n    ", " # wörd 🎈\n  "])
defaults = st.sampled_from(
    ["", " = None", "=None", ": pd.DataFrame | None = None", ": pd.DataFrame"]
)
parameters = st.builds(lambda before, name, rest: before + name + rest, gaps, names, defaults)
bodies = st.text(alphabet="ab\n '\"#(),:🎈é", max_size=40)
scripts = st.builds(
    lambda head, inside, body: f"{head}\ndef azureml_main({','.join(inside)}):\n{body}",
    bodies,
    st.lists(parameters, max_size=4),
    bodies,
)


def lines_of(text: str) -> list[bytes]:
    """Lines whose places are UTF-16 code units, two bytes each."""
    return [line.encode("utf-16-le") for line in text.split("\n")]


@given(scripts, st.lists(st.booleans(), max_size=3))
def test_every_position_outside_of_annotations_is_the_same_in_both_texts(
    text: str, frames: list[bool]
) -> None:
    seen = seen_by_server(text, frames)
    written, read = lines_of(text), lines_of(seen.text)
    assert seen.lines == len(written)
    for number, line in enumerate(written):
        for column in range(len(line) // 2 + 1):
            replaced = any(
                edit.line == number and edit.start < column < edit.end for edit in seen.edits
            )
            there = seen.to_server(Position(number, column))
            assert there.line == number
            assert 0 <= there.column <= len(read[number]) // 2
            if not replaced:
                assert seen.to_user(there) == Position(number, column)
            unit = slice(2 * column, 2 * column + 2)
            ends = any(
                edit.line == number and edit.start <= column < edit.end for edit in seen.edits
            )
            begins = any(edit.line == number and column == edit.start for edit in seen.edits)
            if not ends and not begins:
                assert read[number][2 * there.column : 2 * there.column + 2] == line[unit]


@given(scripts, st.lists(st.booleans(), max_size=3))
def test_every_position_of_the_server_is_one_of_the_text_or_none(
    text: str, frames: list[bool]
) -> None:
    seen = seen_by_server(text, frames)
    written = lines_of(text)
    for number, line in enumerate(lines_of(seen.text)):
        before = -1
        for column in range(len(line) // 2 + 1):
            place = seen.to_user(Position(number, column))
            if number >= seen.lines:
                assert place is None
                continue
            assert place is not None
            assert before <= place.column <= len(written[number]) // 2
            before = place.column
