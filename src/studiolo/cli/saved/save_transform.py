"""`studiolo save-transform`: keep a transform under a name, for any experiment."""

from typing import Annotated

import typer

from studiolo.cli.saved.saving import NAME_HELP, PORT_HELP, RUN_HELP, TARGET_HELP, save
from studiolo.experiments.experiment import SavedName
from studiolo.modules.definition import PortKind


def command(
    target: Annotated[str, typer.Argument(help=TARGET_HELP, metavar="EXPERIMENT/NODE")],
    name: Annotated[str, typer.Option(help=NAME_HELP)],
    port: Annotated[str | None, typer.Option(help=PORT_HELP, metavar="PORT")] = None,
    run: Annotated[str | None, typer.Option(help=RUN_HELP, metavar="RUN")] = None,
) -> None:
    """Keep a node's transform in the workspace's folder transforms, for any experiment to use."""
    save(target, SavedName(PortKind.TRANSFORM, name), port=port, run=run)
