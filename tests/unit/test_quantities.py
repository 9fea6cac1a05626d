import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.quantities import duration_text, parse_duration, parse_size, size_text


@pytest.mark.parametrize(
    ("seconds", "text"), [(600, "10m"), (90, 90), (7200, "2h"), (1, 1), (5400, "90m")]
)
def test_durations_are_written_short(seconds: int, text: str | int) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(4 << 30, "4GiB"), (1536 << 20, "1536MiB"), (1 << 40, "1TiB"), (67_108_865, 67_108_865)],
)
def test_sizes_are_written_short(size: int, text: str | int) -> None:
    assert size_text(size) == text


@given(st.integers(1, 10**9), st.integers(64 << 20, 1 << 50))
def test_what_is_written_is_read_as_the_same(seconds: int, size: int) -> None:
    assert parse_duration(duration_text(seconds)) == seconds
    assert parse_size(size_text(size)) == size


@pytest.mark.parametrize("text", ["9" * 400, "1e9", "½", "1.5.2", "٣GiB"])
def test_what_is_neither(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)
