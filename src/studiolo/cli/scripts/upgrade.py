"""`studiolo upgrade`: bring old scripts to today's spelling."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.reporting import ExitCode, reported_errors, show_notes
from studiolo.cli.terminal import Terminal
from studiolo.rendering.plain_text import printable
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.upgrades.bundles import UpgradedBundle, upgraded_bundle
from studiolo.workspace.upgrades.experiments import (
    ExperimentVerification,
    upgraded_bundles,
    upgraded_scripts,
    verified_experiment,
)
from studiolo.workspace.upgrades.scripts import (
    UpgradedFile,
    UpgradedText,
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
            code = _upgraded([], [upgraded_bundle(path)], None, errors, write=write)
        elif path.suffix == ".py":
            files = upgraded_files([path])
            inputs = {
                "dataset1": None if dataset1 is None else dataset_path(dataset1),
                "dataset2": None if dataset2 is None else dataset_path(dataset2),
                "script_bundle": script_bundle,
            }

            def proof() -> bool:
                return _tell(verified(files[0], **inputs), errors)

            code = _upgraded(files, [], proof if verify else None, errors, write=write)
        else:
            code = _of_experiment(path, errors, verify=verify, write=write)
    raise typer.Exit(code)


def _of_experiment(path: Path, errors: Terminal, *, verify: bool, write: bool) -> ExitCode:
    with Workspace(find_root(path)) as workspace:
        experiment = workspace.experiment(path)
        files = upgraded_scripts(experiment)
        bundles = upgraded_bundles(experiment, workspace.dataset_folder)

        def proof() -> bool:
            return _tell_of_experiment(verified_experiment(workspace, experiment, files), errors)

        return _upgraded(files, bundles, proof if verify else None, errors, write=write)


def _upgraded(
    files: Sequence[UpgradedFile],
    bundles: Sequence[UpgradedBundle],
    proof: Callable[[], bool] | None,
    errors: Terminal,
    *,
    write: bool,
) -> ExitCode:
    """Show what changes, prove it if that was asked for, and write it if it holds."""
    for file in files:
        _show(file, errors)
    for bundle in bundles:
        for module in bundle.modules:
            _show(module, errors)
        show_notes(errors, [printable(sentence) for sentence in bundle.unread])
        if bundle.changes and not write:
            new = bundle.new_path.name
            said = f"{bundle.path} stays as it is; --write makes {new} beside it."
            errors.say(Text(printable(said)))
    if proof is not None and not proof():
        return ExitCode.SCRIPT_FAILED
    if write:
        _write([*files, *bundles], errors)
    return ExitCode.SUCCEEDED


def _show(file: UpgradedText, errors: Terminal) -> None:
    if file.changes:
        sys.stdout.write(printable(file.difference()))
    name = printable(str(file.path))
    by_hand = [f"{name}:{found.line}: {found.call.sentence}" for found in file.after.left]
    unsure = [f"{name}, {sentence}" for sentence in file.after.unsure]
    show_notes(errors, [*by_hand, *unsure])
    if by_hand:
        left = "1 call is" if len(by_hand) == 1 else f"{len(by_hand)} calls are"
        errors.say(Text(f"{name}: {left} left to change by hand."))
    elif not file.changes:
        errors.say(Text(f"{name}: nothing to upgrade."))


def _tell(done: Verification, errors: Terminal) -> bool:
    if done.is_equal:
        errors.say(Text("Verified: both scripts return the same."))
        return True
    for name, result in (("old", done.old), ("new", done.new)):
        if result.failure is not None:
            said = f"The {name} script failed: {result.failure.message}"
            errors.say(Text(printable(said)))
    for port, found in done.differences.items():
        for phrase in described(found):
            errors.say(Text(printable(f"{port}: {phrase}.")))
    errors.say(Text("Not verified."))
    return False


def _tell_of_experiment(done: ExperimentVerification, errors: Terminal) -> bool:
    for name, result in (("old", done.old), ("new", done.new)):
        for node in result.nodes.values():
            if node.failure is not None:
                said = f"{node.record.node} failed with its {name} script: {node.failure.message}"
                errors.say(Text(printable(said)))
    for place, found in done.differences.items():
        for phrase in described(found):
            errors.say(Text(printable(f"{place}: {phrase}.")))
    if done.is_equal:
        errors.say(Text("Verified: every node of both experiments has the same datasets."))
    else:
        errors.say(Text("Not verified."))
    errors.say(Text(f"The runs are recorded as {done.old.id} and {done.new.id}."))
    return done.is_equal


def _write(files: Sequence[UpgradedFile | UpgradedBundle], errors: Terminal) -> None:
    for file in files:
        if file.changes:
            errors.say(Text(printable(f"{file.write()}: written.")))
            if isinstance(file, UpgradedBundle):
                said = f"{file.path} stays as it is: give scripts the new bundle in its place."
                errors.say(Text(printable(said)))
