import time

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from studiolo.rendering.cells import cell, cut
from studiolo.rendering.plain_text import one_line


def test_the_ends_of_lines_become_signs() -> None:
    assert one_line("a\nb\tc\x1b[2J") == "a⏎b c\ufffd[2J"


def test_what_is_too_long_is_cut_with_a_sign() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cell("日本語", width=5, style="bold").plain == "日本…"


def test_a_long_text_is_cut_before_it_is_looked_at() -> None:
    long, marked = "x" * (64 << 20), "a" + "\u0301" * (64 << 20)
    before = time.process_time()
    assert cut(long, 6) == "xxxxx…"
    assert cut(marked, 6).startswith("a\u0301")
    assert time.process_time() - before < 0.1


@given(st.text(), st.integers(1, 20))
def test_a_cell_is_one_line_and_fits(text: str, width: int) -> None:
    shown = cut(text, width)
    assert cell_len(shown) <= width
    assert not set(shown) & set("\n\r\t\x1b")
