"""Records in a file of their own, `records.db`; all that is SQLite's own."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from json import JSONDecoder
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from studiolo.store.database.database import CANNOT_RECORD, Database
from studiolo.store.errors import (
    RecordsBusyError,
    RecordsDamagedError,
    RecordsFullError,
    RecordsReadOnlyError,
    RecordsUnusableError,
    StoreError,
    store_errors,
)
from studiolo.store.folder import make_private_folder
from studiolo.store.locks import UpgradeLock

FILE_NAME = "records.db"
_WRITES = "studiolo_writes"


class SqliteDatabase(Database):
    """A file in the store's folder."""

    driver_errors = (DBAPIError, sqlite3.Error)

    def __init__(self, path: Path, *, read_only: bool, wait_seconds: float) -> None:
        engine = _engine(path, read_only=read_only, wait_seconds=wait_seconds)
        writer = engine.execution_options(**{_WRITES: True})
        super().__init__(engine, writer, place=path, read_only=read_only)
        self.path = path
        self._wait_seconds = wait_seconds

    @classmethod
    def open(cls, store: Path, *, wait_seconds: float) -> Self:
        """Open the records in a store's folder; create them or bring them up to date if need be.

        Args:
            store: The folder; made if it isn't there.
            wait_seconds: Seconds to wait for other processes that are writing.

        Raises:
            StoreError: They can't be read; or are not of this version, and can't be made so.
        """
        path = store / FILE_NAME
        with store_errors(store, purpose="records can't be created in it"):
            make_private_folder(store)
        read_only = not all(os.access(it, os.W_OK) for it in (store, path) if it.exists())
        if read_only and not path.exists():
            raise RecordsReadOnlyError(place=store, purpose="records can't be created in it")
        database = cls(path, read_only=read_only, wait_seconds=wait_seconds)
        try:
            database.bring_up_to_date()
        except BaseException:
            database.close()
            raise
        return database

    def begin_writing(self, connection: Connection) -> None:
        """Nothing to wait for: see `_engine`."""

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """A transaction for migrations, while no other process has one."""
        with UpgradeLock.take(self.path.parent, wait_seconds=self._wait_seconds):
            # Lets others read while one writes. The file remembers it; no transaction may do it.
            with self.errors(), closing(self._reader.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA journal_mode=WAL")
            with self.writing() as transaction:
                yield transaction

    def version(self, connection: Connection) -> str | None:
        """The revision that Alembic noted; None in a database without tables."""
        try:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except DBAPIError as error:
            # "no such table"
            if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
                return None
            raise
        return None if found is None else str(found)

    def said(self, error: Exception) -> StoreError | None:
        """An error of SQLite as one of ours; None if it is our mistake."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = cause.sqlite_errorcode & 0xFF if isinstance(cause, sqlite3.Error) else None
        match code:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return RecordsBusyError(place=self.path, seconds=self._wait_seconds)
            case sqlite3.SQLITE_READONLY:
                return RecordsReadOnlyError(place=self.path, purpose=CANNOT_RECORD)
            case sqlite3.SQLITE_FULL:
                return RecordsFullError(place=self.path.parent, reason=str(cause))
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return RecordsDamagedError(path=self.path, reason=str(cause))
            case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                return RecordsUnusableError(path=self.path, reason=str(cause))
        return None


def _engine(path: Path, *, read_only: bool, wait_seconds: float) -> Engine:
    address = path.absolute().as_uri()

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{address}?{_reading_mode(path) if read_only else 'mode=rwc'}",
            uri=True,
            timeout=wait_seconds,
            # Transactions are begun below, and not by Python's guess.
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys=ON")
        # What was said to be recorded is, even if the power fails.
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        # As many as there are threads. For reading only, each time anew: see `_reading_mode`.
        **({"poolclass": NullPool} if read_only else {"poolclass": QueuePool, "max_overflow": -1}),
        # Without the checks of `json.loads`, which are half of its time for texts as short as ours.
        json_deserializer=JSONDecoder().decode,
        # What is recorded has no place in logs and messages of errors.
        hide_parameters=True,
    )

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "begin", begin)
    return engine


def _reading_mode(path: Path) -> str:
    # SQLite reads a database of this kind with the help of two files beside it. While a process is
    # writing, or if one was killed, they are there. Otherwise it would make them, and may
    # not; but then they would be empty, and no process writes until the next transaction, which
    # looks again.
    log = path.with_name(f"{path.name}-wal")
    return "mode=ro" if log.exists() else "mode=ro&immutable=1"
