"""The commands, put together."""

import gc
import importlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from studiolo.cli.command_table import COMMAND_TABLE


class _Commands(TyperGroup):
    """Commands of which only the one that is asked for is imported.

    What the others need would double the time until a script starts.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name, in place of its entry in the help."""
        name, _, rest = super().resolve_command(ctx, args)
        # What is loaded stays; looking for garbage in it takes a fifth of the time.
        gc.disable()
        command = name and get_command(command_of(name))
        gc.freeze()
        gc.enable()
        return name, command, rest


def application() -> typer.Typer:
    """The command line."""
    app = typer.Typer(
        cls=_Commands,
        help="Runs Azure Machine Learning Studio (classic) scripts, each in a fresh sandbox.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(options)
    for name, entry in COMMAND_TABLE.items():
        app.command(name, help=entry.help)(_in_the_help)
    return app


def command_of(name: str) -> typer.Typer:
    """A command by itself, or a group with its commands."""
    module = importlib.import_module(f"studiolo.cli.{COMMAND_TABLE[name].module}")
    commands: Mapping[str, Callable[..., None]] | None = getattr(module, "COMMANDS", None)
    app = typer.Typer(
        name=name,
        help=COMMAND_TABLE[name].help,
        no_args_is_help=commands is not None,
        add_completion=False,
        rich_markup_mode="rich",
    )
    for each, function in (commands or {name: module.command}).items():
        app.command(each)(function)
    return app


def _in_the_help() -> None:
    """A command before `resolve_command` has found it."""


def _say_version(asked: bool) -> None:
    if asked:
        metadata = importlib.import_module("importlib.metadata")
        typer.echo(f"studiolo {metadata.version('studiolo')}")
        raise typer.Exit


def options(
    version: Annotated[  # its callback has done it all
        bool,
        typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """Runs Azure Machine Learning Studio (classic) scripts, each in a fresh sandbox."""
