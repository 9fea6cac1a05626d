"""The dataset files of a workspace: which content is meant, and what it holds."""

import hashlib
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from studiolo.datasets.databases import BESIDE, LARGEST, is_database
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import (
    DatabaseInUseError,
    DatabaseTooLargeError,
    DatasetFileMissingError,
    DatasetFileUnreadableError,
)
from studiolo.datasets.formats import Content
from studiolo.datasets.formats.opening import check_options
from studiolo.datasets.missing_path import meant_among
from studiolo.datasets.reading.bundle import check_bundle
from studiolo.datasets.reading.confined_reading import check_confined
from studiolo.datasets.reading.files import (
    FileFormat,
    check_extension,
    format_of,
    read_content_of,
    read_dataset_bytes,
    read_first_rows,
)
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.files.inside import stays_inside
from studiolo.modules.definition import ParameterKind, PortKind
from studiolo.runs.experiments.entered_data import entered_dataset
from studiolo.runs.experiments.sources import SourceOutcome
from studiolo.runs.planning.plan import DATASET_PORT, PlannedDataset, Step
from studiolo.sandbox.exchange.job import Connected
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.store.dataset_record import DatasetVersion, RecordedColumn, SeenDataset
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.identity import BlobDigest
from studiolo.store.locks import WorkspaceUse
from studiolo.workspace.datasets.dataset_versions import DatasetVersions
from studiolo.workspace.errors import DatasetChangedError, DatasetNameError
from studiolo.workspace.folder.state_folder import StateFolder

#: Formats of files that can be workbooks, or hold one.
_WORKBOOKS: Final = (FileFormat.EXCEL, FileFormat.ZIP, FileFormat.GZIP)


