import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.modules.errors import ScriptMetadataError, ScriptMetadataRepeatedError
from studiolo.modules.script_metadata import ScriptMetadata, _blocks, read_script_metadata

WHOLE = """\
#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "humanize>=4",  # sizes
#     "six",
# ]
#
# [tool.studiolo]
# name = "Rank features"
# ports = ["dataset1"]
# [tool.other]
# key = 1
# ///
import humanize
"""


def test_whole_block() -> None:
    metadata = read_script_metadata(WHOLE)
    assert metadata.dependencies == ("humanize>=4", "six")
    assert metadata.requires_python == ">=3.11"
    assert metadata.studiolo == {"name": "Rank features", "ports": ["dataset1"]}


def test_windows_line_ends() -> None:
    assert read_script_metadata(WHOLE.replace("\n", "\r\n")) == read_script_metadata(WHOLE)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "import pandas\n",
        "# /// pyproject\n# dependencies = ['six']\n# ///\n",
        "# /// script\n# ///\n",  # the reference expression wants a line between
    ],
)
def test_no_block(source: str) -> None:
    assert read_script_metadata(source) == ScriptMetadata()


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("# /// script\n# dependencies = ['six']\n", 1, "ends without"),
        ("import six\n# /// script\n# dependencies = ['six']\n\n# ///\n", 2, "ends without"),
        ("# /// scirpt\n# dependencies = ['six']\n# ///\n", 1, 'type is "scirpt"'),
        ("# /// Script\n# dependencies = ['six']\n# ///\n", 1, 'type is "Script"'),
    ],
)
def test_block_that_was_meant_as_one_is_not_passed_over(
    source: str, line: int, reason: str
) -> None:
    with pytest.raises(ScriptMetadataError, match=reason) as raised:
        read_script_metadata(source)
    assert raised.value.line == line


def test_text_after_hash_is_kept_to_the_letter() -> None:
    source = '# /// script\n# [tool.studiolo]\n# text = """\n#   two\n#\n# """\n# ///\n'
    assert read_script_metadata(source).studiolo == {"text": "  two\n\n"}


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("# dependencies = [\n# ]]\n", 4),
        ("# requires-python = >=3.11\n", 3),
        ("# dependencies = [\n#   'six'\n", 4),  # never closed: at the end of the block
        ("# dependencies = 'six'\n", 3),
        ("#\n# dependencies = ['six', 1]\n", 4),
        ("# requires-python = 3.11\n", 3),
        ("# tool = 1\n", 3),
        ("#\n# [tool]\n# studiolo = 1\n", 5),
        ("# a = " + "9" * 5000 + "\n", 3),
        ("# a = " + "[" * 5000 + "\n", 2),
    ],
)
def test_mistake_names_the_line_of_the_script(body: str, line: int) -> None:
    with pytest.raises(ScriptMetadataError, match=f"line {line}:") as caught:
        read_script_metadata(f"import os\n# /// script\n{body}# ///\n")
    assert caught.value.line == line
    assert "at line" not in caught.value.reason
    assert caught.value.code == "script-metadata-invalid"


def test_two_blocks() -> None:
    block = "# /// script\n# dependencies = []\n# ///\n"
    with pytest.raises(ScriptMetadataRepeatedError) as caught:
        read_script_metadata(f"{block}\nimport os\n{block}")
    assert (caught.value.first_line, caught.value.second_line) == (1, 6)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ((), 4),
        (("name",), 5),
        (("category",), 6),  # where it begins, not where it ends
        (("inputs", "a"), 10),
        (("inputs", "a", "label"), 11),
        (("inputs", "a", "kind"), 13),
        (("inputs", "b"), 14),
        (("parameters",), 15),
        (("parameters", "p", "help"), 16),
        (("parameters", "r", "label"), 17),
        (("parameters", "q"), 15),  # not there: where it should be
        (("exports", "c"), 4),
    ],
)
def test_the_line_of_an_entry(keys: tuple[str, ...], line: int) -> None:
    source = """\
import os
# /// script
# # [tool.studiolo] name = 1
# [tool.studiolo]
# name = "category = 1"
# category = [
#     "name",
# ]
#
# [tool.studiolo.inputs.a]
# label = '''
#   kind = '''
# kind = "model"
# [tool.studiolo.inputs.b]
# [tool.studiolo.parameters]
# p.help = "x"
# r = {label = "y"}
# ///
"""
    table = read_script_metadata(source).table()
    assert table.document.line_of((*table.path, *keys)) == line


def test_a_long_block_is_not_searched() -> None:
    body = "# [tool.studiolo]\n" + "".join(f"# k{number} = 1\n" for number in range(1000))
    assert read_script_metadata(f"# /// script\n{body}# ///\n").table().line("k999") == 1


def test_blocks_are_found_in_linear_time() -> None:
    def spent(count: int, line: str) -> float:
        before = time.process_time()
        with pytest.raises(ScriptMetadataError, match="ends without"):
            read_script_metadata(line * count)
        return time.process_time() - before

    for line in ("# /// script\n", f"# /// script\n# {'x' * 100}\n"):
        # A quadratic search takes minutes.
        assert spent(100_000, line) < 5


@given(
    st.lists(
        st.sampled_from(
            ["# /// script", "# /// other", "# ///", "#", "# a = 1", "#x", "", "x", " # ///", "\r"]
        ),
        max_size=12,
    ),
    st.sampled_from(["\n", ""]),
)
def test_blocks_are_those_of_the_reference_expression(lines: list[str], end: str) -> None:
    source = "\n".join(lines) + end
    reference = re.compile(
        r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$"
    )
    expected = [
        (match["type"], source.count("\n", 0, match.start()), match["content"])
        for match in reference.finditer(source)
    ]
    split = source.split("\n")
    found = [
        (kind, start, "".join(f"{line}\n" for line in split[start + 1 : last]))
        for kind, start, last in _blocks(split)
    ]
    assert found == expected
