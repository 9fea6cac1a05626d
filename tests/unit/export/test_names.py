"""Names of an exported program."""

import builtins
import keyword
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studiolo.export.names import Names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rank", "rank"),
        ("Train Model", "train_model"),
        ("데이터 나누기", "데이터_나누기"),
        ("2 halves", "node_2_halves"),
        ("import", "import_"),
        ("list", "list_"),
        ("match", "match_"),
        ("--", "node"),
        ("_private", "private"),
        ("ﬁt", "fit"),
        ("a-b c", "a_b_c"),
    ],
)
def test_a_name_reads_like_its_node(text: str, name: str) -> None:
    assert Names().give(text) == unicodedata.normalize("NFKC", name)


def test_a_name_is_given_once() -> None:
    names = Names(["taken"])
    given_out = [names.give(text) for text in ("a b", "a-b", "a_b 2", "A B", "taken", "import")]
    assert given_out == ["a_b", "a_b_2", "a_b_2_2", "a_b_3", "taken_2", "import_"]
    assert names.give("import") == "import_2"
    assert Names(prefix="_").give("split-data") == "_split_data"


@given(st.lists(st.text(), max_size=12))
@example(["ﬁ", "fi", "FI", "i\u0307", "İ", "\u2118", "1", "node_1", "a\u0300", "à", "ª", "a"])
def test_names_are_unique_identifiers(texts: list[str]) -> None:
    names = Names(["datasets"])
    given_out = [names.give(text) for text in texts]
    assert len(set(given_out)) == len(given_out)
    assert not {*given_out} & {*dir(builtins), *keyword.kwlist, "datasets"}
    for name in given_out:
        assert name.isidentifier()
        assert not name.startswith("_")
        # Python itself compares them in this form.
        assert unicodedata.normalize("NFKC", name) == name
        namespace: dict[str, object] = {}
        exec(f"{name} = 1", {}, namespace)
        assert list(namespace) == [name]
