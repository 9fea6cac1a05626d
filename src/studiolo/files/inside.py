"""Whether a path stays inside the folder that it belongs to."""

from pathlib import Path, PurePosixPath


def stays_inside(name: str) -> bool:
    """Whether a name with "/" between folders names something below the folder it is read in."""
    path = PurePosixPath(name)
    # "//data" is absolute, too, and its first part is not "/".
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a link in a path below the folder, or the path itself as one, leads out of it.

    The folder may be a link itself: its owner made it one.
    """
    return name_inside(path, folder) is None


def name_inside(path: Path, folder: Path) -> str | None:
    """The path below the folder with "/" between folders, links followed; None if it is outside."""
    resolved, inside = path.resolve(), folder.resolve()
    if not resolved.is_relative_to(inside):
        return None
    return resolved.relative_to(inside).as_posix()
