"""Documents laid out for reading are still the documents."""

import ast
import json

from hypothesis import given
from hypothesis import strategies as st

from studiolo.server.help.literals import json_text, python_text

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, width=32) | st.text(),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(), inner, max_size=9),
)


@given(DOCUMENTS.filter(lambda document: not _infinite(document)))
def test_a_document_is_read_back(document: object) -> None:
    assert json.loads(json_text(document)) == document
    assert ast.literal_eval(python_text(document)) == document


def _infinite(document: object) -> bool:
    return "Infinity" in json.dumps(document)


def test_what_fits_on_a_line_is_on_one() -> None:
    table = {"ColumnNames": ["age", "size of the house"], "Values": [["41", None], ["7", "2"]]}
    assert (
        json_text({"Inputs": {"input1": table}, "GlobalParameters": {}})
        == """\
{
  "Inputs": {
    "input1": {
      "ColumnNames": ["age", "size of the house"],
      "Values": [["41", null], ["7", "2"]]
    }
  },
  "GlobalParameters": {}
}"""
    )


def test_many_values_fill_lines() -> None:
    lines = python_text({"names": [f"column {n}" for n in range(30)]}).splitlines()
    assert lines[2] == "    " + "".join(f"'column {n}', " for n in range(7)).rstrip()
    assert max(map(len, lines)) <= 88
    assert len(lines) < 12
