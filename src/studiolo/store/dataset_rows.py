"""Versions of dataset files, to and from their table."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from studiolo.store.database.schema import DATASET_VERSIONS
from studiolo.store.dataset_record import DatasetVersion, RecordedColumn, SeenDataset
from studiolo.store.identity import BlobDigest

_COLUMNS = DATASET_VERSIONS.c


def versions(connection: Connection, name: str) -> Sequence[DatasetVersion]:
    """All contents that were seen under a name, in the order of their versions."""
    return [_read(row) for row in connection.execute(_of(name).order_by(_COLUMNS.version))]


def version(connection: Connection, name: str, number: int) -> DatasetVersion | None:
    """One of them."""
    row = connection.execute(_of(name).where(_COLUMNS.version == number)).first()
    return None if row is None else _read(row)


def with_content(connection: Connection, name: str, content: BlobDigest) -> DatasetVersion | None:
    """The one with a content."""
    row = connection.execute(_of(name).where(_COLUMNS.content == content)).first()
    return None if row is None else _read(row)


def current(connection: Connection, name: str) -> DatasetVersion | None:
    """The one that was seen last: the current file, as far as is known."""
    row = connection.execute(
        _of(name).order_by(_COLUMNS.turn.desc(), _COLUMNS.version.desc()).limit(1)
    ).first()
    return None if row is None else _read(row)


def adds_nothing(seen: SeenDataset, known: DatasetVersion | None) -> bool:
    """Whether a look at a file shows no more than is known about that version of it."""
    return known is not None and _written(seen) == _written(known)


def note(
    connection: Connection, seen: SeenDataset, *, current: bool, now: datetime
) -> DatasetVersion:
    """Write down what was seen: a new version, or what is new about an old one."""
    newest, turn = connection.execute(
        select(func.max(_COLUMNS.version), func.max(_COLUMNS.turn)).where(
            _COLUMNS.name == seen.name
        )
    ).one()
    known = connection.execute(_of(seen.name).where(_COLUMNS.content == seen.content)).first()
    last = 0 if known is None else known.turn
    values = {**_written(seen), "turn": (turn or 0) + 1 if current else last}
    if known is None:
        number = (newest or 0) + 1
        connection.execute(
            insert(DATASET_VERSIONS).values(**values, version=number, created_at=now)
        )
    else:
        number = known.version
        connection.execute(
            update(DATASET_VERSIONS)
            .where(_COLUMNS.name == seen.name, _COLUMNS.version == number)
            .values(**values)
        )
    return _read(connection.execute(_of(seen.name).where(_COLUMNS.version == number)).one())


def _of(name: str) -> Select[Any]:
    return select(DATASET_VERSIONS).where(_COLUMNS.name == name)


def _written(seen: SeenDataset) -> dict[str, Any]:
    return {
        "name": seen.name,
        "content": seen.content,
        "bytes": seen.bytes,
        "format": seen.format,
        "mtime_ns": seen.mtime_ns,
        "columns": [asdict(column) for column in seen.columns],
        "rows": seen.rows,
    }


def _read(row: Row[Any]) -> DatasetVersion:
    return DatasetVersion(
        name=row.name,
        version=row.version,
        content=row.content,
        bytes=row.bytes,
        format=row.format,
        mtime_ns=row.mtime_ns,
        columns=[RecordedColumn(**column) for column in row.columns],
        rows=row.rows,
        created_at=row.created_at,
    )
