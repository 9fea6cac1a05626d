"""The draw of a node, so that later runs can reuse it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_C = sa.Text(collation="C")
TEXT = sa.Text().with_variant(_C, "postgresql")


def upgrade() -> None:
    """Add the draw and what it was drawn for; of older runs neither is known."""
    op.add_column("run_nodes", sa.Column("draw", sa.BigInteger))
    op.add_column("run_nodes", sa.Column("undrawn", TEXT))
    op.create_index("ix_run_nodes_undrawn", "run_nodes", ["undrawn"])
