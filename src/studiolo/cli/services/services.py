"""`studiolo services`: the web services of a workspace."""

import sys
from typing import Annotated

import typer

from studiolo.cli.reporting import reported_errors
from studiolo.cli.services.places import WorkspacePath
from studiolo.cli.services.service_view import show_services
from studiolo.cli.terminal import Terminal, write_document
from studiolo.documents.services import services_document
from studiolo.documents.text import document_text
from studiolo.workspace.workspace import open_workspace


def command(
    workspace: WorkspacePath = ".",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the web services of a workspace."""
    with reported_errors(Terminal(sys.stderr)), open_workspace(workspace) as opened:
        services = opened.services.all()
        if json:
            write_document(document_text(services_document(services)))
        else:
            show_services(Terminal(sys.stdout), services)
