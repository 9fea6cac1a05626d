"""The commands, put together."""

import importlib
from collections.abc import Callable, Mapping
from typing import Annotated

import typer

#: Each command, in the module that holds it. Only the one that is asked for is imported: what the
#: others need would double the time until a script starts.
_COMMANDS = {
    "new": "studiolo.cli.commands.new",
    "run": "studiolo.cli.commands.run",
    "check": "studiolo.cli.commands.check",
    "upgrade": "studiolo.cli.scripts.upgrade",
    "copy": "studiolo.cli.commands.copy",
    "show": "studiolo.cli.commands.show",
    "console": "studiolo.cli.debugging.console",
    "debug": "studiolo.cli.debugging.debug",
    "runs": "studiolo.cli.commands.history",
    "diff": "studiolo.cli.commands.diff",
    "publish": "studiolo.cli.services.publish",
    "services": "studiolo.cli.services.services",
    "service": "studiolo.cli.services.service",
    "call": "studiolo.cli.services.call",
    "batch": "studiolo.cli.services.batch",
    "unpublish": "studiolo.cli.services.unpublish",
    "export": "studiolo.cli.commands.export",
    "convert": "studiolo.cli.commands.convert",
    "profile": "studiolo.cli.commands.profile",
    "modules": "studiolo.cli.commands.modules",
    "save-model": "studiolo.cli.saved.save_model",
    "save-transform": "studiolo.cli.saved.save_transform",
    "set-up-service": "studiolo.cli.services.set_up_service",
    "secret": "studiolo.cli.secrets.secret",
    "serve": "studiolo.cli.commands.serve",
    "clean": "studiolo.cli.commands.clean",
    "doctor": "studiolo.cli.commands.doctor",
}
#: Commands with commands of their own: the module lists those.
_GROUPS = {"environment": "studiolo.cli.environments.environment"}


def application(command: str) -> typer.Typer:
    """The command line with this command, or with all of them if it is none."""
    app = typer.Typer(
        help="Runs Azure Machine Learning Studio (classic) scripts, each in a fresh sandbox.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    # A callback keeps the commands commands where there is only one.
    app.callback()(options)
    if command not in _COMMANDS:
        for name in [command] if command in _GROUPS else _GROUPS:
            group = importlib.import_module(_GROUPS[name])
            app.add_typer(_group(group.COMMANDS, group.__doc__ or ""), name=name)
    if command in _GROUPS:
        return app
    for name in [command] if command in _COMMANDS else _COMMANDS:
        module = importlib.import_module(_COMMANDS[name])
        app.command(name)(module.command)
    return app


def _group(commands: Mapping[str, Callable[..., None]], about: str) -> typer.Typer:
    group = typer.Typer(help=about.partition(": ")[2].strip(), no_args_is_help=True)
    for name, command in commands.items():
        group.command(name)(command)
    return group


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
