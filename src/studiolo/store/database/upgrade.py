"""Brings the tables of a database to this Studiolo's version, one migration after the other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_MIGRATIONS = Path(__file__).with_name("migrations")


def migrations() -> Config:
    """Alembic's settings, without a file of them."""
    config = Config()
    # A percent sign would begin a reference to another setting.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(connection: Connection) -> None:
    """Run the migrations that are due in the connection's transaction, and leave it open."""
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
