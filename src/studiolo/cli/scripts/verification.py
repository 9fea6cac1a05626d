"""Upgrades that need a workspace or a sandbox: of experiments, and those that are proven."""

from collections.abc import Mapping
from pathlib import Path

from rich.text import Text

from studiolo.cli.reporting import ExitCode
from studiolo.cli.scripts.upgraded import show_and_write
from studiolo.cli.terminal import Terminal
from studiolo.datasets.missing_path import meant
from studiolo.experiments.errors import ExperimentMissingError
from studiolo.modules.errors import ScriptMissingError
from studiolo.rendering.plain_text import printable
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.upgrades.experiments import (
    ExperimentVerification,
    upgraded_bundles,
    upgraded_scripts,
    verified_experiment,
)
from studiolo.workspace.upgrades.scripts import UpgradedFile
from studiolo.workspace.upgrades.verification import Verification, described, verified
from studiolo.workspace.workspace import Workspace


def script_holds(file: UpgradedFile, inputs: Mapping[str, Path | None], errors: Terminal) -> bool:
    """Whether an upgraded script returns what the old one does; says what differs."""
    return _tell(verified(file, **inputs), errors)


def upgrade_experiment(path: Path, errors: Terminal, *, verify: bool, write: bool) -> ExitCode:
    """Upgrade the scripts and bundles of an experiment.

    Raises:
        ExperimentMissingError, ScriptMissingError: There is none; a name with an extension was
            meant as a script's.
    """
    with Workspace(find_root(path)) as workspace:
        try:
            experiment = workspace.experiment(path)
        except ExperimentMissingError as error:
            if path.suffix in {"", ".yaml"}:
                raise
            hint = meant(path, _can_be_upgraded)
            raise ScriptMissingError(path=str(path), hint=hint) from error
        files = upgraded_scripts(experiment)
        bundles = upgraded_bundles(experiment, workspace.dataset_folder)

        def proof() -> bool:
            return _tell_of_experiment(verified_experiment(workspace, experiment, files), errors)

        return show_and_write(files, bundles, errors, proof=proof if verify else None, write=write)


def _can_be_upgraded(file: Path) -> bool:
    return file.suffix in {".py", ".zip"}


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
