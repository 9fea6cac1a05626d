"""The folders `models` and `transforms` of a workspace: by name, in versions from 1.

A version is two files, `models/diabetes/1.model` and its record `1.json`. The record is written
last, and never over another: a version is there as a whole or not at all, and stays as it is.
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studiolo.experiments.experiment import SavedName, is_saved_name
from studiolo.files.placing import put
from studiolo.modules.definition import PortKind
from studiolo.runs.experiments.results_in_memory import Results
from studiolo.runs.experiments.sources import SourceOutcome
from studiolo.runs.planning.plan import SAVED_PORTS, PlannedSaved, Step
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.workspace.errors import WorkspaceUnwritableError
from studiolo.workspace.saved.errors import (
    SavedChangedError,
    SavedDamagedError,
    SavedMissingError,
    SavedNameError,
    SavedVersionMissingError,
)
from studiolo.workspace.saved.record import (
    MadeIn,
    NotARecordError,
    SavedRecord,
    read_record,
    record_text,
)

#: Where each kind is kept, and what its files end with.
FOLDERS: Mapping[PortKind, str] = {PortKind.MODEL: "models", PortKind.TRANSFORM: "transforms"}
EXTENSIONS: Mapping[PortKind, str] = {PortKind.MODEL: ".model", PortKind.TRANSFORM: ".transform"}
_RECORD = ".json"
#: No record comes near it.
_LARGEST_RECORD = 16 << 20
_PIECE = 1 << 20
#: Packages whose objects models mostly are; a difference of others is rarely why one doesn't open.
_TELLING = ("scikit-learn", "numpy", "scipy", "pandas", "cloudpickle")


@dataclass(frozen=True, kw_only=True)
class SavedVersion:
    """A version of a saved model or transform."""

    saved: SavedName
    version: int
    record: SavedRecord
    #: The file with its bytes, and that of the record.
    file: Path
    record_file: Path


class SavedObjects:
    """The saved models and transforms of a workspace."""

    def __init__(self, root: Path) -> None:
        """``root`` is the workspace's folder; nothing need be there yet."""
        self._root = root
        #: Digests that this process has computed, by file, size and time.
        self._digests: dict[tuple[Path, int, int], str] = {}

    def names(self, kind: PortKind) -> Sequence[str]:
        """The names that something is saved under."""
        folder = self._root / FOLDERS[kind]
        if not folder.is_dir():
            return []
        found = (path.name for path in folder.iterdir() if is_saved_name(path.name))
        return sorted(name for name in found if self.versions(SavedName(kind, name)))

    def versions(self, saved: SavedName) -> Sequence[int]:
        """The versions of a saved object, oldest first; none if nothing has that name."""
        return sorted(self._numbers(saved, [_RECORD]))

    def find(self, saved: SavedName, version: int | None = None) -> SavedVersion:
        """A version of a saved object, or the newest, whose files are what was saved.

        Raises:
            SavedNameError: Nothing can be called so.
            SavedMissingError: Nothing is.
            SavedVersionMissingError: It has no such version.
            SavedDamagedError: One of its files is missing, or was changed.
        """
        if not is_saved_name(saved.name):
            raise SavedNameError(saved)
        versions = self.versions(saved)
        # A file without its record is a damaged version, not one that never was.
        if version in self._numbers(saved, [EXTENSIONS[saved.kind]]):
            versions = sorted({*versions, version})
        if not versions:
            known = self.names(saved.kind)
            raise SavedMissingError(saved, folder=FOLDERS[saved.kind], known=known)
        number = versions[-1] if version is None else version
        if number not in versions:
            raise SavedVersionMissingError(saved, version=number, versions=versions)
        found = self._read(saved, number)
        if self._digest(found) != found.record.sha256:
            problem = f'does not have the SHA-256 that "{found.record_file.name}" says'
            raise SavedDamagedError(saved, file=self._shown(found.file), problem=problem)
        return found

    def version(self, saved: SavedName, version: int | None) -> PlannedSaved:
        """The version that a node means; raises as `find` does."""
        found = self.find(saved, version)
        return PlannedSaved(
            saved=saved,
            version=found.version,
            digest=found.record.sha256,
            file=found.file,
            place=self._shown(found.file).as_posix(),
        )

    def notes(self, saved: SavedName, version: int | None, here: MadeIn) -> Sequence[str]:
        """Notes for a person who opens it in the environment of this Studiolo.

        Raises as `find` does.
        """
        found = self.find(saved, version)
        made = found.record.environment
        base, _, _ = made.identity.partition(" ")
        if base == here.identity:
            return []
        there, now = _versions(made), _versions(here)
        differ = [
            f"{name} {there[name]} there, {now[name]} here"
            for name in ("Python", *_TELLING)
            if there.get(name) and now.get(name) and there[name] != now[name]
        ]
        shown = f" ({'; '.join(differ)})" if differ else ""
        return [
            f'Version {found.version} of "{saved.name}" was made in a different environment'
            f"{shown}. If it can't be opened, or scores differently, train it again and save it."
        ]

    def save(self, saved: SavedName, content: MemoryFile, record: SavedRecord) -> SavedVersion:
        """Keep an object as the newest version of its name, unless that has the same content.

        Raises:
            SavedNameError: Nothing can be called so.
            WorkspaceUnwritableError: It can't be written. Nothing of it is there.
        """
        if not is_saved_name(saved.name):
            raise SavedNameError(saved)
        versions = self.versions(saved)
        if versions:
            with contextlib.suppress(SavedDamagedError):
                newest = self.find(saved, versions[-1])
                if newest.record.sha256 == record.sha256:
                    return newest
        numbers = self._numbers(saved, [EXTENSIONS[saved.kind], _RECORD])
        number = max(numbers, default=0)
        while True:
            number += 1
            # Another process may save at this moment: whose file is there first has the number.
            with contextlib.suppress(FileExistsError):
                self._write(saved, number, content, record)
                return self._read(saved, number)

    def read(self, step: Step) -> SourceOutcome:
        """Carry out the step of a saved object: its bytes, checked and in memory.

        Raises:
            SavedChangedError: The file is no longer what the plan was made for.
        """
        assert step.saved is not None
        started = time.perf_counter()
        planned = step.saved
        file = MemoryFile.empty(planned.saved.kind)
        whole = hashlib.sha256()
        try:
            with planned.file.open("rb") as source:
                while piece := source.read(_PIECE):
                    whole.update(piece)
                    file.write(piece)
        except OSError as error:
            raise SavedChangedError(planned.saved) from error
        if whole.hexdigest() != planned.digest:
            raise SavedChangedError(planned.saved)
        file.seal()
        results: Results = {SAVED_PORTS[planned.saved.kind]: file}
        return SourceOutcome(results=results, seconds=time.perf_counter() - started)

    def _numbers(self, saved: SavedName, extensions: Sequence[str]) -> set[int]:
        folder = self._folder(saved)
        if not is_saved_name(saved.name) or not folder.is_dir():
            return set()
        return {
            int(path.stem)
            for path in folder.iterdir()
            if path.suffix in extensions
            and path.stem.isascii()
            and path.stem.isdecimal()
            # Not "01", which would be a second 1.
            and path.stem == str(int(path.stem[:9])) != "0"
        }

    def _folder(self, saved: SavedName) -> Path:
        return self._root / FOLDERS[saved.kind] / saved.name

    def _shown(self, file: Path) -> Path:
        return file.relative_to(self._root)

    def _read(self, saved: SavedName, number: int) -> SavedVersion:
        folder = self._folder(saved)
        file = folder / f"{number}{EXTENSIONS[saved.kind]}"
        record_file = folder / f"{number}{_RECORD}"
        try:
            with record_file.open("rb") as source:
                # What is cut off is not JSON any more.
                record = read_record(source.read(_LARGEST_RECORD).decode())
        except (NotARecordError, UnicodeDecodeError, OSError) as error:
            raise SavedDamagedError(
                saved, file=self._shown(record_file), problem=_problem(error)
            ) from error
        return SavedVersion(
            saved=saved, version=number, record=record, file=file, record_file=record_file
        )

    def _digest(self, found: SavedVersion) -> str:
        try:
            with found.file.open("rb") as file:
                status = os.fstat(file.fileno())
                key = found.file, status.st_size, status.st_mtime_ns
                if key not in self._digests:
                    self._digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SavedDamagedError(
                found.saved, file=self._shown(found.file), problem=_problem(error)
            ) from error
        return self._digests[key]

    def _write(
        self, saved: SavedName, number: int, content: MemoryFile, record: SavedRecord
    ) -> None:
        """Write the files of a version; FileExistsError if another process has begun it."""
        folder = self._folder(saved)
        file = folder / f"{number}{EXTENSIONS[saved.kind]}"
        inside = self._root / FOLDERS[saved.kind]
        try:
            inside.mkdir(exist_ok=True)
            put(memoryview(content.map()), file, folder=inside, replace=False)
            try:
                text = record_text(record).encode(errors="replace")
                put(text, folder / f"{number}{_RECORD}", folder=inside, replace=False)
            except BaseException:
                file.unlink()
                raise
        except FileExistsError:
            raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceUnwritableError(path=self._root, reason=reason) from error


def _versions(made: MadeIn) -> dict[str, str]:
    pairs = (package.partition("==") for package in made.packages)
    return {"Python": made.python, **{name: version for name, _, version in pairs}}


def _problem(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "is missing"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8 text"
    if isinstance(error, OSError):
        return f"can't be read ({error.strerror or error})"
    return str(error)
