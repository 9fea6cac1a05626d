"""The root of a workspace: the folder with its settings, found from anywhere in it."""

from collections.abc import Iterator
from pathlib import Path

from studiolo.workspace.errors import WorkspaceMissingError
from studiolo.workspace.folder import settings

#: The folder of its named environments.
ENVIRONMENTS = "environments"


def find_root(path: Path) -> Path:
    """The folder of the workspace that a path is, or is in.

    Raises:
        WorkspaceMissingError: It is not in one.
    """
    for folder in _upwards(path.resolve()):
        if (folder / settings.FILE_NAME).is_file():
            return folder
    raise WorkspaceMissingError(path=path)


def _upwards(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents
