import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from studiolo.sandbox.exchange.job import Failure, Remedy, TracebackFrame
from studiolo.sandbox.masking import MASK, Masking

SECRET = "Eby8vdM02x/NOcqF+lqUw==\\'\"ü"


def test_a_secret_is_found_as_programs_write_it() -> None:
    masking = Masking([SECRET])
    for form in (SECRET, repr(SECRET), json.dumps(SECRET), quote(SECRET), quote(SECRET, safe="")):
        assert "vdM02x" not in masking.text(f"before {form} after")
        assert MASK in masking.text(f"before {form} after")
    assert masking.text("nothing to hide") == "nothing to hide"


def test_one_that_is_part_of_another_leaves_nothing() -> None:
    assert Masking(["secret", "secret-and-more"]).text("secret-and-more") == MASK


def test_all_texts_of_a_failure() -> None:
    failure = Failure(
        code="script-exception",
        classic_number=85,
        message=f"no {SECRET}",
        subject=SECRET,
        traceback=f"x\n{SECRET}\n",
        frames=[TracebackFrame(file="a.py", line=1, function="f", source=f"k = {SECRET!r}")],
        remedy=Remedy.MORE_TIME,
    )
    masked = Masking([SECRET]).of(failure)
    assert "vdM02x" not in repr(masked)
    assert (masked.code, masked.classic_number) == ("script-exception", 85)
    assert masked.remedy is Remedy.MORE_TIME
    assert masked.frames[0].line == 1


@given(st.lists(st.sampled_from(["abcdef", "abc", "ab", "a", "b", "cdef", "x", "\n"]), max_size=20))
def test_pieces_are_masked_like_the_whole(pieces: list[str]) -> None:
    masking = Masking(["abcdef"])
    passed: list[str] = []
    stream = masking.passing_on(passed.append)
    for piece in pieces:
        stream.write(piece)
    stream.finish()
    assert "".join(passed) == masking.text("".join(pieces))
