"""What PostgreSQL says becomes a sentence, by its SQLSTATE; see also the tests against a server."""

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from studiolo.store.database.postgresql import PostgresqlDatabase
from studiolo.store.database_address import DatabaseAddress
from studiolo.store.errors import (
    DatabaseLoginError,
    DatabaseUnreachableError,
    DatabaseUnsuitableError,
    RecordsBusyError,
    RecordsFullError,
    RecordsReadOnlyError,
    StoreError,
)

ADDRESS = DatabaseAddress("postgresql://studio:S3CRET@db/records")
DATABASE = PostgresqlDatabase(ADDRESS, wait_seconds=3)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("53100", RecordsFullError),
        ("53200", RecordsFullError),
        ("53300", DatabaseUnreachableError),
        ("57P01", DatabaseUnreachableError),
        ("57P03", DatabaseUnreachableError),
        ("08006", DatabaseUnreachableError),
        ("25006", RecordsReadOnlyError),
        ("42501", RecordsReadOnlyError),
        ("55P03", RecordsBusyError),
        ("42P01", DatabaseUnsuitableError),
        # A mistake of ours stays a traceback.
        ("42601", None),
        ("23505", None),
    ],
)
def test_each_state_is_told(state: str, expected: type[StoreError] | None) -> None:
    cause = psycopg.errors.lookup(state)("what the server said")
    told = DATABASE.said(DBAPIError("SELECT 1", {}, cause))
    if expected is None:
        assert told is None
        return
    assert type(told) is expected
    assert '"postgresql://studio@db/records"' in str(told)
    assert "S3CRET" not in str(told)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("FATAL:  password authentication failed for user", DatabaseLoginError),
        ("FATAL:  no pg_hba.conf entry for host", DatabaseLoginError),
        ('FATAL:  role "studio" does not exist', DatabaseLoginError),
        ("FATAL:  permission denied for database", DatabaseLoginError),
        ("FATAL:  sorry, too many clients already", DatabaseUnreachableError),
        ("FATAL:  la base de datos no existe", DatabaseUnreachableError),
        ("server closed the connection unexpectedly", DatabaseUnreachableError),
    ],
)
def test_a_refused_connection_is_told_in_the_words_of_the_server(
    said: str, expected: type[StoreError]
) -> None:
    told = DATABASE.said(OperationalError("", {}, psycopg.OperationalError(f"{said}\n")))
    assert type(told) is expected
    assert f": {said}. Check" in str(told)


def test_too_many_threads_for_the_connections() -> None:
    assert isinstance(DATABASE.said(PoolTimeoutError()), RecordsBusyError)
