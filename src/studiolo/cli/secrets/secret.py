"""`studiolo secret`: what scripts are given by name, and no record shows."""

import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.workspace.sandboxes.secret_store import SecretStore


class Action(StrEnum):
    """The verbs of the command."""

    SET = "set"
    LIST = "list"
    REMOVE = "remove"


def command(
    action: Annotated[Action, typer.Argument(help="What to do.")],
    name: Annotated[
        str | None,
        typer.Argument(
            help="The secret's name, such as DB_PASSWORD; not for list.", metavar="[NAME]"
        ),
    ] = None,
) -> None:
    """Keep secrets for scripts, encrypted. The value is asked for, or read from standard input."""
    if (name is None) != (action is Action.LIST):
        need = "takes no name" if action is Action.LIST else "needs the name of a secret"
        raise typer.BadParameter(f'"{action}" {need}.', param_hint="NAME")
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        store = SecretStore()
        if name is None:
            for each in store.names:
                console.say(Text(each))
        elif action is Action.REMOVE:
            store.remove(name)
            errors.say(Text(f"Removed {name}."))
        else:
            store.set(name, _value(name))
            errors.say(Text(f"Kept {name}. A script reads it as the environment variable {name}."))


def _value(name: str) -> str:
    if sys.stdin.isatty():
        value: str = typer.prompt(f"Value of {name}", hide_input=True, err=True)
        return value
    return sys.stdin.read().rstrip("\r\n")
