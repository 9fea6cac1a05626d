"""The scripts beside an experiment, read and written as an editor does."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from studiolo.experiments.revision import UNSAVED, Revision, revision_at, revision_of
from studiolo.files.inside import leads_out, stays_inside
from studiolo.files.placing import put
from studiolo.modules.script import read_script
from studiolo.workspace.drafts.conflicts import ScriptChangedError
from studiolo.workspace.errors import WorkspaceUnwritableError
from studiolo.workspace.studio.errors import ScriptNameError


@dataclass(frozen=True, kw_only=True)
class ScriptText:
    """A script as it is on disk."""

    file: str
    text: str
    revision: Revision


def script_text(folder: Path, file: str) -> ScriptText:
    """A script of an experiment.

    Args:
        folder: The experiment's folder.
        file: The script, relative to it.

    Raises:
        ScriptNameError: It is not a script in that folder.
        ScriptMissingError, ScriptUnreadableError: It can't be read.
    """
    path = _path(folder, file)
    text = read_script(path).source
    return ScriptText(file=file, text=text, revision=revision_at(path))


def save_script(
    folder: Path,
    file: str,
    text: str,
    *,
    revision: str,
    editing: Callable[[], AbstractContextManager[object]],
) -> ScriptText:
    """Write a script, if it still has the revision that its text was made from.

    Args:
        folder: The experiment's folder.
        file: The script, relative to it.
        text: Its new text.
        revision: The revision of the text that was edited; "unsaved" for a new file.
        editing: Takes a lock that is held meanwhile.

    Raises:
        ScriptNameError: It can't be a script in that folder.
        ScriptChangedError: It has another revision; has both texts. Nothing is written.
        WorkspaceUnwritableError: It can't be written.
    """
    path = _path(folder, file)
    content = text.encode()
    try:
        with editing():
            there = revision_at(path)
            if there not in (revision, revision_of(content)):
                theirs = None if there == UNSAVED else read_script(path).source
                raise ScriptChangedError(file=file, revision=there, theirs=theirs, ours=text)
            if there != revision_of(content):
                put(content, path, folder=folder, replace=there != UNSAVED)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceUnwritableError(path=path, reason=reason) from error
    return ScriptText(file=file, text=text, revision=revision_of(content))


def _path(folder: Path, file: str) -> Path:
    path = folder / file
    hidden = any(part.startswith(".") for part in Path(file).parts)
    too_long = len(file.encode(errors="replace")) > 200  # bytes of a file's name
    if not stays_inside(file) or hidden or too_long or not file.isprintable():
        raise ScriptNameError(file=file)
    if path.suffix != ".py" or leads_out(path, folder):
        raise ScriptNameError(file=file)
    return path
