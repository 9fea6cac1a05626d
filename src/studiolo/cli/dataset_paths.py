"""A dataset on the command line: a file, or the name of one of the workspace that we are in."""

from pathlib import Path

#: As in `workspace`, which takes longer to import than a script may wait.
_SETTINGS, _DATASETS = "studiolo.toml", "datasets"


def dataset_path(typed: Path) -> Path:
    """The file that is meant: one of that path, or else a dataset of the workspace around us."""
    if typed.exists() or typed.is_absolute():
        return typed
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _SETTINGS).is_file():
            named = folder / _DATASETS / typed
            return named if named.is_file() else typed
    return typed
