"""Text that comes from users and scripts can't steer a terminal."""

from studiolo.rendering.plain_text import from_difference, one_line, printable


def test_what_steers_a_terminal_is_a_sign() -> None:
    assert printable("a\tb\x00é\u202e\r\nc\x1b[2J") == "a\tb\ufffdé\ufffd\n\nc\ufffd[2J"
    assert one_line("a\tb\x00é\u202e\nc") == "a b\ufffdé\ufffd⏎c"


def test_what_letters_need_stays() -> None:
    text = "\u1100\u1161 क्\u200dष \u0645\u06cc\u200c\u062e\N{NO-BREAK SPACE}x"
    assert printable(text) == text


def test_two_texts_that_begin_alike_are_shown_from_where_they_differ() -> None:
    alike = "select a, b, c from t1 where "
    before, after = from_difference(f"{alike * 2}a = 1", f"{alike * 2}b = 2", width=40)
    assert before == "… t1 where a = 1"
    assert after == before.replace("a = 1", "b = 2")
    assert from_difference("a" * 50, "b" * 50, width=40) == ("a" * 50, "b" * 50)
    assert from_difference("aaa", "aab", width=40) == ("aaa", "aab")
    # One is the beginning of the other.
    assert from_difference("a" * 60, "a" * 60 + "b", width=40) == ("…aaaaaaaaaa", "…aaaaaaaaaab")
