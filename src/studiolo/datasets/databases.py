"""Databases in a file: no datasets themselves, but queries find datasets in them.

Studiolo knows them by their names and hands their bytes to the sandbox, which alone opens them.
"""

from typing import Final

_EXTENSIONS: Final = (".sqlite", ".sqlite3", ".db")
#: Endings of the files in which SQLite keeps changes that are not in the database yet.
BESIDE: Final = ("-wal", "-journal")
#: Bytes of a database. The sandbox has it in memory, three times while it is opened.
LARGEST: Final = 1 << 30


def is_database(name: str) -> bool:
    """Whether a file has the name of a SQLite database."""
    return name.lower().endswith(_EXTENSIONS)
