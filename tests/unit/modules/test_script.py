from pathlib import Path

import pytest

from studiolo.modules.errors import ScriptMissingError, ScriptUnreadableError
from studiolo.modules.script import read_script


def test_a_script_is_read_as_python_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_bytes(b"\xef\xbb\xbfx = '\xc3\xa9'\r\ny = 1\r\n")
    script = read_script(path)
    assert (script.source, script.name) == ("x = '\u00e9'\ny = 1\n", "mine.py")


def test_a_declared_encoding_is_used(tmp_path: Path) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n")
    assert read_script(path).source.endswith("x = '\u00e9'\n")


@pytest.mark.parametrize("text", ["import os\n", "import os\n" * 3000])
def test_a_text_that_is_taken_for_a_path_is_told_how_to_be_a_script(text: str) -> None:
    with pytest.raises(ScriptMissingError) as caught:
        read_script(text)
    assert "studiolo.Script(source=TEXT)" in str(caught.value)
    assert "import os" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (b"# caf\xe9\n", ["line 1: byte 0xE9 is not utf-8", "coding: latin-1"]),
        (b"\n\n\nx = '\xff'\n", ["line 4: byte 0xFF is not utf-8", "save it as UTF-8"]),
        (b"# coding: ascii\n\n\n# \xc3\xa9\n", ["line 4: byte 0xC3 is not ascii"]),
        (b"# coding: klingon\n", ["klingon"]),
        (b"# coding: undefined\n", ["undefined encoding"]),
        (b"# coding: punycode\nx = 1\n", ["punycode"]),
        (b"# coding: zlib_codec\n", ["not a text encoding"]),
    ],
)
def test_what_is_not_text_is_named_with_line_and_byte(
    tmp_path: Path, content: bytes, facts: list[str]
) -> None:
    path = tmp_path / "script.py"
    path.write_bytes(content)
    with pytest.raises(ScriptUnreadableError) as caught:
        read_script(path)
    assert caught.value.path == str(path)
    for fact in facts:
        assert fact in str(caught.value)


def test_a_missing_script_suggests_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "rank_features.py").touch()
    with pytest.raises(ScriptMissingError) as caught:
        read_script(tmp_path / "rank_feature.py")
    assert f'Did you mean "{tmp_path}/rank_features.py"?' in str(caught.value)
    assert (caught.value.code, caught.value.classic_number) == ("script-missing", 48)


def test_without_a_like_one_it_suggests_nothing(tmp_path: Path) -> None:
    with pytest.raises(ScriptMissingError) as caught:
        read_script(tmp_path / "nowhere" / "x.py")
    assert "Did you mean" not in str(caught.value)


def test_a_folder_is_no_script(tmp_path: Path) -> None:
    with pytest.raises(ScriptUnreadableError, match="directory"):
        read_script(tmp_path)
