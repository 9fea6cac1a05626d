"""Errors about saved models and transforms."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from studiolo.datasets.missing_path import meant_among
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import SAVED_NAME_RULE, SavedName
from studiolo.modules.definition import PortKind
from studiolo.suggestions import listed

#: The words for the two kinds.
_WORDS = {PortKind.MODEL: "trained model", PortKind.TRANSFORM: "transform"}


def words(saved: SavedName) -> str:
    """A saved object as sentences call it: `trained model "diabetes"`."""
    return f'{_WORDS[saved.kind]} "{saved.name}"'


class SavedNameError(StudioloError):
    """A text can't be the name of a saved model or transform."""

    code: ClassVar[str] = "saved-name"

    def __init__(self, saved: SavedName) -> None:
        self.saved = saved
        self.name = saved.name
        super().__init__(
            f'"{saved.name}" can\'t be the name of a {_WORDS[saved.kind]}. It is the name of a '
            f"folder: {SAVED_NAME_RULE}."
        )


class SavedMissingError(StudioloError):
    """A workspace has no saved model or transform of that name."""

    code: ClassVar[str] = "saved-missing"

    def __init__(self, saved: SavedName, *, folder: str, known: Sequence[str]) -> None:
        self.saved = saved
        self.name = saved.name
        self.known = tuple(known)
        command = "save-model" if saved.kind is PortKind.MODEL else "save-transform"
        hint = meant_among(saved.name, known) or (
            " Save one at the output of a node in the studio, or with: "
            f"studiolo {command} EXPERIMENT/NODE --name {saved.name}"
        )
        super().__init__(f"There is no {words(saved)} in the workspace's folder {folder}.{hint}")


class SavedVersionMissingError(StudioloError):
    """A saved model or transform does not have the version that a node names."""

    code: ClassVar[str] = "saved-version-missing"

    def __init__(self, saved: SavedName, *, version: int, versions: Sequence[int]) -> None:
        self.saved = saved
        self.name = saved.name
        self.version = version
        self.versions = tuple(versions)
        there = listed([str(number) for number in versions]).replace('"', "")
        super().__init__(
            f"The {words(saved)} has no version {version}. It has {there}. Leave the version out "
            "to use the newest."
        )


class SavedDamagedError(StudioloError):
    """The files of a saved model or transform are not what was saved."""

    code: ClassVar[str] = "saved-damaged"

    def __init__(self, saved: SavedName, *, file: Path, problem: str) -> None:
        self.saved = saved
        self.name = saved.name
        self.file = file
        self.problem = problem
        super().__init__(
            f'The {words(saved)} can\'t be used: "{file}" {problem}. Restore the file from where '
            f"it came, or save the {_WORDS[saved.kind]} again."
        )


class SavedChangedError(StudioloError):
    """The file of a saved model or transform was replaced between a run's plan and its reading."""

    code: ClassVar[str] = "saved-changed"

    def __init__(self, saved: SavedName) -> None:
        self.saved = saved
        self.name = saved.name
        super().__init__(
            f"The {words(saved)} was changed while the run was beginning. Run it again."
        )


class NothingToSaveError(StudioloError):
    """A node has no trained model, or no transform, that could be saved."""

    code: ClassVar[str] = "nothing-to-save"

    def __init__(self, *, node: str, kind: PortKind, reason: str) -> None:
        self.node = node
        self.kind = kind
        self.reason = reason
        super().__init__(f'The node "{node}" has no {_WORDS[kind]} to save: {reason}')
