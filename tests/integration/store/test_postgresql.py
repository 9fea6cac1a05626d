"""What keeps a PostgreSQL database from being used is said in a sentence, without its password."""

import random
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from studiolo.store.database import postgresql as module
from studiolo.store.database.schema import METADATA
from studiolo.store.database.upgrade import migrations
from studiolo.store.database_address import DatabaseAddress
from studiolo.store.errors import (
    DatabaseLoginError,
    DatabaseMissingError,
    DatabaseTakenError,
    DatabaseUnreachableError,
    DatabaseUnsuitableError,
    DriverMissingError,
    RecordsBusyError,
    RecordsNewerError,
    RecordsReadOnlyError,
    StoreError,
)
from studiolo.store.records import Records

from .postgresql_server import PASSWORD, PostgresqlServer
from .processes import answer, meanwhile
from .samples import KEYS, new_run, new_version, seen

SECRET = quote(PASSWORD, safe="")


@pytest.fixture
def url(postgresql: PostgresqlServer) -> str:
    """The URL of a schema that is empty."""
    return postgresql.new_schema()


def refused(store: Path, url: str, kind: type[StoreError], sentence: str) -> str:
    """Opening it is an error of that kind; what is said, with the password nowhere in it."""
    with pytest.raises(kind, match=sentence) as raised:
        Records.open(store, address=DatabaseAddress(url))
    told = "".join(traceback.format_exception(raised.value))
    assert PASSWORD not in told
    assert SECRET not in told
    assert not (store / "records.db").exists()
    return str(raised.value)


