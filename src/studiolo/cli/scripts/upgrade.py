"""`studiolo upgrade`: bring old scripts to today's spelling."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.reporting import ExitCode, reported_errors, show_notes
from studiolo.cli.terminal import Terminal
from studiolo.rendering.plain_text import printable
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.upgrades import (
    UpgradedFile,
    Verification,
    described,
    upgraded_files,
    verified,
)
from studiolo.workspace.workspace import Workspace

_VERIFY = "To verify"


def command(
    path: Annotated[
        Path,
        typer.Argument(
            help="A script (.py), or an experiment: its folder or its experiment.yaml.",
            metavar="SCRIPT.py|EXPERIMENT",
        ),
    ],
    write: Annotated[
        bool, typer.Option("--write", help="Write the new text into the files.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Run the old script in the environment classic and the new one in default, and "
            "compare what they return. With --write, nothing is written if it differs.",
            rich_help_panel=_VERIFY,
        ),
    ] = False,
    dataset1: Annotated[
        Path | None,
        typer.Option(help="Dataset for the first port.", metavar="FILE", rich_help_panel=_VERIFY),
    ] = None,
    dataset2: Annotated[
        Path | None,
        typer.Option(help="Dataset for the second port.", metavar="FILE", rich_help_panel=_VERIFY),
    ] = None,
    script_bundle: Annotated[
        Path | None,
        typer.Option(
            help="Zip file of modules for the third port.",
            metavar="FILE.zip",
            rich_help_panel=_VERIFY,
        ),
    ] = None,
) -> None:
    """Rewrite old scripts with today's calls: shows the changes, and writes them with --write."""
    errors = Terminal(sys.stderr)
    with reported_errors(errors):
        if verify and path.suffix != ".py":
            raise typer.BadParameter(
                "it needs a script and its data, and this is an experiment.", param_hint="--verify"
            )
        files = upgraded_files([path] if path.suffix == ".py" else _scripts_of(path))
        for file in files:
            _show(file, errors)
        code = ExitCode.SUCCEEDED
        if verify:
            done = verified(
                files[0],
                dataset1=None if dataset1 is None else dataset_path(dataset1),
                dataset2=None if dataset2 is None else dataset_path(dataset2),
                script_bundle=script_bundle,
            )
            _tell(done, errors)
            code = ExitCode.SUCCEEDED if done.is_equal else ExitCode.SCRIPT_FAILED
        if write and code is ExitCode.SUCCEEDED:
            _write(files, errors)
    raise typer.Exit(code)


def _scripts_of(path: Path) -> list[Path]:
    with Workspace(find_root(path)) as workspace:
        experiment = workspace.experiment(path)
        scripts = [node.script for node in experiment.nodes.values() if node.script is not None]
        return [experiment.folder / script for script in dict.fromkeys(scripts)]


def _show(file: UpgradedFile, errors: Terminal) -> None:
    if file.changes:
        sys.stdout.write(printable(file.difference()))
    name = printable(str(file.path))
    by_hand = [f"{name}:{found.line}: {found.call.sentence}" for found in file.after.left]
    unsure = [f"{name}, {sentence}" for sentence in file.after.unsure]
    show_notes(errors, [*by_hand, *unsure])
    if by_hand:
        errors.say(Text(f"{name}: {len(by_hand)} retired calls are left to change by hand."))
    elif not file.changes:
        errors.say(Text(f"{name}: nothing to upgrade."))


def _tell(done: Verification, errors: Terminal) -> None:
    if done.is_equal:
        errors.say(Text("Verified: both scripts return the same."))
        return
    for name, result in (("old", done.old), ("new", done.new)):
        if result.failure is not None:
            said = f"The {name} script failed: {result.failure.message}"
            errors.say(Text(printable(said)))
    for port, found in done.differences.items():
        for phrase in described(found):
            errors.say(Text(printable(f"{port}: {phrase}.")))
    errors.say(Text("Not verified."))


def _write(files: Sequence[UpgradedFile], errors: Terminal) -> None:
    for file in files:
        if file.changes:
            file.write()
            errors.say(Text(f"{printable(str(file.path))}: written."))
