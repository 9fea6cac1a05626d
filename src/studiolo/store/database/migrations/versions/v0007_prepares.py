"""The session that a run prepares: a console or a debugger of a node."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column; of older runs it is not known."""
    op.add_column("runs", sa.Column("prepares", TEXT))
