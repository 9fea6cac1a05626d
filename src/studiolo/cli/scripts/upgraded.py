"""Upgraded scripts and bundles: shown, proven if that was asked for, and written."""

import sys
from collections.abc import Callable, Sequence

from rich.text import Text

from studiolo.cli.reporting import ExitCode, show_notes
from studiolo.cli.terminal import Terminal
from studiolo.rendering.plain_text import printable
from studiolo.workspace.upgrades.bundles import UpgradedBundle
from studiolo.workspace.upgrades.scripts import UpgradedFile, UpgradedText


def show_and_write(
    files: Sequence[UpgradedFile],
    bundles: Sequence[UpgradedBundle],
    errors: Terminal,
    *,
    proof: Callable[[], bool] | None,
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


def _write(files: Sequence[UpgradedFile | UpgradedBundle], errors: Terminal) -> None:
    for file in files:
        if file.changes:
            errors.say(Text(printable(f"{file.write()}: written.")))
            if isinstance(file, UpgradedBundle):
                said = f"{file.path} stays as it is: give scripts the new bundle in its place."
                errors.say(Text(printable(said)))
