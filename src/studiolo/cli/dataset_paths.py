"""A dataset on the command line: a file, or the name of one of the workspace that we are in."""

import os
from pathlib import Path

from studiolo.suggestions import closest

#: As in `workspace`, which takes longer to import than a script may wait.
_SETTINGS, _DATASETS = "studiolo.toml", "datasets"


def _has_like(folder: Path, name: str) -> bool:
    stems = [entry.stem for entry in folder.iterdir() if entry.suffix]
    return closest(Path(name).stem, stems) is not None


def dataset_path(typed: Path) -> Path:
    """The file that is meant: one of that path, or else a dataset of the workspace around us."""
    if typed.exists() or typed.is_absolute():
        return typed
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _SETTINGS).is_file():
            named = folder / _DATASETS / typed
            beside = typed.parent != Path() or _has_like(here, typed.name)
            # Where there is nothing of that name, the error says what is there instead.
            return Path(os.path.relpath(named)) if named.is_file() or not beside else typed
    return typed
