"""Targets in the network as people type them."""

from collections.abc import Sequence

import typer

from studiolo.experiments import allowance


def parse_allowance(text: str) -> allowance.Allowance:
    """`db.example.com:5432`, or `db.example.com:5432=127.0.0.1:15432` with a stand-in."""
    try:
        return allowance.parse_allowance(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def allowed(given: Sequence[allowance.Allowance]) -> tuple[allowance.Allowance, ...]:
    """The targets that were typed, each once.

    Raises:
        typer.BadParameter: There are more than one run can have.
    """
    found = allowance.merged(given)
    if problem := allowance.too_many(found):
        raise typer.BadParameter(problem, param_hint="--allow")
    return found
