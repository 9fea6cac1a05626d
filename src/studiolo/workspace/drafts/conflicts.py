"""Conflicts: someone else saved the experiment that a draft is about to save."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import ClassVar

from studiolo.datasets.change import Change
from studiolo.errors import StudioloError
from studiolo.experiments.difference import ExperimentDifference, difference
from studiolo.experiments.experiment import Experiment
from studiolo.experiments.revision import UNSAVED, Revision

#: Differences that an error lists.
_SHOWN = 12


class ExperimentChangedError(StudioloError):
    """An experiment's file was changed after a draft was made of it, so nothing was saved."""

    code: ClassVar[str] = "experiment-changed"

    def __init__(
        self, *, file: Path, base: Experiment | None, theirs: Experiment | None, ours: Experiment
    ) -> None:
        self.file = file
        #: The version that the draft was made from; None if there was none, or it is not known.
        self.base = base
        #: The file as it is now; None if it was deleted.
        self.theirs = theirs
        #: The draft.
        self.ours = ours
        #: The revision of the file as it is now. A save with it replaces their version.
        self.revision = UNSAVED if theirs is None else theirs.revision
        self.difference = difference(theirs, ours, base=base)
        what = "deleted" if theirs is None else "changed"
        lines = [
            f'"{file}" was {what} after this draft was made, so the draft was not saved.',
            *_differences(self.difference),
            "Make a new draft and change that, or replace their version by yours: "
            "save(revision=error.revision).",
        ]
        super().__init__("\n".join(lines))


def _differences(found: ExperimentDifference) -> list[str]:
    """Lines that say what their version and ours say."""
    lines = [f"- {_values({key: change})}" for key, change in found.values.items()]
    for name, node in found.nodes.items():
        if node.theirs is None or node.ours is None:
            where = "the draft" if node.theirs is None else "the file"
            lines.append(f'- node "{name}": only in {where}')
        else:
            lines.append(f'- node "{name}": {_values(node.values)}')
    more = len(lines) - _SHOWN
    return lines if more <= 0 else [*lines[:_SHOWN], f"- and {more} more"]


def _values(changes: Mapping[str, Change]) -> str:
    return ", ".join(
        f"{key} is {_shown(change.before)} in the file and {_shown(change.after)} in the draft"
        for key, change in changes.items()
    )


def _shown(value: object) -> str:
    return "not set" if value is None else shorten(repr(value), width=60, placeholder=" …")


class ScriptChangedError(StudioloError):
    """A script was changed after it was read to be edited, so it was not replaced."""

    code: ClassVar[str] = "script-changed"

    def __init__(self, *, file: str, revision: Revision, theirs: str | None, ours: str) -> None:
        self.file = file
        #: The revision of the file as it is now. `replace=` takes it.
        self.revision = revision
        #: The text of the file as it is now; None if it was deleted.
        self.theirs = theirs
        #: The text that was to be saved.
        self.ours = ours
        what = "deleted" if theirs is None else "changed"
        super().__init__(
            f'The script "{file}" was {what} after it was read, so it was not replaced. Compare '
            "both texts (error.theirs and error.ours), and save the one that you want with "
            "replace=error.revision."
        )
