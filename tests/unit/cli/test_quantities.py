import pytest
import typer

from studiolo.cli.quantities import parse_duration, parse_memory


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512MiB", 512 << 20),
        ("512m", 512 << 20),
        ("536870912", 512 << 20),
        ("536870912B", 512 << 20),
        ("1.5 GiB", 3 << 29),
        ("65536K", 64 << 20),
        ("1t", 1 << 40),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "lots", "-1GiB", "1PiB", "1 GiBs", "1e9"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=f'"{text}" is not a size'):
        parse_memory(text)


def test_a_size_that_is_too_little() -> None:
    with pytest.raises(typer.BadParameter, match="at least 64MiB"):
        parse_memory("63MiB")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2 H", 7200), ("0.6", 1)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0.2s", "soon", "-5", "1d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a duration"):
        parse_duration(text)
