"""The code that Alembic runs around migrations; `upgrade.py` gives it a connection."""

from alembic import context

from studiolo.store.database.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite undoes changes of tables as well, since it isn't Python that begins its transactions.
    transactional_ddl=True,
    # It changes a column by making the table anew.
    render_as_batch=True,
)
context.run_migrations()
