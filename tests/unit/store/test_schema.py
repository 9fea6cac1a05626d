from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, create_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeEngine

from studiolo.store.database.database import version_text
from studiolo.store.database.schema import METADATA, SCHEMA_VERSION, TEXT, UtcDateTime
from studiolo.store.database.upgrade import migrations, upgrade

MOMENT = datetime(2025, 1, 31, 18, 45, 2, 117_042, tzinfo=UTC)


def names(table: Table) -> set[str | None]:
    return {str(constraint.name) for constraint in table.constraints if constraint.name}


def test_the_migrations_make_exactly_the_tables_of_the_schema() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        upgrade(connection)
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []
        assert context.get_current_revision() == version_text(SCHEMA_VERSION)
        migrated = type(METADATA)()
        migrated.reflect(connection)
    engine.dispose()
    # Names of constraints and nullable columns are not compared above.
    for table in METADATA.tables.values():
        found = migrated.tables[table.name]
        assert names(found) == names(table)
        assert {column.name: column.nullable for column in found.columns} == {
            column.name: column.nullable for column in table.columns
        }


def test_the_newest_migration_is_the_version_of_the_schema() -> None:
    script = ScriptDirectory.from_config(migrations())
    assert script.get_heads() == [version_text(SCHEMA_VERSION)]
    assert [revision.revision for revision in script.walk_revisions()] == [
        version_text(version) for version in range(SCHEMA_VERSION, 0, -1)
    ]


def test_postgresql_can_have_the_tables_too() -> None:
    dialect: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in METADATA.sorted_tables:
        said = str(CreateTable(table).compile(dialect=dialect))
        assert f"CREATE TABLE {table.name}" in said
        for index in table.indexes:
            assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))
    runs = str(CreateTable(METADATA.tables["runs"]).compile(dialect=dialect))
    assert "started_at TIMESTAMP WITH TIME ZONE" in runs


class TestTimes:
    TYPE = UtcDateTime()
    DIALECT = sqlite.dialect()

    @pytest.mark.parametrize("hours", [-11, 0, 5.75])
    def test_a_moment_goes_in_in_utc(self, hours: float) -> None:
        there = MOMENT.astimezone(timezone(timedelta(hours=hours)))
        written = self.TYPE.process_bind_param(there, self.DIALECT)
        assert written == MOMENT
        assert written is not None
        assert written.utcoffset() == timedelta(0)

    def test_a_time_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="has no time zone"):
            self.TYPE.process_bind_param(MOMENT.replace(tzinfo=None), self.DIALECT)

    def test_it_comes_out_in_utc_from_either_database(self) -> None:
        there = MOMENT.astimezone(timezone(timedelta(hours=2)))
        for read in (MOMENT.replace(tzinfo=None), there):
            found = self.TYPE.process_result_value(read, self.DIALECT)
            assert found == MOMENT
            assert found is not None
            assert found.tzinfo is UTC

    def test_no_time_is_no_time(self) -> None:
        assert self.TYPE.process_bind_param(None, self.DIALECT) is None
        assert self.TYPE.process_result_value(None, self.DIALECT) is None


class TestPostgresqlTypes:
    DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]

    def there_and_back(self, kind: TypeEngine[Any], value: Any) -> Any:
        there = kind.dialect_impl(self.DIALECT)
        bind = there.bind_processor(self.DIALECT)
        result = there.result_processor(self.DIALECT, None)
        assert bind is not None
        assert result is not None
        written = bind(value)
        assert "\x00" not in (written or "")
        return result(written)

    @given(st.none() | st.text(st.sampled_from("\x00\x0101a\\é")) | st.text())
    def test_any_text_comes_back(self, text: str | None) -> None:
        assert self.there_and_back(TEXT, text) == text

    @given(st.lists(st.floats() | st.integers() | st.text(st.characters())) | st.none())
    def test_any_json_comes_back(self, value: Any) -> None:
        kind = METADATA.tables["results"].c.recipe.type
        # NaN is not equal to itself.
        assert repr(self.there_and_back(kind, value)) == repr(value)

    def test_texts_are_sorted_by_code_points(self) -> None:
        assert 'name TEXT COLLATE "C"' in str(
            CreateTable(METADATA.tables["services"]).compile(dialect=self.DIALECT)
        )
