"""Services, their versions, endpoints, keys, traffic, and batch jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_C = sa.Text(collation="C")
TEXT = sa.Text().with_variant(_C, "postgresql")
DIGEST = sa.String(64).with_variant(_C, "postgresql")
RANDOM_ID = sa.String(32).with_variant(_C, "postgresql")
JSON = sa.JSON().with_variant(sa.Text(), "postgresql")


def upgrade() -> None:
    """Create their tables."""
    _create_services()
    _create_endpoints()
    _create_jobs()


def _create_services() -> None:
    op.create_table(
        "services",
        sa.Column("id", RANDOM_ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
        sa.UniqueConstraint("name", name="uq_services_name"),
    )
    op.create_table(
        "service_versions",
        sa.Column("service", RANDOM_ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("experiment", TEXT, nullable=False),
        sa.Column("schema", JSON, nullable=False),
        sa.Column("row_wise", sa.Boolean, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("service", "number", name="pk_service_versions"),
        sa.ForeignKeyConstraint(
            ["service"],
            ["services.id"],
            name="fk_service_versions_service_services",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_service_versions_from_one")),
    )
    op.create_table(
        "service_version_blobs",
        sa.Column("service", RANDOM_ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("blob", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("service", "number", "blob", name="pk_service_version_blobs"),
        sa.ForeignKeyConstraint(
            ["service", "number"],
            ["service_versions.service", "service_versions.number"],
            name="fk_service_version_blobs_service_number_service_versions",
            ondelete="CASCADE",
        ),
    )


def _create_endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", RANDOM_ID, nullable=False),
        sa.Column("service", RANDOM_ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("isolation", TEXT, nullable=False),
        sa.Column("concurrent_calls", sa.Integer, nullable=False),
        sa.Column("queued_calls", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("request_bytes", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_endpoints"),
        sa.ForeignKeyConstraint(
            ["service"], ["services.id"], name="fk_endpoints_service_services", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("service", "name", name="uq_endpoints_service_name"),
    )
    op.create_table(
        "endpoint_keys",
        sa.Column("endpoint", RANDOM_ID, nullable=False),
        sa.Column("slot", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("endpoint", "slot", name="pk_endpoint_keys"),
        sa.ForeignKeyConstraint(
            ["endpoint"],
            ["endpoints.id"],
            name="fk_endpoint_keys_endpoint_endpoints",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "endpoint_traffic",
        sa.Column("endpoint", RANDOM_ID, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
        sa.Column("weights", JSON, nullable=False),
        sa.Column("former", sa.Integer),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "change", name="pk_endpoint_traffic"),
        sa.ForeignKeyConstraint(
            ["endpoint"],
            ["endpoints.id"],
            name="fk_endpoint_traffic_endpoint_endpoints",
            ondelete="CASCADE",
        ),
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", RANDOM_ID, nullable=False),
        sa.Column("endpoint", RANDOM_ID, nullable=False),
        sa.Column("service", RANDOM_ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("request", JSON, nullable=False),
        sa.Column("results", JSON),
        sa.Column("rows_done", sa.BigInteger, nullable=False),
        sa.Column("rows_total", sa.BigInteger),
        sa.Column("details", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True)),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("pid", sa.BigInteger),
        sa.Column("host", TEXT),
        sa.Column("beats", sa.BigInteger, nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(
            ["endpoint"], ["endpoints.id"], name="fk_jobs_endpoint_endpoints", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service", "version"],
            ["service_versions.service", "service_versions.number"],
            name="fk_jobs_service_version_service_versions",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_jobs_state_queued_at", "jobs", ["state", "queued_at"])
    op.create_index("ix_jobs_endpoint_created_at", "jobs", ["endpoint", "created_at"])
