"""A PostgreSQL database: its address, and a session with it."""

import contextlib
import re
import ssl
import urllib.parse
from collections.abc import Iterator
from typing import Any

from .authentication import secret_value
from .names_there import instead_of

#: PostgreSQL's codes of errors about names that it does not know.
_NO_TABLE, _NO_COLUMN = "42P01", "42703"
#: By code, a query for the names that exist, each with its owner.
_NAMES = {
    _NO_TABLE: """
        SELECT '', CASE WHEN table_schema = ANY (current_schemas(false)) THEN '' ELSE
        table_schema || '.' END || table_name FROM information_schema.tables
        WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 2""",
    _NO_COLUMN: """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema NOT IN ('information_schema', 'pg_catalog')
        ORDER BY table_name, ordinal_position""",
}


def names_database(address: str) -> bool:
    """Whether an address is that of a database."""
    return address.lower().startswith(("postgresql:", "postgres:"))


def database_at(address: str, authentication: str, secret: str) -> tuple[dict[str, Any], str]:
    """The arguments that open the PostgreSQL database at an address, and its name in errors."""
    try:
        parts = urllib.parse.urlsplit(address)
        port = parts.port or 5432
        options = dict(urllib.parse.parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise ValueError(f'"{address}" is not the address of a database: {error}.') from error
    name = urllib.parse.unquote(parts.path.strip("/"))
    if not parts.hostname or not parts.username or not name:
        raise ValueError(
            f'"{address}" is not the address of a database. Write it whole, such as '
            "postgresql://reader@db.example.com:5432/sales."
        )
    if parts.password is not None:
        raise ValueError("The address has a password in it. Use a secret.")
    mode = options.pop("sslmode", "prefer")
    if options or mode not in ("disable", "prefer", "require", "verify-full"):
        raise ValueError(
            f'The address ends in "?{parts.query}". It may end in ?sslmode= with disable, '
            "prefer, require or verify-full."
        )
    tls: Any = {"disable": False, "prefer": None, "require": True}.get(mode)
    if mode == "verify-full":
        tls = ssl.create_default_context()
    given: dict[str, Any] = {
        "user": urllib.parse.unquote(parts.username),
        "host": parts.hostname,
        "port": port,
        "database": name,
        "ssl_context": tls,
        "application_name": "studiolo",
    }
    if authentication == "Password":
        given["password"] = secret_value(secret, authentication)
    elif authentication != "None":
        raise ValueError(f"{authentication} opens no database. Choose Password.")
    return given, f"The database {name} at {parts.hostname}:{port}"


@contextlib.contextmanager
def session(given: dict[str, Any], shown: str, statement: str = "") -> Iterator[Any]:
    """A connection to a database; its errors name the database.

    If the statement names a table or a column that does not exist, the error lists those that do.
    """
    from pg8000 import Error  # noqa: PLC0415  # few nodes need it
    from pg8000.native import Connection  # noqa: PLC0415

    connection: Any = None
    try:
        connection = Connection(**given)
        # The form in which values are written, whatever the server's own settings are.
        connection.execute_simple(
            "SET client_encoding TO 'UTF8'; SET datestyle TO 'ISO, YMD'; SET timezone TO 'UTC'; "
            "SET bytea_output TO 'hex'; SET intervalstyle TO 'postgres'"
        )
        yield connection
    except (Error, OSError) as error:
        # An answer of the server has its parts by letter; see "Error and Notice Message Fields".
        fields = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        parts = [" ".join(fields[key].split()).rstrip(".") for key in "MDHW" if key in fields]
        if parts:
            there = _names_of(connection, fields, statement)
            raise ValueError(f"{shown} answered: {'. '.join(parts)}{there}.") from error
        if "refuses SSL" in str(error):
            raise ValueError(
                f"{shown} offers no encrypted connection. If its network can be trusted, end the "
                "address in ?sslmode=prefer."
            ) from error
        place = f"{given['host']}:{given['port']}"
        reason = str(error.__cause__ or error).rstrip(".")
        raise ValueError(
            f"{shown} can't be reached: {reason}. If the node does not have "
            f'allow: ["{place}"] yet, add it.'
        ) from error
    finally:
        if connection is not None:
            with contextlib.suppress(Error, OSError):
                connection.close()


def _names_of(connection: Any, fields: dict[str, str], statement: str) -> str:
    """Sentences on the tables, or the columns, that exist, if the server knows no such name."""
    from pg8000 import Error  # noqa: PLC0415  # as above

    code = fields.get("C", "")
    if connection is None or code not in _NAMES:
        return ""
    said = fields.get("M", "")
    wanted = "" if "H" in fields else (re.findall(r'"([^"]+)"', said) or [""])[0]
    words = set(re.findall(r"\w+", f"{said} {statement}".lower()))
    names: dict[str, list[str]] = {}
    try:
        connection.execute_simple("ROLLBACK")
        for owner, name in connection.execute_simple(_NAMES[code]).rows or []:
            if set(re.findall(r"\w+", owner.lower())) <= words:
                names.setdefault(owner, []).append(name)
    except (Error, OSError):
        return ""
    if code == _NO_TABLE:
        return instead_of(wanted, "The database", "table", names.get("", []))
    return "".join(
        instead_of(wanted, f'The table "{owner}"', "column", names[owner]) for owner in names
    )