class WorkspaceDatasets:
    """The files of a workspace's `datasets` folder, and every content that was met there."""

    def __init__(self, folder: Path, state: StateFolder) -> None:
        self.folder = folder
        #: What was met here, and what other workspaces took from here.
        self.versions = DatasetVersions(state)
        self._records = state.records
        self._blobs = state.blobs
        #: Digests of files that were looked at in this process, by name, size and time.
        self._digests: dict[tuple[str, int, int], BlobDigest] = {}
        self._hashing: dict[str, threading.Lock] = {}
        #: When a file with that name and content was last changed, as it was then looked at.
        self._times: dict[tuple[str, str], int] = {}
        #: Sheets that workbooks were seen to have, by their digests.
        self._sheets: set[tuple[str, str]] = set()

    @property
    def names(self) -> Sequence[str]:
        """The files in the folder, by name."""
        if not self.folder.is_dir():
            return []
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in files
            if not path.name.startswith(".")
        )

    def version(self, name: str, version: int | None) -> PlannedDataset:
        """Which content a name means: that of the current file, or an older one's.

        Raises:
            DatasetError: There is no such file, or it can't be read.
            DatasetVersionMissingError: There is no such version of it.
        """
        if version is None:
            return PlannedDataset(name=name, digest=self._digest(name))
        return PlannedDataset(name=name, digest=self.versions.find(name, version).content)

    def kind(self, name: str, version: int | None) -> PortKind | None:
        """The dataset's kind on an edge; None if no dataset has that name."""
        if version is not None and self._records().dataset_version(name, version) is None:
            return None
        try:
            if version is None and not self._path(name).is_file():
                return None
        except DatasetNameError:  # which no dataset can have
            return None
        return PlannedDataset(name=name, digest="").kind

    def check_reading(self, name: str, version: int | None, options: ReadingOptions) -> None:
        """Check how a dataset file is to be read; of a workbook, whether it has the sheet.

        Raises:
            DatasetError: An option does not fit the file, or a workbook has no such sheet.
            StoreError: An older version is not what was kept.
        """
        file_format = format_of(name)
        inner = name[: -len(".gz")] if file_format is FileFormat.GZIP else name
        check_options(options, file=name, file_format=format_of(inner))
        if options.sheet is None or file_format not in _WORKBOOKS:
            return
        meant = self.version(name, version)
        # Each run checks; a content stays what it is.
        if (meant.digest, options.sheet) not in self._sheets:
            content = _bytes(self._path(name)) if version is None else self._content(meant)
            check_confined(Content(data=content, name=name, format=file_format, options=options))
            self._sheets.add((meant.digest, options.sheet))

    def check_file(self, name: str) -> None:
        """Check a file that a module's parameter names, as far as its name and its size tell.

        Raises:
            UnknownFormatError: It is neither a dataset nor a database.
            DatabaseTooLargeError, DatabaseInUseError: It is a database that can't be handed over.
        """
        check_extension(name)
        if not is_database(name):
            return
        if (size := self.size_on_disk(name)) > LARGEST:
            raise DatabaseTooLargeError(file=name, size=size, limit=LARGEST)
        for ending in BESIDE:
            if self.size_on_disk(name + ending):
                raise DatabaseInUseError(file=name, beside=name + ending)

    def digest_on_disk(self, name: str) -> BlobDigest | None:
        """The SHA-256 of a dataset file as it is now; None if there is none.

        Raises:
            DatasetError: It can't be read.
        """
        return self._digest(name) if self._path(name).is_file() else None

    def met_on_disk(self, name: str) -> BlobDigest | None:
        """The SHA-256 of a dataset file if it is as it was when it was last read, or else None."""
        try:
            status = self._path(name).stat()
        except OSError:
            return None
        return self._met(name, status)

    def size_on_disk(self, name: str) -> int:
        """The bytes of a dataset file as it is now; 0 if there is none."""
        try:
            return self._path(name).stat().st_size
        except OSError:
            return 0

    def keep_version(self, name: str) -> None:
        """Keep the content of a dataset file, which is about to be replaced, as a version of it.

        Raises:
            DatasetError: It can't be read.
            StoreError: It can't be kept.
        """
        with WorkspaceUse.begin(self._blobs.store), _reading(self._path(name)) as file:
            kept = self._blobs.put_file(file.fileno())
            version = PlannedDataset(name=name, digest=kept.digest)
            if self._known(version) is None:
                self._note(version, kept.size, dataset=None)

    def read(self, step: Step) -> SourceOutcome:
        """Carry out a dataset step: read the file, and remember it if it is new.

        Raises:
            StudioloError: It can't be read, or does not follow its format.
        """
        assert step.dataset is not None
        started = time.perf_counter()
        zipped = step.dataset.kind is PortKind.ZIP
        log: list[str] = []
        connected = self._zip(step.dataset) if zipped else self._sealed(step.dataset, log)
        seconds = time.perf_counter() - started
        return SourceOutcome(results={DATASET_PORT: connected}, log=log, seconds=seconds)

    def dataset(self, version: PlannedDataset, log: list[str] | None = None) -> Dataset:
        """The dataset that a content of a file holds, as `version` has found it.

        Args:
            version: The content.
            log: Gets what a person should know of how the file was read.

        Raises:
            DatasetError: It can't be read.
            StoreError: It is not what was kept.
        """
        content = self._content(version)
        dataset = read_content_of(
            Content(
                data=content,
                name=version.name,
                format=format_of(version.name),
                options=version.reading,
                # A blob never changes.
                file=self._blobs.path(BlobDigest(version.digest)),
            )
        )
        if log is not None:
            log += dataset.notes
        known = self._known(version)
        if known is None or not known.columns:
            # Its columns are those of the file as it is read without options.
            plain = None if version.reading.given() else dataset
            self._note(version, content.size, dataset=plain)
        return dataset

    def first_rows(self, name: str, rows: int) -> tuple[Dataset, int] | None:
        """The first rows of a file as it is now, which nothing records; see `read_first_rows`.

        Raises:
            DatasetError: It can't be read.
        """
        return read_first_rows(self._path(name), name=name, rows=rows)

    def stamp(self, name: str) -> tuple[int, int]:
        """The size of a file and its time, in nanoseconds; zeros if there is none of that name.

        Raises:
            DatasetNameError: The name leads out of the folder.
        """
        try:
            status = self._path(name).stat()
        except OSError:
            return 0, 0
        return status.st_size, status.st_mtime_ns

    def bundle(self, name: str, version: int | None) -> bytes:
        """The content of a script bundle, which is safe to unpack.

        Raises:
            DatasetError, DatasetVersionMissingError, BundleError: There is none of that name.
        """
        content = self._content(self.version(name, version)).to_pybytes()
        check_bundle(content, name=name)
        return content

    def unpacked(self, step: Step, zipped: MemoryFile) -> SealedTable:
        """The dataset in the zip that a dataset step gave, where a dataset is needed.

        Raises:
            DatasetError: It does not hold exactly one, or that can't be read.
        """
        assert step.dataset is not None
        name = step.dataset.name
        dataset = read_dataset_bytes(
            zipped.read(zipped.size), name=name, options=step.dataset.reading
        )
        return SealedTable.of_dataset(dataset, name)

    def files(self, step: Step, log: list[str] | None = None) -> Mapping[str, Connected]:
        """The datasets, and the bytes of the databases, that a module's parameters stand for.

        Args:
            step: The module's step.
            log: Gets what a person should know of how the files were read.

        Raises:
            StudioloError: One can't be read.
        """
        assert step.definition is not None
        found: dict[str, Connected] = {
            name: self._database(version)
            if is_database(version.name)
            else self._sealed(version, log)
            for name, version in step.files.items()
        }
        for parameter in step.definition.parameters:
            if parameter.kind is ParameterKind.DATA and parameter.name in step.parameters:
                found[parameter.name] = entered_dataset(step, parameter)
        return found

    def _sealed(self, version: PlannedDataset, log: list[str] | None) -> SealedTable:
        return SealedTable.of_dataset(self.dataset(version, log), version.name)

    def _zip(self, version: PlannedDataset) -> MemoryFile:
        content = self._content(version).to_pybytes()
        check_bundle(content, name=version.name)
        if self._known(version) is None:
            self._note(version, len(content), dataset=None)
        return MemoryFile.of_bytes(content, version.name)

    def _database(self, version: PlannedDataset) -> MemoryFile:
        """The bytes of a database, which nothing outside the sandbox opens."""
        content = self._content(version)
        if self._known(version) is None:
            self._note(version, content.size, dataset=None)
        return MemoryFile.of_bytes(memoryview(content), "database")

    def _known(self, version: PlannedDataset) -> DatasetVersion | None:
        versions = self._records().dataset_versions(version.name)
        return next((seen for seen in versions if seen.content == version.digest), None)

    def _content(self, version: PlannedDataset) -> pa.Buffer:
        """The bytes of a version; they are kept, so that a file can be replaced at any time.

        Raises:
            DatasetChangedError: The file is not any more what the plan was made for.
            BlobMissingError, BlobRottenError: An older version is not what was kept.
        """
        digest = BlobDigest(version.digest)
        try:
            self._blobs.check(digest)
        except (BlobMissingError, BlobRottenError) as error:
            if (version.name, version.digest) not in self._times:
                # The earlier content is kept nowhere else.
                raise
            self._keep(version, error)
        path = self._blobs.path(digest)
        try:
            if not path.stat().st_size:
                return pa.py_buffer(b"")
            with pa.memory_map(str(path)) as mapped:
                return mapped.read_buffer()
        except FileNotFoundError as error:
            raise BlobMissingError(path=path) from error

    def _keep(self, version: PlannedDataset, lost: BlobMissingError | BlobRottenError) -> None:
        digest = BlobDigest(version.digest)
        if isinstance(lost, BlobRottenError):
            self._blobs.discard(digest)
        with _reading(self._path(version.name)) as file:
            if self._blobs.put_file(file.fileno()).digest != digest:
                raise DatasetChangedError(name=version.name)

    def _note(self, version: PlannedDataset, size: int, *, dataset: Dataset | None) -> None:
        # An older content can be read while the file has a newer one.
        current = self.met_on_disk(version.name) == version.digest
        self._records().note_dataset(
            SeenDataset(
                name=version.name,
                content=BlobDigest(version.digest),
                bytes=size,
                format="sqlite" if is_database(version.name) else format_of(version.name).value,
                mtime_ns=self._times.get((version.name, version.digest), 0) if current else 0,
                columns=[] if dataset is None else _columns(dataset),
                rows=0 if dataset is None else dataset.table.num_rows,
            ),
            current=current,
        )

    def _digest(self, name: str) -> BlobDigest:
        path = self._path(name)
        with _reading(path) as file:
            status = os.fstat(file.fileno())
            # Those who ask at the same time wait, instead of reading the same.
            with self._hashing.setdefault(name, threading.Lock()):
                met = self._met(name, status)
                if met is not None:
                    return met
                digest = BlobDigest(hashlib.file_digest(file, "sha256").hexdigest())
                self._remember(name, status, digest)
                return digest

    def _met(self, name: str, status: os.stat_result) -> BlobDigest | None:
        """The SHA-256 of a file of that size and time, if it was read before."""
        digest = self._digests.get((name, status.st_size, status.st_mtime_ns))
        if digest is not None:
            return digest
        known = self._records().dataset_version(name)
        if known is None or (known.bytes, known.mtime_ns) != (status.st_size, status.st_mtime_ns):
            return None
        self._remember(name, status, known.content)
        return known.content

    def _remember(self, name: str, status: os.stat_result, digest: BlobDigest) -> None:
        self._digests[name, status.st_size, status.st_mtime_ns] = digest
        self._times[name, digest] = status.st_mtime_ns

    def _path(self, name: str) -> Path:
        return dataset_path(self.folder, name)


def dataset_path(folder: Path, name: str) -> Path:
    """The file of a workspace's datasets folder that has this name.

    Raises:
        DatasetNameError: The name leads out of the folder.
    """
    if not stays_inside(name):
        raise DatasetNameError(name=name)
    return folder / name


def _columns(dataset: Dataset) -> list[RecordedColumn]:
    return [
        RecordedColumn(
            name=field.name,
            type=str(field.type),
            role=dataset.roles.get(field.name, ColumnRole.FEATURE).value,
        )
        for field in dataset.table.schema
    ]


def _bytes(path: Path) -> pa.Buffer:
    with _reading(path) as file:
        return pa.py_buffer(file.read())


def _reading(path: Path) -> Any:
    try:
        return path.open("rb")
    except (FileNotFoundError, IsADirectoryError) as error:
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DatasetFileMissingError(file=path.name, hint=meant_among(path.name, names)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetFileUnreadableError(file=path.name, reason=reason) from error
