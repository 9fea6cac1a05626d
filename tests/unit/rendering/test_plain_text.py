"""Text that comes from users and scripts can't steer a terminal."""

from studiolo.rendering.plain_text import one_line, printable


def test_what_steers_a_terminal_is_a_sign() -> None:
    assert printable("a\tb\x00é\u202e\r\nc\x1b[2J") == "a\tb\ufffdé\ufffd\n\nc\ufffd[2J"
    assert one_line("a\tb\x00é\u202e\nc") == "a b\ufffdé\ufffd⏎c"


def test_what_letters_need_stays() -> None:
    text = "\u1100\u1161 क्\u200dष \u0645\u06cc\u200c\u062e\N{NO-BREAK SPACE}x"
    assert printable(text) == text
