"""Making a workspace: the folder, with sample datasets and experiments that are ready to run."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.workspace.errors import WorkspaceExistsError, WorkspaceUnwritableError
from studiolo.workspace.folder import settings

#: The samples are in the package where it was installed, and beside the sources in a checkout.
_PLACES = (Path(__file__).parents[2] / "examples", Path(__file__).parents[4] / "examples")
_FOLDERS = ("datasets", "experiments")
_IGNORED = "# What Studiolo remembers: results and the history of runs.\n.studiolo/\n"


def new_workspace(path: Path, *, samples: bool = True) -> Path:
    """Make a workspace; its folder.

    Args:
        path: The folder. It may exist if it is empty.
        samples: Whether sample datasets and experiments come with it.

    Raises:
        WorkspaceExistsError: Something is there already.
        WorkspaceUnwritableError: The folder can't be made.
    """
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise WorkspaceExistsError(path=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Complete under another name first: a workspace is there as a whole or not at all.
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
            made = Path(folder) / "workspace"
            _fill(made, path.name, samples=samples)
            made.rename(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceUnwritableError(path=path, reason=reason) from error
    return path


def samples_folder() -> Path:
    """The folder of the samples, which is a workspace."""
    return next(place for place in _PLACES if place.is_dir())


def _fill(folder: Path, name: str, *, samples: bool) -> None:
    for part in (*_FOLDERS, "modules"):
        (folder / part).mkdir(parents=True)
    if samples:
        for source in _sample_files():
            target = folder / source.relative_to(samples_folder())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    # TOML's basic strings are written as JSON's are.
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    text = (samples_folder() / settings.FILE_NAME).read_text(encoding="utf-8")
    text = text.replace('name = "Examples"', f'name = "{quoted}"', 1)
    (folder / settings.FILE_NAME).write_text(text, encoding="utf-8")
    (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")


def _sample_files() -> Iterator[Path]:
    for part in _FOLDERS:
        for path in sorted((samples_folder() / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
