"""Errors in turning an experiment into one for a web service."""

from collections.abc import Sequence
from typing import ClassVar

from studiolo.errors import StudioloError


class ServiceSetUpError(StudioloError):
    """An experiment can't be turned into one for a web service without a decision or a change."""

    code: ClassVar[str] = "service-set-up"

    def __init__(
        self,
        problem: str,
        *,
        remedy: str,
        option: str | None = None,
        choices: Sequence[str] = (),
    ) -> None:
        self.problem = problem
        #: The option of the command line that decides; None if the experiment has to be changed.
        self.option = option
        #: The values of that option to choose from, where they are known.
        self.choices = tuple(choices)
        super().__init__(f"{problem} {remedy}")
