"""Lines of text, counted and cut."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.datasets.formats import Content, FileFormat, encoding


@given(st.text("a\r\n", min_size=1, max_size=30))
def test_lines(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    data = pa.py_buffer(text.encode())
    content = Content(data=data, name="x.txt", format=FileFormat.PLAIN_TEXT)
    assert encoding.text_lines(content) == lines
    with pytest.MonkeyPatch.context() as patch:
        for piece, pieces in ((1, 1), (2, 1), (3, 2), (1, 5), (1 << 18, 32)):
            patch.setattr(encoding, "_PIECE", piece)
            patch.setattr(encoding, "_PART", piece * pieces)
            assert encoding.line_count(data) == len(lines)


def test_the_byte_order_mark_is_no_text() -> None:
    data = pa.py_buffer(b"\xef\xbb\xbfa\nb")
    content = Content(data=data, name="x.txt", format=FileFormat.PLAIN_TEXT)
    assert encoding.text_lines(content) == ["a", "b"]
