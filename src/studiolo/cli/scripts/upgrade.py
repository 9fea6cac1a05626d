"""`studiolo upgrade`: bring old scripts to today's spelling."""

import gc
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.reporting import reported_errors
from studiolo.cli.scripts.upgraded import show_and_write
from studiolo.cli.terminal import Terminal
from studiolo.workspace.upgrades.bundles import upgraded_bundle
from studiolo.workspace.upgrades.scripts import upgraded_files

_VERIFY = "To verify"


def command(
    path: Annotated[
        Path,
        typer.Argument(
            help="A script (.py), a script bundle (.zip), or an experiment: its folder or its "
            "experiment.yaml.",
            metavar="SCRIPT.py|BUNDLE.zip|EXPERIMENT",
        ),
    ],
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Write the new text into the files; a bundle stays, and gets a new one beside it.",
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Run the old script or experiment in the environment classic and the new one in "
            "default, and compare what they return. With --write, nothing is written if it "
            "differs.",
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
        if verify and path.suffix == ".zip":
            raise typer.BadParameter(
                "a bundle does not run by itself: verify a script that uses it.",
                param_hint="--verify",
            )
        if path.suffix == ".zip":
            bundles = [upgraded_bundle(path)]
            code = show_and_write([], bundles, errors, proof=None, write=write)
        elif path.suffix == ".py":
            # A script's trees are needed to the end; looking for garbage in them takes a quarter of
            # the time.
            gc.disable()
            files = upgraded_files([path])
            gc.enable()
            inputs = {
                "dataset1": None if dataset1 is None else dataset_path(dataset1),
                "dataset2": None if dataset2 is None else dataset_path(dataset2),
                "script_bundle": script_bundle,
            }

            def proof() -> bool:
                return bool(_verification().script_holds(files[0], inputs, errors))

            code = show_and_write(files, [], errors, proof=proof if verify else None, write=write)
        else:
            code = _verification().upgrade_experiment(path, errors, verify=verify, write=write)
    raise typer.Exit(code)


def _verification() -> ModuleType:
    """The part that runs scripts: what it needs takes longer to import than an upgrade lasts."""
    return importlib.import_module("studiolo.cli.scripts.verification")
