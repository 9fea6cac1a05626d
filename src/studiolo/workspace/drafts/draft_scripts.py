"""The scripts of a draft that are to be written beside its experiment."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from studiolo.errors import StudioloError
from studiolo.experiments.revision import UNSAVED, Revision, revision_at, revision_of
from studiolo.files.placing import put
from studiolo.modules.script import Script, read_script
from studiolo.workspace.drafts.conflicts import ScriptChangedError
from studiolo.workspace.drafts.given_script import GivenScript
from studiolo.workspace.errors import ScriptExistsError, WorkspaceUnwritableError


class DraftScripts:
    """Scripts that wait for the draft to be saved, by file name."""

    def __init__(self, folder: Path, *, replaced: Mapping[str, Revision]) -> None:
        """``replaced`` are files that may be overwritten, as long as they have that revision."""
        self._folder = folder
        self._replaced = dict(replaced)
        self._waiting: dict[str, GivenScript] = {}

    @contextlib.contextmanager
    def taken(self, script: GivenScript, *, replace: bool | Revision) -> Iterator[None]:
        """Note a script for saving, if it is not there already; forget it if the block fails.

        Raises:
            ScriptExistsError: A different script of that name must not be replaced.
            ScriptChangedError: The script to be replaced does not have the revision that was given.
            WorkspaceUnwritableError: What is there can't be read.
        """
        waiting, replaced = dict(self._waiting), dict(self._replaced)
        self._take(script, replace=replace)
        try:
            yield
        except StudioloError:
            self._waiting, self._replaced = waiting, replaced
            raise

    def read(self, path: Path) -> Script:
        """A script as it will be once the draft is saved."""
        if path.is_relative_to(self._folder):
            script = self._waiting.get(path.relative_to(self._folder).as_posix())
            if script is not None:
                return Script(source=script.source, name=PurePosixPath(script.file).name)
        return read_script(path)

    def refuse_changed(self) -> None:
        """Look whether each script can still be written.

        Raises:
            ScriptExistsError: Another script was put there since.
            ScriptChangedError: A script that is to be replaced was changed.
            WorkspaceUnwritableError: What is there can't be read.
        """
        for file, script in self._waiting.items():
            there = self._revision(file)
            if there == revision_of(_content(script)):
                continue
            if file in self._replaced and there != self._replaced[file]:
                raise ScriptChangedError(
                    file=file, revision=there, theirs=self._text(file), ours=script.source
                )
            if file not in self._replaced and there != UNSAVED:
                raise ScriptExistsError(file=file)

    def write(self) -> None:
        """Write what waits.

        Raises:
            ScriptExistsError: Another script was put there at this moment.
            WorkspaceUnwritableError: It can't be written.
        """
        for file, script in list(self._waiting.items()):
            content = _content(script)
            if self._revision(file) != revision_of(content):
                path, replace = self._folder / file, file in self._replaced
                try:
                    put(content, path, folder=self._folder, replace=replace)
                except FileExistsError as error:
                    raise ScriptExistsError(file=file) from error
                except OSError as error:
                    raise self._unwritable(error) from error
            del self._waiting[file]
            self._replaced.pop(file, None)

    def _take(self, script: GivenScript, *, replace: bool | Revision) -> None:
        if script.content is None:
            return
        file = script.file
        there = self._revision(file)
        if isinstance(replace, str) and there != replace:
            raise ScriptChangedError(
                file=file, revision=there, theirs=self._text(file), ours=script.source
            )
        before = self._waiting.get(file)
        same = (revision_of(_content(before)) if before else there) == revision_of(script.content)
        taken = before is not None or (there != UNSAVED and file not in self._replaced)
        if taken and not same and replace is False:
            raise ScriptExistsError(file=file)
        if replace is not False:
            self._replaced[file] = there
        if not same:
            self._waiting[file] = script

    def _revision(self, file: str) -> Revision:
        try:
            return revision_at(self._folder / file)
        except OSError as error:
            raise self._unwritable(error) from error

    def _text(self, file: str) -> str | None:
        """The file's content; None if it is gone."""
        try:
            return (self._folder / file).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def _unwritable(self, error: OSError) -> WorkspaceUnwritableError:
        return WorkspaceUnwritableError(path=self._folder, reason=error.strerror or str(error))


def _content(script: GivenScript) -> bytes:
    assert script.content is not None
    return script.content