class TestOpening:
    def test_nobody_answers(self, store: Path) -> None:
        said = refused(
            store,
            f"postgresql://studio:{SECRET}@127.0.0.1:1/records",
            DatabaseUnreachableError,
            "can't be reached: .*refused",
        )
        assert '"postgresql://studio@127.0.0.1:1/records"' in said

    def test_a_host_that_is_not_there(self, store: Path) -> None:
        wrong = "postgresql://studio@nowhere.invalid/records"
        refused(store, wrong, DatabaseUnreachableError, "failed to resolve host")

    @pytest.mark.parametrize("user", ["studio", "nobody"])
    def test_a_wrong_password(self, store: Path, postgresql: PostgresqlServer, user: str) -> None:
        wrong = postgresql.url("postgres", password="wrong", user=user)
        refused(store, wrong, DatabaseLoginError, f'refuses the login: .*user "{user}"')

    def test_no_password(
        self, store: Path, postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bare = postgresql.new_schema().replace(f":{SECRET}", "")
        monkeypatch.setenv("PGPASSFILE", "/nonexistent")
        refused(store, bare, DatabaseLoginError, "no password supplied.*PGPASSWORD, or in ~/.pgp")
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        with Records.open(store, address=DatabaseAddress(bare)) as records:
            assert records.runs() == []

    def test_the_password_may_be_in_a_file(
        self, store: Path, postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = store.parent.parent / "pgpass"
        escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
        file.write_text(f"127.0.0.1:{postgresql.port}:*:studio:{escaped}\n")
        file.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(file))
        bare = postgresql.new_schema().replace(f":{SECRET}", "")
        with Records.open(store, address=DatabaseAddress(bare)) as records:
            assert not records.read_only

    def test_a_database_that_is_not_there(self, store: Path, postgresql: PostgresqlServer) -> None:
        said = refused(
            store, postgresql.url("recrods"), DatabaseMissingError, 'is no database "recrods"'
        )
        assert '"createdb --encoding=UTF8 recrods"' in said

    def test_a_schema_that_is_not_there(self, store: Path, postgresql: PostgresqlServer) -> None:
        wrong = postgresql.url("postgres") + "?options=-csearch_path%3Dnowhere"
        refused(store, wrong, DatabaseUnsuitableError, "schema that the URL names is not there")

    def test_another_encoding(self, store: Path, postgresql: PostgresqlServer) -> None:
        name = postgresql.new_database(options="TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
        refused(
            store, postgresql.url(name), DatabaseUnsuitableError, "encoding is SQL_ASCII, and not"
        )

    def test_a_server_that_is_too_old(
        self, store: Path, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "OLDEST", 99)
        refused(store, url, DatabaseUnsuitableError, r"is PostgreSQL \d\d, and Studiolo needs 99")

    @pytest.mark.parametrize("wrong", ["?no_such_parameter=1", "?password=%zz"])
    def test_a_url_that_the_driver_does_not_take(
        self, store: Path, postgresql: PostgresqlServer, wrong: str
    ) -> None:
        url = postgresql.url("postgres") + wrong
        refused(store, url, DatabaseUnsuitableError, "a parameter or an escape")

    def test_without_the_driver(
        self, store: Path, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        refused(store, url, DriverMissingError, r'pip install "studiolo\[postgresql\]"')

    def test_the_driver_is_loaded_for_nobody_else(self, store: Path) -> None:
        said = answer(
            """
            Records.open(store).close()
            say([name for name in sys.modules if name.startswith("psycopg")])
            """,
            store,
        )
        assert said == []


class TestOwners:
    def test_a_second_workspace_is_refused(self, store: Path, url: str) -> None:
        with Records.open(store, address=DatabaseAddress(url)) as records:
            records.note_dataset(seen())
        other = store.parent / "another" / ".studiolo"
        said = refused(other, url, DatabaseTakenError, "holds the records of another workspace")
        owner = (store / "workspace-id").read_text()
        assert len(owner) == 32
        # Whoever lost the folder does what is said.
        assert f'"{other / "workspace-id"}" was lost, write {owner} into' in said
        other.mkdir(parents=True)
        (other / "workspace-id").write_text(f"{owner}\n")
        with Records.open(other, address=DatabaseAddress(url)) as records:
            assert records.dataset_version("pima.csv") is not None

    def test_a_workspace_may_move_to_another_database(
        self, store: Path, url: str, postgresql: PostgresqlServer
    ) -> None:
        for place in (url, postgresql.new_schema(), url):
            Records.open(store, address=DatabaseAddress(place)).close()

    def test_two_workspaces_share_a_server(
        self, store: Path, url: str, postgresql: PostgresqlServer
    ) -> None:
        other = store.parent / "another" / ".studiolo"
        with (
            Records.open(store, address=DatabaseAddress(url)) as one,
            Records.open(other, address=DatabaseAddress(postgresql.new_schema())) as two,
            # One does not wait for the other.
            one._database.writing(),
        ):
            two.note_dataset(seen())
            assert one.dataset_version("pima.csv") is None


class TestVersions:
    def test_the_migrations_make_exactly_the_tables_of_the_schema(
        self, store: Path, url: str
    ) -> None:
        Records.open(store, address=DatabaseAddress(url)).close()
        engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
        with engine.begin() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, METADATA) == []
        engine.dispose()

    def test_records_of_an_older_studiolo_are_brought_up_to_date(
        self, store: Path, url: str
    ) -> None:
        engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
        with engine.begin() as connection:
            config = migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
        engine.dispose()
        with Records.open(store, address=DatabaseAddress(url)) as records:
            records.begin_run(new_run(), [])
            assert len(records.runs()) == 1

    @pytest.mark.parametrize("version", ["0999", "3e2a1b"])
    def test_records_of_a_newer_studiolo_stay_as_they_are(
        self, store: Path, url: str, version: str
    ) -> None:
        with Records.open(store, address=DatabaseAddress(url)) as records:
            records.note_dataset(seen())
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = %s", [version])
        refused(store, url, RecordsNewerError, f"have the version {version}, and this Studiolo")
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT version_num, name FROM alembic_version, dataset_versions"
            ).fetchall()
        assert found == [(version, "pima.csv")]

    def test_many_may_create_them_at_once(self, store: Path, url: str) -> None:
        def publish(number: int) -> int:
            with Records.open(store, address=DatabaseAddress(url)) as records:
                published = records.services.publish(new_version(), service="churn", keys=KEYS)
                return published.version.number

        with ThreadPoolExecutor(6) as threads:
            assert sorted(threads.map(publish, range(12))) == list(range(1, 13))


class TestWriting:
    def test_a_user_who_may_only_read(
        self, store: Path, url: str, postgresql: PostgresqlServer
    ) -> None:
        with Records.open(store, address=DatabaseAddress(url)) as records:
            records.note_dataset(seen())
        schema = url.rpartition("%3D")[2]
        user = f"reader_{schema}"
        postgresql.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'word'")
        postgresql.execute(f"GRANT USAGE ON SCHEMA {schema} TO {user}")
        postgresql.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {user}")
        theirs = url.replace(f"studio:{SECRET}", f"{user}:word")
        with Records.open(store, address=DatabaseAddress(theirs)) as records:
            assert records.note_dataset(seen()).version == 1
            with pytest.raises(RecordsReadOnlyError, match="Give its user the right to"):
                records.begin_run(new_run(), [])

    def test_a_user_who_may_not_create_tables(
        self, store: Path, url: str, postgresql: PostgresqlServer
    ) -> None:
        schema = url.rpartition("%3D")[2]
        user = f"guest_{schema}"
        postgresql.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'word'")
        postgresql.execute(f"GRANT USAGE ON SCHEMA {schema} TO {user}")
        theirs = url.replace(f"studio:{SECRET}", f"{user}:word")
        refused(store, theirs, RecordsReadOnlyError, "Give its user the right to create tables")

    def test_a_database_that_is_read_only(self, store: Path, url: str) -> None:
        with Records.open(store, address=DatabaseAddress(url)) as records:
            records.note_dataset(seen())
        frozen = f"{url}%20-cdefault_transaction_read_only%3Don"
        with Records.open(store, address=DatabaseAddress(frozen)) as records:
            assert records.read_only
            assert records.dataset_version("pima.csv") is not None
            with pytest.raises(RecordsReadOnlyError):
                records.note_dataset(seen(content="b"))

    def test_who_writes_keeps_writers_out_and_lets_readers_in(self, store: Path, url: str) -> None:
        address = DatabaseAddress(url)
        with (
            Records.open(store, address=address) as one,
            Records.open(store, address=address, wait_seconds=0.2) as other,
        ):
            one.note_dataset(seen())
            with one._database.writing():
                assert other.dataset_version("pima.csv") is not None
                with pytest.raises(RecordsBusyError, match=r"for more than 0\.2 seconds"):
                    other.begin_run(new_run(), [])
            other.begin_run(new_run(), [])

    def test_a_transaction_that_reads_sees_one_state(self, store: Path, url: str) -> None:
        address = DatabaseAddress(url)
        with Records.open(store, address=address) as records:
            with records._database.reading() as connection:
                count = "SELECT count(*) FROM runs"
                before = connection.exec_driver_sql(count).scalar()
                records.begin_run(new_run(), [])
                assert connection.exec_driver_sql(count).scalar() == before
            assert len(records.runs()) == 1

    def test_connections_that_the_server_closed_are_made_anew(
        self, store: Path, url: str, postgresql: PostgresqlServer
    ) -> None:
        with Records.open(store, address=DatabaseAddress(url)) as records:
            records.note_dataset(seen())
            ours = "application_name = 'studiolo'"
            close = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"
            postgresql.execute(close)
            assert records.dataset_version("pima.csv") is not None
            with pytest.raises(DatabaseUnreachableError, match="can't be reached"):
                self.write_when_closed(records, lambda: postgresql.execute(close))
            records.begin_run(new_run(), [])

    def write_when_closed(self, records: Records, close: Callable[[], object]) -> None:
        with records._database.writing() as connection:
            close()
            connection.exec_driver_sql("SELECT 1")


class TestKills:
    PUBLISH = """
    from studiolo.store.database_address import DatabaseAddress
    with Records.open(store, address=DatabaseAddress("URL")) as records:
        say("open")
        for number in range(1000000):
            records.services.publish(new_version(), service=f"{number % 7}", keys=KEYS)
    """

    def test_a_killed_publisher_leaves_the_old_state_or_the_new(
        self, store: Path, url: str
    ) -> None:
        chance = random.Random(15)
        published = 0
        for _ in range(6):
            with meanwhile(self.PUBLISH.replace("URL", url), store):
                time.sleep(chance.uniform(0.05, 0.4))
            with Records.open(store, address=DatabaseAddress(url)) as records:
                for served in records.services.all_served():
                    known = records.services.versions(served.service.id)
                    assert [it.number for it in known] == list(range(1, len(known) + 1))
                    assert served.traffic.weights == {len(known): 100}
                    assert {key.slot: key.hash for key in served.keys} == KEYS
                    published += 1
                services = records.services.services()
                assert len(services) == len(records.services.endpoints())
        assert published > 0
