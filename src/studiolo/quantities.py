"""Sizes and times as people write them, on the command line, in files and in the environment."""

import re

_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)\s*(B|[KMGT]i?B?|)", re.IGNORECASE | re.ASCII)
_DURATION = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)\s*(s|m|h|)", re.IGNORECASE | re.ASCII)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def parse_size(text: str | float) -> int:
    """`512MiB`, `512m` and `536870912` are the same number of bytes.

    Raises:
        ValueError: It is not a size, or 0; its message is a sentence for the user.
    """
    match = _SIZE.fullmatch(str(text).strip())
    unit = "" if match is None else match[2].lower().rstrip("b").removesuffix("i")
    size = 0 if match is None else int(_number(match[1]) * 1024 ** _POWERS[unit])
    if size < 1:
        raise ValueError(f'"{text}" is not a size. Allowed: a number with MiB or GiB.')
    return size


def parse_duration(text: str | float) -> int:
    """`90`, `90s` and `1.5m` are the same number of seconds.

    Raises:
        ValueError: It is not a duration; its message is a sentence for the user.
    """
    match = _DURATION.fullmatch(str(text).strip())
    seconds = 0 if match is None else round(_number(match[1]) * _SECONDS[match[2].lower()])
    if seconds < 1:
        raise ValueError(f'"{text}" is not a duration. Allowed: seconds, or 90s, 10m, 2h.')
    return seconds


def size_text(size: int) -> str | int:
    """The shortest way to write a number of bytes without a change."""
    for unit, power in (("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size and size % (1 << power) == 0:
            return f"{size >> power}{unit}"
    return size


def duration_text(seconds: int) -> str | int:
    """The shortest way to write a number of seconds without a change."""
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return seconds


def _number(text: str) -> float:
    """Whole numbers stay exact, however long they are."""
    return float(text) if "." in text else int(text)
