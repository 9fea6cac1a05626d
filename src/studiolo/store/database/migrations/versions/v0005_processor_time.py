"""The processor time of a node, also of one that failed and has no result."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; older nodes take over what their results know."""
    op.add_column("run_nodes", sa.Column("cpu_seconds", sa.Float))
    nodes = sa.table(
        "run_nodes",
        sa.column("recipe_digest", sa.Text),
        sa.column("state", sa.Text),
        sa.column("cpu_seconds", sa.Float),
    )
    results = sa.table(
        "results", sa.column("recipe_digest", sa.Text), sa.column("cpu_seconds", sa.Float)
    )
    known = (
        sa.select(results.c.cpu_seconds)
        .where(results.c.recipe_digest == nodes.c.recipe_digest)
        .scalar_subquery()
    )
    has_result = nodes.c.state.in_(["finished", "kept"])
    op.execute(nodes.update().where(has_result).values(cpu_seconds=known))
