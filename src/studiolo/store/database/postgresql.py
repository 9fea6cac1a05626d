"""Records in a PostgreSQL database; all that is PostgreSQL's own. Its driver is an extra."""

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecoder
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from studiolo.store import workspace_id
from studiolo.store.database.database import CANNOT_RECORD, Database
from studiolo.store.database.schema import WORKSPACE
from studiolo.store.database_address import DatabaseAddress
from studiolo.store.errors import (
    DatabaseLoginError,
    DatabaseMissingError,
    DatabaseTakenError,
    DatabaseUnreachableError,
    DatabaseUnsuitableError,
    DriverMissingError,
    RecordsBusyError,
    RecordsFullError,
    RecordsReadOnlyError,
    StoreError,
)

#: The oldest release that the tables are tried on, and that is still looked after.
OLDEST = 14
#: Seconds to wait for a server that doesn't answer, if the URL says nothing about it.
_CONNECT_TIMEOUT = 10
#: Connections that a process has at most: a server has a hundred for all.
_CONNECTIONS, _MORE_CONNECTIONS = 5, 15
#: Names the lock of those who write among the advisory locks of a database: "stud".
_WRITERS = 0x73747564
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_LOCK_NOT_AVAILABLE = "55P03"
_READ_ONLY = ("25006", "42501")
_NO_ROOM = ("53100", "53200")
#: No such table, no such column.
_OTHER_TABLES = ("42P01", "42703")
#: The connection failed, there are too many, or the server is shutting down.
_GONE = ("08", "53", "57")


class PostgresqlDatabase(Database):
    """A database of a server, or a schema in one."""

    driver_errors = (DBAPIError, PoolTimeoutError)

    def __init__(self, address: DatabaseAddress, *, wait_seconds: float) -> None:
        engine = _engine(address, wait_seconds=wait_seconds)
        reader = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        # Who has waited for the right to write sees what the one before has written.
        writer = engine.execution_options(isolation_level="READ COMMITTED")
        super().__init__(reader, writer, place=address, read_only=False)
        self._address = address
        self._wait_seconds = wait_seconds

    @classmethod
    def open(cls, address: DatabaseAddress, store: Path, *, wait_seconds: float) -> Self:
        """Open the records in a database; create them or bring them up to date if need be.

        Args:
            address: The database. It is there, and may be empty.
            store: The workspace's folder, which remembers which records are its own.
            wait_seconds: Seconds to wait for other processes that are writing.

        Raises:
            DriverMissingError: Studiolo was installed without the driver.
            DatabaseUnreachableError: The server doesn't answer.
            DatabaseLoginError: It doesn't let this user in.
            DatabaseMissingError: It has no such database.
            DatabaseUnsuitableError: It is too old, or the database has another encoding.
            DatabaseTakenError: The records in it belong to another workspace.
            StoreError: The records can't be read; or are not of this version, and can't be made so.
        """
        database = cls(address, wait_seconds=wait_seconds)
        try:
            with database.reading() as connection:
                database.read_only = _check_server(connection, address)
            database.bring_up_to_date()
            database._check_owner(store)
        except BaseException:
            database.close()
            raise
        return database

    def _check_owner(self, store: Path) -> None:
        """See that the records are of this workspace; they are from now on if they are new.

        Two workspaces in one database would tidy up what the other one needs.
        """
        owner = select(WORKSPACE.c.id)
        with self.reading() as connection:
            found = connection.scalar(owner)
        if found is None and not self.read_only:
            with self.writing() as connection:
                found = connection.scalar(owner)
                if found is None:
                    found = workspace_id.known(store) or workspace_id.new(store)
                    connection.execute(insert(WORKSPACE).values(id=found))
        if found is not None and found != workspace_id.known(store):
            file = workspace_id.file(store)
            raise DatabaseTakenError(address=self._address, owner=found, file=file)

    def begin_writing(self, connection: Connection) -> None:
        """Wait for the right to write, which ends with the transaction.

        The tables alone would let two processes give the same number to two versions, or fail one
        of them, where on SQLite the second waits.
        """
        milliseconds = max(1, round(self._wait_seconds * 1000))
        connection.execute(
            text("SELECT set_config('lock_timeout', :milliseconds, true)"),
            {"milliseconds": str(milliseconds)},
        )
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:writers, hashtext(current_schema()))"),
            {"writers": _WRITERS},
        )

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """A transaction for migrations, which no other process has meanwhile: it writes."""
        with self.writing() as connection:
            yield connection

    def version(self, connection: Connection) -> str | None:
        """The revision that Alembic noted; None in a database without tables."""
        there = "to_regclass(quote_ident(current_schema()) || '.alembic_version')"
        if connection.scalar(text(f"SELECT {there}")) is None:
            return None
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)

    def said(self, error: Exception) -> StoreError | None:
        """An error of PostgreSQL as one of ours; None if it is our mistake."""
        if isinstance(error, PoolTimeoutError):
            return RecordsBusyError(place=self._address, seconds=self._wait_seconds)
        cause = error.orig if isinstance(error, DBAPIError) else error
        state: str | None = getattr(cause, "sqlstate", None)
        reason = str(cause).strip()
        if state is None:
            return self._refused(cause, reason) if _is_operational(cause) else None
        if state == _LOCK_NOT_AVAILABLE:
            return RecordsBusyError(place=self._address, seconds=self._wait_seconds)
        if state in _READ_ONLY:
            return RecordsReadOnlyError(place=self._address, purpose=CANNOT_RECORD)
        if state in _NO_ROOM:
            return RecordsFullError(place=self._address, reason=reason)
        if state in _OTHER_TABLES:
            problem = f"its tables are not those that Studiolo made: {reason}"
            return DatabaseUnsuitableError(address=self._address, problem=problem)
        if state.startswith(_GONE):
            return DatabaseUnreachableError(address=self._address, reason=reason)
        return None

    def _refused(self, cause: object, reason: str) -> StoreError:
        # A connection that is refused has no SQLSTATE: libpq hands on the server's words only. If
        # they are in another language, the general error repeats them.
        connection = getattr(cause, "pgconn", None)
        login = ("authentication failed", "pg_hba.conf", "role ", "permission denied for database")
        if getattr(connection, "needs_password", False) or any(it in reason for it in login):
            return DatabaseLoginError(address=self._address, reason=reason)
        if "database " in reason and "does not exist" in reason:
            return DatabaseMissingError(address=self._address)
        return DatabaseUnreachableError(address=self._address, reason=reason)


