"""The first tables: dataset versions, results and the blobs they refer to, runs and their nodes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_C = sa.Text(collation="C")
TEXT = sa.Text().with_variant(_C, "postgresql")
DIGEST = sa.String(64).with_variant(_C, "postgresql")
JSON = sa.JSON().with_variant(sa.Text(), "postgresql")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "dataset_versions",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content", DIGEST, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("format", TEXT, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("profile", JSON),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_dataset_versions"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_dataset_versions_from_one")),
    )
    op.create_index(
        "ix_dataset_versions_name_content", "dataset_versions", ["name", "content"], unique=True
    )
    op.create_table(
        "results",
        sa.Column("recipe_digest", TEXT, nullable=False),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("outputs", JSON, nullable=False),
        sa.Column("console", TEXT, nullable=False),
        sa.Column("log", JSON, nullable=False),
        sa.Column("images", JSON, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("cpu_seconds", sa.Float),
        sa.Column("peak_memory", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("environment", TEXT, nullable=False),
        sa.Column("isolation", TEXT, nullable=False),
        sa.Column("run", TEXT, nullable=False),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("recipe_digest", name="pk_results"),
    )
    op.create_table(
        "result_blobs",
        sa.Column("recipe_digest", TEXT, nullable=False),
        sa.Column("blob", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("recipe_digest", "blob", name="pk_result_blobs"),
        sa.ForeignKeyConstraint(
            ["recipe_digest"],
            ["results.recipe_digest"],
            name="fk_result_blobs_recipe_digest_results",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "runs",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("experiment", TEXT, nullable=False),
        sa.Column("experiment_name", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("partial", sa.Boolean, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("snapshot", JSON, nullable=False),
        sa.Column("pid", sa.BigInteger, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_experiment_id", "runs", ["experiment", "id"])
    op.create_table(
        "run_nodes",
        sa.Column("run", TEXT, nullable=False),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("recipe_digest", TEXT),
        sa.Column("from_run", TEXT),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("seconds", sa.Float),
        sa.Column("peak_memory", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.Column("bytes", sa.BigInteger),
        sa.Column("console", TEXT),
        sa.Column("log", JSON),
        sa.Column("images", JSON),
        sa.Column("failure", JSON),
        sa.PrimaryKeyConstraint("run", "node", name="pk_run_nodes"),
        sa.ForeignKeyConstraint(
            ["run"], ["runs.id"], name="fk_run_nodes_run_runs", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_run_nodes_recipe_digest", "run_nodes", ["recipe_digest"])
