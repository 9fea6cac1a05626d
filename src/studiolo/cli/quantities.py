"""Sizes and times as people type them."""

import typer

from studiolo import quantities
from studiolo.experiments import memory_limit


def parse_memory(text: str | int) -> int:
    """`512MiB`, `512m` and `536870912` are the same number of bytes."""
    try:
        return memory_limit.parse_memory(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def parse_duration(text: str | int) -> int:
    """`90`, `90s` and `1.5m` are the same number of seconds."""
    try:
        return quantities.parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
