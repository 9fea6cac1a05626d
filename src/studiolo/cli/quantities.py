"""Sizes and times as people type them."""

import re

import typer

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|[KMGT]i?B?|)", re.IGNORECASE)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|)", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
#: Below this no interpreter gets anywhere.
_SMALLEST = 64 << 20


def parse_size(text: str | int) -> int:
    """`512MiB`, `512m` and `536870912` are the same number of bytes."""
    match = _SIZE.fullmatch(str(text).strip())
    if match is None:
        raise typer.BadParameter(f'"{text}" is no size. Allowed: a number with MiB or GiB.')
    unit = match[2].lower().rstrip("b").removesuffix("i")
    size = int(float(match[1]) * 1024 ** _POWERS[unit])
    if size < _SMALLEST:
        raise typer.BadParameter(f'"{text}" is too little: a script needs at least 64MiB.')
    return size


def parse_duration(text: str | int) -> int:
    """`90`, `90s` and `1.5m` are the same number of seconds."""
    match = _DURATION.fullmatch(str(text).strip())
    seconds = 0 if match is None else round(float(match[1]) * _SECONDS[match[2].lower()])
    if seconds < 1:
        raise typer.BadParameter(f'"{text}" is no time. Allowed: seconds, or 90s, 10m, 2h.')
    return seconds
