"""The workspace that the records of a database belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_C = sa.Text(collation="C")
RANDOM_ID = sa.String(32).with_variant(_C, "postgresql")


def upgrade() -> None:
    """Create the table for its id."""
    op.create_table(
        "workspace",
        sa.Column("id", RANDOM_ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
    )
