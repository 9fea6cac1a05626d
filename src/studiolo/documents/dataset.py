"""Dataset files, and saved models and transforms, as documents."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from studiolo.documents.column import ColumnDocument
from studiolo.store.dataset_record import DatasetVersion
from studiolo.store.identity import BlobDigest
from studiolo.workspace.saved.saved_objects import SavedVersion

#: The names of experiments, by the version of a dataset that a node has; None: no version.
DatasetUsers = Mapping[int | None, Sequence[str]]


class DatasetVersionDocument(TypedDict):
    """A content that a dataset file had."""

    #: From 1.
    version: int
    created_at: str
    bytes: int
    format: str
    #: The SHA-256 of its bytes.
    content: str
    #: Null if it has not been read yet.
    rows: int | None
    columns: Sequence[ColumnDocument]
    #: The names of experiments with a node of this version.
    used_by: Sequence[str]


class DatasetFileDocument(TypedDict):
    """A dataset file of the workspace."""

    name: str
    #: Of the file as it is now.
    bytes: int
    #: The SHA-256 of the file as it is now; in the list of all files, null for one that was changed
    #: since it was last read.
    content: str | None
    #: When the file was last changed; null if it is gone by now.
    changed_at: str | None
    #: Oldest first; those that runs or uploads have met.
    versions: Sequence[DatasetVersionDocument]
    #: The names of experiments with a node of it, in whichever version.
    used_by: Sequence[str]


class DatasetFilesDocument(TypedDict):
    """The dataset files of a workspace, by name."""

    datasets: Sequence[DatasetFileDocument]


class SavedVersionDocument(TypedDict):
    """A version of a saved model or transform."""

    version: int
    saved_at: str
    bytes: int
    #: What made it.
    experiment: str
    run: str
    node: str
    module: str
    columns: Sequence[ColumnDocument]
    #: Why it can't be used; null if it can.
    damage: str | None


class SavedDocument(TypedDict):
    """A saved model or transform."""

    name: str
    #: `model` or `transform`.
    kind: str
    #: Oldest first.
    versions: Sequence[SavedVersionDocument]
    #: The names of experiments with a node of it.
    used_by: Sequence[str]


class AllSavedDocument(TypedDict):
    """The saved models and transforms of a workspace, by kind and name."""

    saved: Sequence[SavedDocument]


def dataset_version_document(
    version: DatasetVersion, on_disk: BlobDigest | None, users: DatasetUsers
) -> DatasetVersionDocument:
    """The document of a version of a dataset; a node without a version means the file on disk."""
    meant = [version.version, *([None] if version.content == on_disk else [])]
    return {
        "version": version.version,
        "created_at": version.created_at.isoformat(),
        "bytes": version.bytes,
        "format": version.format,
        "content": version.content,
        "rows": version.rows if version.columns else None,
        "columns": [
            {"name": column.name, "type": column.type, "role": column.role}
            for column in version.columns
        ],
        "used_by": list(dict.fromkeys(name for one in meant for name in users.get(one, ()))),
    }


def saved_version_document(found: SavedVersion) -> SavedVersionDocument:
    """The document of a version of a saved model or transform."""
    record = found.record
    return {
        "version": found.version,
        "saved_at": record.saved_at,
        "bytes": record.bytes,
        "experiment": record.experiment,
        "run": record.run,
        "node": record.node,
        "module": record.module,
        "columns": [
            {"name": column["name"], "type": column["type"], "role": column.get("role", "feature")}
            for column in record.columns
        ],
        "damage": None,
    }


def damaged_version_document(version: int, problem: str) -> SavedVersionDocument:
    """The document of a version whose files are not what was saved."""
    return {
        "version": version,
        "saved_at": "",
        "bytes": 0,
        "experiment": "",
        "run": "",
        "node": "",
        "module": "",
        "columns": [],
        "damage": problem,
    }
