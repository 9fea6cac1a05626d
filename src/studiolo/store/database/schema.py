"""The tables of a workspace's records, in terms that SQLite and PostgreSQL both have."""

import json
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from studiolo.store.measures import Measures

#: The version of the tables below. With another one comes a file in `migrations/versions`.
SCHEMA_VERSION = 7


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC in Python, whatever the database can write down of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Into the database. A time without a zone could be any moment, so there is none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Out of it. SQLite has no type for times, and hands them back without their zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _PostgresqlText(TypeDecorator[str]):
    """Any text at all: PostgreSQL has none with the character 0, which scripts do print."""

    # Sorted and compared by code points, as SQLite does, whatever the database's language.
    impl = Text(collation="C")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Into the database: the character 0 as 1 and "0", and so the character 1 as 1 and "1"."""
        if value is None or ("\x00" not in value and "\x01" not in value):
            return value
        return value.replace("\x01", "\x011").replace("\x00", "\x010")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Out of it."""
        if value is None or "\x01" not in value:
            return value
        return value.replace("\x010", "\x00").replace("\x011", "\x01")


class _PostgresqlJson(TypeDecorator[Any]):
    """JSON as Python writes it, which has NaN and Infinity, too; PostgreSQL's own type does not."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Into the database. Characters beyond ASCII are escaped, so that any text can be held."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Out of it."""
        return None if value is None else json.loads(value)


_PG = "postgresql"
TEXT = Text().with_variant(_PostgresqlText(), _PG)
#: A SHA-256, as hexadecimal digits.
DIGEST = String(64).with_variant(_PostgresqlText(), _PG)
#: What `identity.random_id` gives.
RANDOM_ID = String(32).with_variant(_PostgresqlText(), _PG)
#: None is NULL, and not JSON's null, so that "is there one" can be asked in SQL.
_JSON = JSON(none_as_null=True).with_variant(_PostgresqlJson(), _PG)


def _json(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, _JSON, nullable=nullable)


#: The types of the columns that measures are kept in.
COLUMN_TYPES: Mapping[Any, type[Float[float] | BigInteger]] = {
    float | None: Float,
    int | None: BigInteger,
}


def _measures(known: Collection[str] = ()) -> list[Column[Any]]:
    """A column for each measure; ``known`` names those that are never missing."""
    return [
        Column(field.name, COLUMN_TYPES[field.type], nullable=field.name not in known)
        for field in fields(Measures)
    ]


