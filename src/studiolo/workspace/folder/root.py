"""The root of a workspace, found from anywhere in it, and the environments that it has."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.package_sources import PackageSources
from studiolo.workspace.errors import WorkspaceMissingError
from studiolo.workspace.folder import settings

#: The folders of its dataset files, of its own modules, and of its named environments.
DATASETS, MODULES, ENVIRONMENTS = "datasets", "modules", "environments"


def find_root(path: Path) -> Path:
    """The folder of the workspace that a path is, or is in.

    Raises:
        WorkspaceMissingError: It is not in one.
    """
    for folder in _upwards(path.resolve()):
        if (folder / settings.FILE_NAME).is_file():
            return folder
    raise WorkspaceMissingError(path=path)


def environments_of(path: Path, *, allow_builds: bool = False) -> NamedEnvironments:
    """The environments that a script there can name: outside of a workspace, built-in ones.

    With ``allow_builds`` a package that has no wheel may be built, whatever the workspace says.

    Raises:
        WorkspaceSettingsError: The workspace's `studiolo.toml` can't be read.
    """
    try:
        root = find_root(path)
    except WorkspaceMissingError:
        return NamedEnvironments(None, sources=PackageSources(allow_builds=allow_builds))
    found = environments_in(root, settings.read_settings(root / settings.FILE_NAME))
    if allow_builds:
        found.sources = replace(found.sources, allow_builds=True)
    return found


def environments_in(root: Path, chosen: settings.WorkspaceSettings) -> NamedEnvironments:
    """The environments of a workspace with these settings."""
    return NamedEnvironments(
        root / ENVIRONMENTS, sources=chosen.packages, disk=chosen.environments_disk
    )


def _upwards(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents
