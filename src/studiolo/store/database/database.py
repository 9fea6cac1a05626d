"""The database that holds a workspace's records, and its transactions, whichever kind it is."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Connection, Engine

from studiolo.store.database.schema import SCHEMA_VERSION
from studiolo.store.database_address import DatabaseAddress
from studiolo.store.errors import RecordsNewerError, RecordsReadOnlyError, StoreError

CANNOT_RECORD = "nothing can be recorded"


def version_text(version: int) -> str:
    """A version of the tables, as the database and the migrations write it."""
    return f"{version:04d}"


class Database(ABC):
    """The records' database, for any number of threads; ``close`` it."""

    #: What its driver raises, whether or not SQLAlchemy had its part in it.
    driver_errors: ClassVar[tuple[type[Exception], ...]]

    def __init__(
        self, reader: Engine, writer: Engine, *, place: Path | DatabaseAddress, read_only: bool
    ) -> None:
        #: Where it is, for the sentences of errors.
        self.place = place
        #: Whether this process may only read it.
        self.read_only = read_only
        self._reader = reader
        self._writer = writer

    def close(self) -> None:
        """Let go of its connections."""
        self._reader.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the records."""
        with self.errors(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the right to write from its beginning; all of it is done or none.

        One at a time has it, over all processes. One that began by reading would have to start
        over if another process wrote in between.
        """
        if self.read_only:
            raise RecordsReadOnlyError(place=self.place, purpose=CANNOT_RECORD)
        with self.errors(), self._writer.begin() as connection:
            self.begin_writing(connection)
            yield connection

    def bring_up_to_date(self) -> None:
        """Create the tables, or run the migrations that are due.

        Raises:
            RecordsNewerError: A newer Studiolo made them.
            StoreError: It can't be done.
        """
        with self.reading() as connection:
            if self._is_current(connection):
                return
        with self.upgrading() as connection:
            if self._is_current(connection):
                return
            # Alembic takes longer to import than all the rest, and is hardly ever needed.
            from studiolo.store.database.upgrade import upgrade  # noqa: PLC0415

            upgrade(connection)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Says in our words what the database has against it."""
        try:
            yield
        except self.driver_errors as error:
            said = self.said(error)
            if said is None:
                raise
            raise said from error

    def _is_current(self, connection: Connection) -> bool:
        """Whether the tables are those of this Studiolo; False if they are older or not there."""
        found = self.version(connection)
        known = version_text(SCHEMA_VERSION)
        # Whatever is not one of ours comes from a Studiolo that this one doesn't know.
        if found is not None and (len(found) != len(known) or found > known):
            raise RecordsNewerError(place=self.place, found=found, known=known)
        return found == known

    @abstractmethod
    def begin_writing(self, connection: Connection) -> None:
        """Wait for the right to write, if the transaction did not begin with it."""

    @abstractmethod
    def upgrading(self) -> AbstractContextManager[Connection]:
        """A transaction for migrations, while no other process has one."""

    @abstractmethod
    def version(self, connection: Connection) -> str | None:
        """The revision that Alembic noted; None in a database without tables."""

    @abstractmethod
    def said(self, error: Exception) -> StoreError | None:
        """An error of the driver as one of ours; None if it is our mistake."""
