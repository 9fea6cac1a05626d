"""Suggestions for a path at which there is nothing."""

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from studiolo.suggestions import closest, did_you_mean, listed, those_known

#: More entries of a folder are not looked at.
_MOST = 10_000


def meant(path: Path, fits: Callable[[Path], bool]) -> str:
    """Files that may be meant: a sentence for an error, with a blank before it; "" for nothing.

    Args:
        path: Where there is nothing.
        fits: Whether an entry of a folder is of the kind that is looked for.
    """
    said = ""
    while not path.parent.is_dir() and path.parent != path:
        # A folder of the path is not there either.
        path, fits = path.parent, Path.is_dir
        said = f' There is no folder "{path}".'
    folder = path.parent
    try:
        found = sorted(
            entry.name
            for entry in islice(folder.iterdir(), _MOST)
            if fits(entry) and not entry.name.startswith(".")
        )
    except OSError:
        return said
    # Without what all of them end with, which makes any two alike.
    stems = {Path(name).stem: name for name in found}
    close = closest(path.stem, stems)
    if close is not None:
        return f'{said} Did you mean "{folder / stems[close]}"?'
    if not found:
        return said
    where = "This folder" if folder == Path() else f'The folder "{folder}"'
    return f"{said} {where} has {listed(found)}."


def meant_among(name: str, there: Sequence[str]) -> str:
    """The same for a name, where these are known."""
    return did_you_mean(name, there) or those_known(there)
