"""`studiolo unpublish`: a web service is removed."""

import sys
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.services.places import ServiceName, WorkspacePath
from studiolo.cli.terminal import Terminal
from studiolo.rendering.amounts import count_text
from studiolo.workspace.workspace import open_workspace


def command(
    name: ServiceName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    workspace: WorkspacePath = ".",
) -> None:
    """Remove a web service with its versions, endpoints and keys; its experiment stays."""
    with reported_errors(Terminal(sys.stderr)), open_workspace(workspace) as opened:
        seen = opened.services.find(name)
        if not yes:
            typer.confirm(
                f"Remove {name}, {count_text(len(seen.versions), 'version')} and "
                f"{count_text(len(seen.endpoints), 'endpoint')}? Calls of it fail from then on",
                abort=True,
                err=True,
            )
        opened.services.remove(name)
        Terminal(sys.stdout).say(Text(f"{name} is no longer published."))
