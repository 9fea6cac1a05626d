import errno
import io
import os

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from studiolo.cli import reporting
from studiolo.cli.reporting import ExitCode, headline, reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.errors import StudioloError
from studiolo.rendering.plain_text import printable
from studiolo.sandbox.errors import IsolationUnavailableError


class WrongError(StudioloError):
    code = "wrong"
    classic_number = 7


@given(st.text())
def test_nothing_that_steers_a_terminal_is_printable(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    for character in shown:
        assert character in "\n\t" or (ord(character) >= 32 and not 127 <= ord(character) < 160)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])))
def test_letters_and_spaces_stay_as_they_are(text: str) -> None:
    assert printable(text) == text


def test_the_classic_number_has_four_digits() -> None:
    assert headline("wrong", 7).plain == "error[wrong, classic 0007]:"
    assert headline("wrong", None).plain == "error[wrong]:"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            WrongError("It is\x1b[2J wrong."),
            2,
            "error[wrong, classic 0007]: It is\ufffd[2J wrong.\n",
        ),
        (KeyboardInterrupt(), 130, "Cancelled.\n"),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(
    error: BaseException, code: int, said: str
) -> None:
    stream = io.StringIO()
    with pytest.raises(typer.Exit) as caught, reported_errors(Terminal(stream)):
        raise error
    assert caught.value.exit_code == code
    assert stream.getvalue() == said


@pytest.mark.parametrize(("file", "place"), [(None, ""), ("a.csv", ' for "a.csv"')])
def test_a_full_disk_is_said(file: str | None, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "silence", lambda _: None)
    stream = io.StringIO()
    with pytest.raises(typer.Exit) as caught, reported_errors(Terminal(stream)):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file)
    assert caught.value.exit_code == ExitCode.BAD_INPUT
    said = f"error: There is no space left on the disk{place}. Free some, and try again.\n"
    assert stream.getvalue() == said


def test_isolation_has_an_exit_code_of_its_own() -> None:
    error = IsolationUnavailableError(asked="strict", missing=["seccomp"], remedies=[])
    with pytest.raises(typer.Exit) as caught, reported_errors(Terminal(io.StringIO())):
        raise error
    assert caught.value.exit_code == ExitCode.ISOLATION_UNAVAILABLE
    assert caught.value.exit_code == 3


def test_an_error_of_nobody_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), reported_errors(Terminal(io.StringIO())):
        raise ZeroDivisionError
