"""`studiolo new`: make a workspace."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.rendering.plain_text import printable
from studiolo.workspace.folder.sample import new_workspace


def command(
    folder: Annotated[
        Path, typer.Argument(help="The folder to create; it may exist if it is empty.")
    ],
    empty: Annotated[
        bool, typer.Option("--empty", help="Leave out the sample datasets and experiments.")
    ] = False,
) -> None:
    """Create a workspace: a folder for datasets, experiments and modules."""
    with reported_errors(Terminal(sys.stderr)):
        made = new_workspace(folder, samples=not empty)
    terminal = Terminal(sys.stdout)
    terminal.say(Text.assemble("Made the workspace ", (printable(str(made)), "bold"), "."))
    if empty:
        terminal.say(Text("Put dataset files into its folder datasets."))
        return
    terminal.say(Text("Its experiments, each a folder with an experiment.yaml:"))
    experiments = sorted(path.parent for path in made.glob("experiments/*/experiment.yaml"))
    for experiment in experiments:
        command_line = shlex.join(["studiolo", "run", str(experiment)])
        terminal.print(Text(f"  {printable(command_line)}"), soft_wrap=True)
