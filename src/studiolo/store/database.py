"""The file that holds a workspace's records, and its transactions; all that is SQLite's own."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from json import JSONDecoder
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from studiolo.store.errors import (
    RecordsBusyError,
    RecordsDamagedError,
    RecordsFullError,
    RecordsNewerError,
    RecordsReadOnlyError,
    RecordsUnusableError,
    StoreError,
    store_errors,
)
from studiolo.store.folder import make_private_folder
from studiolo.store.locks import UpgradeLock
from studiolo.store.schema import SCHEMA_VERSION

FILE_NAME = "records.db"
_WRITES = "studiolo_writes"
_CANNOT_RECORD = "nothing can be recorded"


def version_text(version: int) -> str:
    """A version of the tables, as the database and the migrations write it."""
    return f"{version:04d}"


class Database:
    """The records' database, for any number of threads; ``close`` it."""

    def __init__(self, path: Path, *, read_only: bool, patience: float) -> None:
        self.path = path
        #: Whether this process may only read it.
        self.read_only = read_only
        self._patience = patience
        self._engine = _engine(path, read_only=read_only, patience=patience)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @classmethod
    def open(cls, store: Path, *, patience: float) -> Self:
        """Open the records in a store's folder; create them or bring them up to date if need be.

        Args:
            store: The folder; made if it isn't there.
            patience: Seconds to wait for other processes that are writing.

        Raises:
            StoreError: They can't be read; or are not of this version, and can't be made so.
        """
        path = store / FILE_NAME
        with store_errors(store, purpose="records can't be created in it"):
            make_private_folder(store)
        read_only = not all(os.access(it, os.W_OK) for it in (store, path) if it.exists())
        if read_only and not path.exists():
            raise RecordsReadOnlyError(path=store, purpose="records can't be created in it")
        database = cls(path, read_only=read_only, patience=patience)
        try:
            database._bring_up_to_date()
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the records."""
        with self._errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the right to write from its beginning; all of it is done or none.

        One that began by reading would have to start over if somebody wrote in between.
        """
        if self.read_only:
            raise RecordsReadOnlyError(path=self.path, purpose=_CANNOT_RECORD)
        with self._errors(), self._writer.begin() as connection:
            yield connection

    def _bring_up_to_date(self) -> None:
        if self._is_current():
            return
        with UpgradeLock.take(self.path.parent, patience=self._patience):
            if self._is_current():
                return
            # Lets others read while one writes. The file remembers it; no transaction may do it.
            with self._errors(), closing(self._engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA journal_mode=WAL")
            with self.writing() as connection:
                # Alembic takes longer to import than all the rest, and is hardly ever needed.
                from studiolo.store.upgrade import upgrade  # noqa: PLC0415

                upgrade(connection)

    def _is_current(self) -> bool:
        """Whether the tables are those of this Studiolo; False if they are older or not there."""
        with self.reading() as connection:
            found = _version(connection)
        known = version_text(SCHEMA_VERSION)
        # Whatever is not one of ours comes from a Studiolo that this one doesn't know.
        if found is not None and (len(found) != len(known) or found > known):
            raise RecordsNewerError(path=self.path, found=found, known=known)
        return found == known

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Says in our words what SQLite has against it."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            said = self._said(error.orig if isinstance(error, DBAPIError) else error)
            if said is None:
                raise
            raise said from error

    def _said(self, error: object) -> StoreError | None:
        code = error.sqlite_errorcode & 0xFF if isinstance(error, sqlite3.Error) else None
        match code:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return RecordsBusyError(path=self.path, seconds=self._patience)
            case sqlite3.SQLITE_READONLY:
                return RecordsReadOnlyError(path=self.path, purpose=_CANNOT_RECORD)
            case sqlite3.SQLITE_FULL:
                return RecordsFullError(path=self.path.parent, reason=str(error))
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return RecordsDamagedError(path=self.path, reason=str(error))
            case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                return RecordsUnusableError(path=self.path, reason=str(error))
        return None


def _version(connection: Connection) -> str | None:
    """The revision that Alembic noted; None in a database without tables."""
    try:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        # "no such table"
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            return None
        raise
    return None if found is None else str(found)


def _engine(path: Path, *, read_only: bool, patience: float) -> Engine:
    address = path.absolute().as_uri()

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{address}?{_reading_mode(path) if read_only else 'mode=rwc'}",
            uri=True,
            timeout=patience,
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
    # SQLite reads a database of this kind with the help of two files beside it. While somebody is
    # writing, or if somebody was killed, they are there. Otherwise it would make them, and may
    # not; but then there is nothing in them that it would have to know either, and nobody who
    # writes, until the next transaction has another look.
    log = path.with_name(f"{path.name}-wal")
    return "mode=ro" if log.exists() else "mode=ro&immutable=1"
