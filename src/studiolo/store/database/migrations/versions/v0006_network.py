"""The connections that a node of a run made."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

JSON = sa.JSON().with_variant(sa.Text(), "postgresql")


def upgrade() -> None:
    """Add the column; no older node had a network."""
    op.add_column("run_nodes", sa.Column("network", JSON))
