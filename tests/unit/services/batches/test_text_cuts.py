"""Text is cut between records, and nothing of it is lost."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from studiolo.services.batches.text_cuts import text_cuts

FIELDS = st.text(st.sampled_from('ab,"\n\r ;'), max_size=6)
ROWS = st.lists(st.lists(FIELDS, min_size=2, max_size=2), min_size=1, max_size=20)


def read(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline="")) if row]


@given(ROWS, st.integers(1, 60), st.sampled_from(["\n", "\r\n"]))
def test_each_piece_has_whole_records(rows: list[list[str]], size: int, end: str) -> None:
    sink = io.StringIO(newline="")
    csv.writer(sink, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    text = sink.getvalue().encode()
    cuts = list(text_cuts(text, start=0, size=size, quoted=True))
    pieces = [text[begin:stop].decode() for begin, stop in cuts]
    assert "".join(pieces).encode() == text
    assert [row for piece in pieces for row in read(piece)] == read(text.decode())
    assert all(len(piece) >= size for piece in pieces[:-1])


@given(st.lists(st.sampled_from(["", "1", "22"]), max_size=30), st.integers(1, 9))
def test_a_blank_line_is_never_the_end_of_a_piece(lines: list[str], size: int) -> None:
    text = "".join(f"{line}\n" for line in lines).encode()
    cuts = list(text_cuts(text, start=0, size=size, quoted=True))
    assert b"".join(text[begin:stop] for begin, stop in cuts) == text
    assert not any(text[:stop].endswith(b"\n\n") for _, stop in cuts[:-1])


def test_quotes_mean_nothing_in_lines_of_json() -> None:
    assert list(text_cuts(b'"\n"\n', start=0, size=1, quoted=False)) == [(0, 2), (2, 4)]
    assert list(text_cuts(b'"\n"\n', start=0, size=1, quoted=True)) == [(0, 4)]
