"""`studiolo copy`: an experiment to another workspace, with what it refers to."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.rendering.plain_text import printable
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.transfer.copying import Copied, copy_experiment
from studiolo.workspace.workspace import Workspace


def command(
    experiment: Annotated[
        Path,
        typer.Argument(
            help="An experiment: its folder or its experiment.yaml.", metavar="EXPERIMENT"
        ),
    ],
    workspace: Annotated[
        Path, typer.Argument(help="The workspace to copy the experiment to.", metavar="WORKSPACE")
    ],
    name: Annotated[str | None, typer.Option(help="Name of its folder there.")] = None,
) -> None:
    """Copy an experiment and its files to another workspace; nothing is overwritten."""
    with (
        reported_errors(Terminal(sys.stderr)),
        Workspace(find_root(experiment)) as source,
        Workspace(find_root(workspace)) as target,
    ):
        copied = copy_experiment(experiment, source, target, name=name)
    _show(Terminal(sys.stdout), copied)


def _show(terminal: Terminal, copied: Copied) -> None:
    here = Path.cwd()
    near = copied.folder.is_relative_to(here)
    folder = printable(str(copied.folder.relative_to(here) if near else copied.folder))
    same = f"{folder} already holds the same experiment."
    said = f"Copied to {folder}." if copied.taken else same
    terminal.say(Text(said))
    for file in copied.taken:
        terminal.print(Text(f"  + {printable(file)}"), soft_wrap=True)
    if copied.taken:
        for file in copied.shared:
            terminal.print(Text(f"  = {printable(file)}, there already"), soft_wrap=True)
    for node, (before, now) in copied.renumbered.items():
        terminal.say(
            Text(
                printable(f'Node "{node}": version {before} of its dataset is version {now} there.')
            )
        )
