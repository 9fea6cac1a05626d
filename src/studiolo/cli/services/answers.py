"""Common parts of the commands that call a service: values typed in, and answers that are none."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.text import Text

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.terminal import Terminal
from studiolo.rendering.plain_text import printable
from studiolo.services.scoring import RequestRefused, ScoringFailed

#: What an input of a service that has none is called in the refusal.
_INPUT = "input1"


def pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    """NAME=VALUE, as typed after an option.

    Raises:
        BadParameter: One has another form.
    """
    found = []
    for item in given:
        name, separator, value = item.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f'"{item}" must be NAME=VALUE.', param_hint=option)
        found.append((name, value))
    return found


def input_files(given: Sequence[str], inputs: Sequence[str], option: str) -> dict[str, Path]:
    """The files by the names of inputs; a file alone is for the only input of a service.

    Args:
        given: FILE or INPUT=FILE, as typed after the option.
        inputs: The inputs of the service.
        option: What errors call the option.

    Raises:
        BadParameter: A file has no input, or an input several.
    """
    files: dict[str, Path] = {}
    for item in given:
        name, separator, path = item.partition("=")
        if not separator or Path(item).exists():
            if len(inputs) > 1:
                wanted = " ".join(f"{option} {one}=FILE" for one in inputs)
                problem = f'"{item}" names no input. The service has several: {wanted}.'
                raise typer.BadParameter(problem, param_hint=option)
            name, path = (*inputs, _INPUT)[0], item
        if name in files:
            problem = f'The input "{name}" is given more than once.'
            raise typer.BadParameter(problem, param_hint=option)
        files[name] = dataset_path(Path(path))
    return files


def show_refused(errors: Terminal, answer: RequestRefused) -> None:
    """The mistakes in a request."""
    for problem in answer.problems:
        errors.say(Text.assemble((problem.code, "red"), " ", printable(problem.message)))


def show_failed(errors: Terminal, answer: ScoringFailed) -> None:
    """Why a request failed, with what its scripts wrote."""
    if answer.log:
        errors.print(Text(printable(answer.log)), soft_wrap=True)
    if answer.failure.traceback:
        errors.print(Text(printable(answer.failure.traceback)), soft_wrap=True)
    said = f'The node "{answer.node}" failed: {answer.failure.message}'
    errors.say(Text.assemble((answer.failure.code, "red"), " ", printable(said)))