def _check_server(connection: Connection, address: DatabaseAddress) -> bool:
    """Whether the server only lets the database be read."""
    info: Any = connection.connection.driver_connection
    release = info.info.server_version // 10000
    if release < OLDEST:
        problem = f"its server is PostgreSQL {release}, and Studiolo needs {OLDEST} or later"
        raise DatabaseUnsuitableError(address=address, problem=problem)
    encoding = info.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        problem = f"its encoding is {encoding}, and not every text can be recorded in it. Create \
a database with the encoding UTF8"
        raise DatabaseUnsuitableError(address=address, problem=problem)
    if connection.scalar(text("SELECT current_schema()")) is None:
        problem = "the schema that the URL names is not there. Create it"
        raise DatabaseUnsuitableError(address=address, problem=problem)
    status = ("in_hot_standby", "default_transaction_read_only")
    return any(info.info.parameter_status(name) == "on" for name in status)


def _is_operational(cause: object) -> bool:
    return any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)


def _engine(address: DatabaseAddress, *, wait_seconds: float) -> Engine:
    try:
        # It is an extra, and takes as long to load as SQLAlchemy does.
        import psycopg  # noqa: PLC0415
    except ImportError as error:
        raise DriverMissingError(address=address) from error
    usual: dict[str, Any] = {"connect_timeout": _CONNECT_TIMEOUT, "application_name": "studiolo"}
    try:
        known = psycopg.conninfo.conninfo_to_dict(address.reveal())
    except psycopg.ProgrammingError:
        problem = "its URL has a parameter or an escape that PostgreSQL does not know"
        # What the driver says repeats a part of the URL, which may be that of the password.
        raise DatabaseUnsuitableError(address=address, problem=problem) from None
    login = psycopg.conninfo.make_conninfo(**{**usual, **known, "client_encoding": "utf8"})

    def connect() -> "psycopg.Connection[Any]":
        return psycopg.connect(login)

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=_CONNECTIONS,
        max_overflow=_MORE_CONNECTIONS,
        pool_timeout=wait_seconds,
        # A server that was started again has closed them all.
        pool_pre_ping=True,
        json_deserializer=JSONDecoder().decode,
        # What is recorded has no place in logs and messages of errors.
        hide_parameters=True,
    )
