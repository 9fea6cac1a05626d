"""What can be wrong with a workspace's folder."""

from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError


class WorkspaceMissingError(StudioloError):
    """A path lies in no workspace."""

    code: ClassVar[str] = "workspace-missing"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        super().__init__(
            f'"{path}" is no workspace and lies in none: neither it nor a folder above it has a '
            'file studiolo.toml. "studiolo new FOLDER" makes a workspace.'
        )


class WorkspaceExistsError(StudioloError):
    """A workspace is to be made where something is already."""

    code: ClassVar[str] = "workspace-exists"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        super().__init__(
            f'"{path}" exists already and is not empty. Choose another name; nothing was changed.'
        )


class WorkspaceUnwritableError(StudioloError):
    """A workspace's folder can't be made or written."""

    code: ClassVar[str] = "workspace-unwritable"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f'The workspace "{path}" can\'t be written: {reason}. Choose another place.'
        )


class WorkspaceSettingsError(StudioloError):
    """A workspace's `studiolo.toml` can't be read."""

    code: ClassVar[str] = "workspace-settings"

    def __init__(self, *, file: Path, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(f'The settings of the workspace, "{file}": {problem}.')


class DatasetVersionMissingError(StudioloError):
    """A dataset does not have the version that a node names."""

    code: ClassVar[str] = "dataset-version-missing"

    def __init__(self, *, name: str, version: int, versions: int) -> None:
        self.name = name
        self.version = version
        there = f"it has versions 1 to {versions}" if versions else "none of it was met so far"
        super().__init__(f'The dataset "{name}" has no version {version}: {there}.')


class DatasetChangedError(StudioloError):
    """A dataset file was replaced between a run's plan and its reading."""

    code: ClassVar[str] = "dataset-changed"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'The dataset file "{name}" was changed while the run was beginning. Run it again.'
        )


class DatasetNameError(StudioloError):
    """A dataset's name leads out of the workspace's datasets."""

    code: ClassVar[str] = "dataset-name"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'"{name}" is no file of the workspace\'s datasets folder. Put the file there, and '
            "give its name alone."
        )
