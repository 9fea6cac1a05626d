"""Names in a query of SQLite: those that do not exist are refused, and those that do are listed."""

import re
import sqlite3

from .names_there import instead_of

#: What is quoted or commented out; the group is a name in double quotes.
_QUOTED = re.compile(
    r"""'(?:[^']|'')*' | \[[^\]]*\] | `(?:[^`]|``)*` | --[^\n]* | /\*.*?\*/ | "((?:[^"]|"")*)\"""",
    re.DOTALL | re.VERBOSE,
)


def refuse_unknown_names(connection: sqlite3.Connection, statement: str) -> None:
    """Refuse a name in double quotes that does not exist, which SQLite would take for text.

    Not so one in backquotes, and to explain a statement does nothing else.

    Raises:
        sqlite3.Error: There is one, or the statement can't be run at all.
    """
    named = _QUOTED.sub(_in_backquotes, statement)
    if named != statement:
        connection.execute(f"EXPLAIN {named}")


def names_there(connection: sqlite3.Connection, said: str, statement: str) -> str:
    """Sentences on the tables, or the columns, that exist, if SQLite said that it knows no name."""
    problem, _, wanted = said.partition(": ")
    if problem not in ("no such table", "no such column"):
        return ""
    wanted = wanted.rpartition(".")[2]
    words = _words(statement)
    sentences = ""
    try:
        listed = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
        )
        tables = sorted(str(name) for (name,) in listed if not name.startswith("sqlite_"))
        if problem == "no such table":
            return instead_of(wanted, "The database", "table", tables)
        for table in tables:
            if _words(table) <= words:
                columns = connection.execute("SELECT name FROM pragma_table_info(?)", [table])
                names = [str(name) for (name,) in columns]
                sentences += instead_of(wanted, f'The table "{table}"', "column", names)
    except sqlite3.Error:  # of a damaged file
        return ""
    return sentences


def _in_backquotes(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0]
    name = match[1].replace('""', '"').replace("`", "``")
    return f"`{name}`"


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