METADATA = MetaData(
    # Constraints that have names can be changed by a later version.
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Which workspace the records belong to: one row. Empty in a file, which has its place to tell it.
WORKSPACE = Table("workspace", METADATA, Column("id", RANDOM_ID, primary_key=True))

#: Dataset files, each content that was seen under a name.
DATASET_VERSIONS = Table(
    "dataset_versions",
    METADATA,
    Column("name", TEXT, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", DIGEST, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("format", TEXT, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    _json("columns"),
    Column("rows", BigInteger, nullable=False),
    # Of earlier versions, which computed it before anyone had asked for it.
    _json("profile", nullable=True),
    # Counts up with each different content of the name: the highest is current. Clocks go back.
    Column("turn", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("version >= 1", name="from_one"),
    Index(None, "name", "content", unique=True),
)

#: What nodes gave, by what it was made of.
RESULTS = Table(
    "results",
    METADATA,
    Column("recipe_digest", TEXT, primary_key=True),
    _json("recipe"),
    _json("outputs"),
    Column("console", TEXT, nullable=False),
    _json("log"),
    _json("images"),
    *_measures(known=("seconds", "bytes")),
    Column("environment", TEXT, nullable=False),
    Column("isolation", TEXT, nullable=False),
    # No reference: a result outlives the run that made it.
    Column("run", TEXT, nullable=False),
    Column("node", TEXT, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

#: Which blobs a result refers to: what a sweep has to leave alone.
RESULT_BLOBS = Table(
    "result_blobs",
    METADATA,
    Column(
        "recipe_digest",
        TEXT,
        ForeignKey("results.recipe_digest", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("blob", DIGEST, primary_key=True),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("experiment", TEXT, nullable=False),
    Column("experiment_name", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("partial", Boolean, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    _json("snapshot"),
    Column("pid", BigInteger, nullable=False),
    Column("host", TEXT, nullable=False),
    Column("prepares", TEXT),
    Index(None, "experiment", "id"),
)

RUN_NODES = Table(
    "run_nodes",
    METADATA,
    Column("run", TEXT, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("node", TEXT, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("reason", TEXT, nullable=False),
    # No reference: a node that failed has a recipe, and no result.
    Column("recipe_digest", TEXT),
    Column("from_run", TEXT),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    *_measures(),
    Column("console", TEXT),
    _json("log", nullable=True),
    _json("images", nullable=True),
    _json("failure", nullable=True),
    # What it talked to in the network.
    _json("network", nullable=True),
    # What was drawn for the node, and the digest of its recipe without that.
    Column("draw", BigInteger),
    Column("undrawn", TEXT),
    # For what is no longer referred to.
    Index(None, "recipe_digest"),
    # For the draws of equal nodes.
    Index(None, "undrawn"),
)

SERVICES = Table(
    "services",
    METADATA,
    Column("id", RANDOM_ID, primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("description", TEXT, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("name"),
)

#: What was published of a service. A removed one stays, so that its number is not given again.
SERVICE_VERSIONS = Table(
    "service_versions",
    METADATA,
    Column("service", RANDOM_ID, ForeignKey("services.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", DIGEST, nullable=False),
    Column("experiment", TEXT, nullable=False),
    _json("schema"),
    Column("row_wise", Boolean, nullable=False),
    Column("note", TEXT, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    CheckConstraint("number >= 1", name="from_one"),
)

#: Which blobs a version needs: what a sweep has to leave alone.
SERVICE_VERSION_BLOBS = Table(
    "service_version_blobs",
    METADATA,
    Column("service", RANDOM_ID, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("blob", DIGEST, primary_key=True),
    ForeignKeyConstraint(
        ["service", "number"],
        ["service_versions.service", "service_versions.number"],
        ondelete="CASCADE",
    ),
)

ENDPOINTS = Table(
    "endpoints",
    METADATA,
    Column("id", RANDOM_ID, primary_key=True),
    Column("service", RANDOM_ID, ForeignKey("services.id", ondelete="CASCADE"), nullable=False),
    Column("name", TEXT, nullable=False),
    Column("description", TEXT, nullable=False),
    Column("isolation", TEXT, nullable=False),
    Column("concurrent_calls", Integer, nullable=False),
    Column("queued_calls", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("request_bytes", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("service", "name"),
)

#: Hashes of keys; the keys themselves are nowhere.
ENDPOINT_KEYS = Table(
    "endpoint_keys",
    METADATA,
    Column("endpoint", RANDOM_ID, ForeignKey("endpoints.id", ondelete="CASCADE"), primary_key=True),
    Column("slot", TEXT, primary_key=True),
    Column("hash", TEXT, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("rotated_at", UtcDateTime),
)

#: Each change of an endpoint's traffic; the last one holds.
ENDPOINT_TRAFFIC = Table(
    "endpoint_traffic",
    METADATA,
    Column("endpoint", RANDOM_ID, ForeignKey("endpoints.id", ondelete="CASCADE"), primary_key=True),
    Column("change", Integer, primary_key=True),
    # Percent by version. Then the change that a rollback restores.
    _json("weights"),
    Column("former", Integer),
    Column("changed_at", UtcDateTime, nullable=False),
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", RANDOM_ID, primary_key=True),
    Column("endpoint", RANDOM_ID, ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("service", RANDOM_ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", TEXT, nullable=False),
    _json("request"),
    _json("results", nullable=True),
    Column("rows_done", BigInteger, nullable=False),
    Column("rows_total", BigInteger),
    Column("details", TEXT, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("queued_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # Counts up with each claim, so that a worker that has lost the job is not believed.
    Column("attempt", Integer, nullable=False),
    Column("pid", BigInteger),
    Column("host", TEXT),
    Column("beats", BigInteger, nullable=False),
    Column("beat_at", UtcDateTime),
    ForeignKeyConstraint(
        ["service", "version"],
        ["service_versions.service", "service_versions.number"],
        ondelete="CASCADE",
    ),
    # For the next one to be claimed.
    Index(None, "state", "queued_at"),
    Index(None, "endpoint", "created_at"),
)
