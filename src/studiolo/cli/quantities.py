"""Sizes and times as people type them."""

import typer

from studiolo.experiments import quantities


def parse_size(text: str | int) -> int:
    """`512MiB`, `512m` and `536870912` are the same number of bytes."""
    try:
        return quantities.parse_size(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def parse_duration(text: str | int) -> int:
    """`90`, `90s` and `1.5m` are the same number of seconds."""
    try:
        return quantities.parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
