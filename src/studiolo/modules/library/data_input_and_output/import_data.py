# /// script
# [tool.studiolo]
# name = "Import Data"
# category = ["Data Input and Output"]
# classic-id = "4e1b0fe6aded4b3fa36f39b8862b9004"
# nullable = true
# random = false
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.file]
# label = "File"
# kind = "file"
# help = "A dataset or SQLite database of the workspace. Empty: the data come from the address."
#
# [tool.studiolo.parameters.address]
# label = "Address"
# help = "Such as https://data.example.com/rows.csv, an Azure blob, or a database."
#
# [tool.studiolo.parameters.authentication]
# label = "Authentication"
# help = "How the secret opens the address."
#
# [tool.studiolo.parameters.secret]
# label = "Secret"
# help = "The name of the secret, which the node's secrets must list."
# used-if = { authentication = ["Account key", "SAS", "Bearer token", "Password"] }
#
# [tool.studiolo.parameters.data_format]
# label = "Data format"
# help = "The format of the data at the address. They may be packed with gzip."
#
# [tool.studiolo.parameters.has_header]
# label = "HasHeader"
# help = "CSV and TSV only: the first line names the columns. Off: they are Col1, Col2 …"
# used-if = { data_format = ["CSV", "TSV"] }
#
# [tool.studiolo.parameters.query]
# label = "Query"
# kind = "code"
# language = "sql"
# help = "Databases only: what to read, such as SELECT * FROM sales."
# ///
"""Brings a dataset file, data from the web, a blob or a database into the experiment.

A file of the workspace can have any dataset format, or be a SQLite database (.sqlite, .sqlite3 or
.db). The module runs again only when its content has changed.

An address needs the node's `allow`, which names the host and the port, such as
`allow: ["data.example.com:443"]`. The module then runs in every run, unless the node has
`cache: true`, which is what "Use cached results" was for in the classic studio. A blob has
the address https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB. The key of its account, a shared
access signature (SAS) or a bearer token is a secret of the node: name it in both places. With a
secret, a redirection is not followed.

CSV and TSV from an address are UTF-8, and the type of a column is decided from all of its values,
as in Unpack Zipped Datasets. A SQLite database is read by a query. Its dates are text, and a column
with values of several kinds is refused, except integers among floats.

A PostgreSQL database has the address postgresql://USER@HOST:5432/DATABASE; its password is a secret
of the node, and the authentication is Password. The query can only read. Encryption is used where
the server offers it; the address may end in ?sslmode=require, or in ?sslmode=verify-full, which
also checks the server's certificate. Decimals stay exact, instants are in UTC, and arrays, JSON and
other types without a column type here are text as PostgreSQL writes it.

Differs: the classic module also read Hive queries, Azure tables, data feeds and SQL Server. For
these, write a script with their client.
"""

import base64
import contextlib
import csv
import email.utils
import gzip
import hashlib
import hmac
import http.client
import io
import itertools
import os
import re
import sqlite3
import ssl
import textwrap
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Literal

import numpy as np
import pandas as pd

_MISSING = ["NA", "N/A", "null", "NULL", "NaN", "nan"]
_INTEGER = r"-?(?:0|[1-9][0-9]{0,18})"
_INFINITY = r"-?(?:inf|Inf|Infinity)"
# Not an integer that a float would round.
_FLOAT = (
    r"-?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+|0|[1-9][0-9]{0,14})(?:[eE][+-]?[0-9]+)?|" + _INFINITY
)
_BOOLEAN = r"true|false|True|False|TRUE|FALSE"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = _DATE + r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_INSTANT = _TIME + r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: For an answer to begin or to go on; the time limit of the run is for the whole.
_SECONDS = 60.0
_PORTS = {"http": 80, "https": 443}
#: PostgreSQL's numbers for two of its types.
_BYTEA, _NUMERIC = 17, 1700


def azureml_main(
    *,
    file: pd.DataFrame | BinaryIO | None = None,
    address: str = "",
    authentication: Literal["None", "Account key", "SAS", "Bearer token", "Password"] = "None",
    secret: str = "",
    data_format: Literal["CSV", "TSV", "Parquet", "SQLite"] = "CSV",
    has_header: bool = True,
    query: str = "",
) -> pd.DataFrame:
    """Return the dataset of the file, or of what is at the address."""
    address = address.strip()
    if file is not None:
        if address:
            raise ValueError("Both a file and an address are given. Leave one of them empty.")
        return file if isinstance(file, pd.DataFrame) else _of_file(file, query)
    if not address:
        raise ValueError("No data are named. Give a file of the workspace, or an address.")
    if _names_database(address):
        return _found(address, authentication, secret, query)
    request = _request(address)
    shown = _shown(request)
    if authentication == "Password":
        raise ValueError(f"{shown} takes no password. Databases do.")
    if authentication != "None":
        _authenticate(request, authentication, secret)
    elif secret.strip():
        raise ValueError(f'The secret "{secret}" has no use. Choose its kind as authentication.')
    data = _unpacked(_answer(request, shown, follow=authentication == "None"), shown)
    try:
        if data_format == "Parquet":
            return _parquet(data)
        if data_format == "SQLite":
            return _rows_of(data, query)
        delimiter = "," if data_format == "CSV" else "\t"
        return _delimited(_text(data), delimiter, header=has_header)
    except ValueError as error:
        reason = " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
        raise ValueError(
            f"{shown} can't be read as {data_format}: {reason.rstrip('.')}."
        ) from error


def _request(address: str) -> urllib.request.Request:
    """The request for an address as people write it, with blanks and letters of any language."""
    try:
        parts = urllib.parse.urlsplit(address)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(f'"{address}" is not a web address: {error}.') from error
    if not usable:
        raise ValueError(
            f'"{address}" is not a web address. Write it whole, such as '
            "https://data.example.com/rows.csv."
        )
    if "@" in parts.netloc:
        raise ValueError("The address has a user or a password before its host. Use a secret.")
    kept = "/%:@!$&'()*+,;=~?"
    path = urllib.parse.quote(parts.path or "/", safe=kept)
    query = urllib.parse.quote(parts.query, safe=kept)
    whole = urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, query, ""))
    return urllib.request.Request(whole)  # noqa: S310  # the scheme was checked


def _shown(request: urllib.request.Request) -> str:
    """The address without its query, which can hold a key."""
    return request.full_url.partition("?")[0]


def _secret_value(name: str, authentication: str) -> str:
    """The value of a secret of the node."""
    name = name.strip()
    if not name:
        raise ValueError(f"{authentication} needs a secret. Give its name.")
    if not os.environ.get(name):
        raise ValueError(
            f'The node is not given the secret "{name}". Add secrets: [{name}] to the node, and '
            f"keep the value with studiolo secret set {name}."
        )
    return os.environ[name].strip()


def _authenticate(request: urllib.request.Request, authentication: str, secret: str) -> None:
    """Have the request say who asks."""
    value = _secret_value(secret, authentication)
    if authentication == "Bearer token":
        request.add_header("Authorization", f"Bearer {value}")
    elif authentication == "SAS":
        # People copy the signature alone, with its question mark, or as the end of an address.
        joint = "&" if "?" in request.full_url else "?"
        request.full_url += joint + value.rpartition("?")[2]
    else:
        _sign(request, value, secret.strip())


def _sign(request: urllib.request.Request, key: str, secret: str) -> None:
    """Sign the request; see "Authorize with Shared Key" in Azure's documentation."""
    account, of_blobs, _ = request.host.partition(".blob.")
    if not of_blobs:
        raise ValueError(
            f"{_shown(request)} is not the address of a blob, which an account key opens. Write "
            "https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB."
        )
    try:
        plain_key = base64.b64decode(key, validate=True)
    except ValueError as error:
        raise ValueError(f'The secret "{secret}" is not an account key: not Base64.') from error
    request.add_header("x-ms-date", email.utils.formatdate(usegmt=True))
    request.add_header("x-ms-version", "2021-08-06")
    headers = {name.lower(): value for name, value in request.header_items()}
    own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name[:5] == "x-ms-")
    parts = urllib.parse.urlsplit(request.full_url)
    resource = f"/{account}{parts.path}"
    for name, values in sorted(urllib.parse.parse_qs(parts.query).items()):
        resource += f"\n{name.lower()}:{','.join(sorted(values))}"
    length = str(len(request.data)) if isinstance(request.data, bytes) and request.data else ""
    lines = [request.get_method(), "", "", length, "", headers.get("content-type", "")]
    lines += ["", "", "", headers.get("if-none-match", ""), "", "", own + resource]
    digest = hmac.digest(plain_key, "\n".join(lines).encode(), hashlib.sha256)
    signature = base64.b64encode(digest).decode()
    request.add_header("Authorization", f"SharedKey {account}:{signature}")


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """A secret goes to the host that the address names, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def _answer(request: urllib.request.Request, shown: str, *, follow: bool) -> bytes:
    """The bytes that the server answers with."""
    handlers = [urllib.request.ProxyHandler({})] + ([] if follow else [_NoRedirection()])
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=_SECONDS) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        code = error.headers.get("x-ms-error-code")  # Azure's word for it
        detail = f" ({code})" if code else ""
        said = str(error.reason).rstrip(".")
        raise ValueError(f"{shown} answered {error.code} {said}{detail}.") from error
    except OSError as error:
        place = request.host
        if ":" not in place.rpartition("]")[2]:
            place += f":{_PORTS[request.type]}"
        reason = getattr(error, "reason", error)
        raise ValueError(
            f"{shown} can't be reached: {reason}. If the node does not have "
            f'allow: ["{place}"] yet, add it.'
        ) from error
    except http.client.HTTPException as error:
        raise ValueError(f"{shown} gave an answer that is not whole: {error!r}.") from error
    return content


def _unpacked(data: bytes, shown: str) -> bytes:
    """The bytes without the packing of gzip, which they begin with if they have it."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{shown} is a damaged gzip file: {error}.") from error


def _parquet(data: bytes) -> pd.DataFrame:
    """The table of a Parquet file, without a detour that would change its types."""
    import pyarrow as pa  # noqa: PLC0415  # only one of the formats needs it
    from pyarrow import parquet  # noqa: PLC0415

    try:
        table = parquet.read_table(pa.BufferReader(data))
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _of_file(file: BinaryIO, query: str) -> pd.DataFrame:
    """The rows that a query finds in a database of the workspace."""
    with file:
        data = file.read()
    try:
        return _rows_of(data, query)
    except ValueError as error:
        raise ValueError(f"{file.name} can't be read as SQLite: {error}.") from error


def _rows_of(data: bytes, query: str) -> pd.DataFrame:
    """The rows that a query finds in the file of a SQLite database."""
    if not data.startswith(b"SQLite format 3\0"):
        raise ValueError("it is not the file of a SQLite database")
    if not query.strip():
        raise ValueError("it needs a query, such as SELECT * FROM sales")
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        try:
            # Without the mark of a write-ahead log, which a database in memory can't have.
            database.deserialize(b"".join((data[:18], b"\1\1", memoryview(data)[20:])))
            found = database.execute(query)
            rows = found.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            shown = textwrap.shorten(query, 200, placeholder=" …")
            raise ValueError(f'the query "{shown}" fails: {error}') from error
    if found.description is None:
        raise ValueError("the query returns no table")
    names = [str(column[0]) for column in found.description]
    columns = [_stored([row[place] for row in rows], name) for place, name in enumerate(names)]
    frame: pd.DataFrame = pd.concat(columns, axis=1)
    frame.columns = pd.Index(names)
    return frame


def _stored(values: list[Any], name: str) -> Any:
    """The column of values that SQLite stores, each of a kind of its own."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float} and all(value is None or float(value) == value for value in values):
        kinds = {float}
    if len(kinds) > 1:
        several = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ValueError(f'the column "{name}" has values of several kinds ({several}); use CAST')
    types = {int: "Int64", float: "Float64", str: "str"}
    return pd.Series(values, dtype=types.get(kinds.pop(), "object") if kinds else "object")


def _names_database(address: str) -> bool:
    return address.lower().startswith(("postgresql:", "postgres:"))


def _database(address: str, authentication: str, secret: str) -> tuple[dict[str, Any], str]:
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
        given["password"] = _secret_value(secret, authentication)
    elif authentication != "None":
        raise ValueError(f"{authentication} opens no database. Choose Password.")
    return given, f"The database {name} at {parts.hostname}:{port}"


@contextlib.contextmanager
def _session(given: dict[str, Any], shown: str) -> Iterator[Any]:
    """A connection to a database; its errors name the database."""
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
            raise ValueError(f"{shown} answered: {'. '.join(parts)}.") from error
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


def _found(address: str, authentication: str, secret: str, query: str) -> pd.DataFrame:
    """The rows that a query finds in a PostgreSQL database, in the types of its columns."""
    query = query.strip().rstrip(";")
    given, shown = _database(address, authentication, secret)
    if not query:
        raise ValueError(f"{shown} needs a query, such as one that begins SELECT * FROM.")
    # The line's end closes a comment at the end of the query.
    rows = f"SELECT * FROM ({query}\n) AS query"  # noqa: S608  # in a transaction that only reads
    content = io.BytesIO()
    with _session(given, shown) as connection:
        connection.execute_simple("BEGIN READ ONLY")
        described = connection.execute_simple(f"{rows} LIMIT 0")
        # `run` would take each colon in it for a placeholder.
        connection.execute_unnamed(f"COPY ({rows}) TO STDOUT (FORMAT csv)", stream=content)
    columns = described.columns or []
    try:
        return _table(content.getvalue(), columns)
    except ValueError as error:
        raise ValueError(f"{shown}: {error}.") from error


def _table(content: bytes, columns: list[dict[str, Any]]) -> pd.DataFrame:
    """The table that PostgreSQL wrote as CSV."""
    import pyarrow as pa  # noqa: PLC0415  # not all of the sources need it
    import pyarrow.csv  # noqa: PLC0415

    names = [str(column["name"]) for column in columns]
    if not names:
        raise ValueError("the query returns no columns")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f'the query returns several columns "{twice[0]}"; rename them with AS')
    places = [str(place) for place in range(len(names))]
    types = {place: _arrow_type(columns[int(place)]) for place in places}
    if not content:
        table = pa.table({place: pa.array([], kind) for place, kind in types.items()})
    else:
        try:
            table = pa.csv.read_csv(
                io.BytesIO(content),
                pa.csv.ReadOptions(column_names=places, block_size=1 << 26),
                pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
                pa.csv.ConvertOptions(
                    column_types=types,
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                    true_values=["t"],
                    false_values=["f"],
                ),
            )
        except pa.ArrowInvalid as error:
            raise ValueError(_without_number(str(error), names)) from error
    for place, column in enumerate(columns):
        if column["type_oid"] == _BYTEA:
            values = [
                None if text is None else bytes.fromhex(text[2:])
                for text in table.column(place).to_pylist()
            ]
            table = table.set_column(place, places[place], pa.array(values, pa.large_binary()))
        elif column["type_oid"] == _NUMERIC:
            numbers = _decimals(table.column(place), names[place])
            table = table.set_column(place, places[place], numbers)
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    frame.columns = pd.Index(names)
    return frame


def _arrow_type(column: dict[str, Any]) -> Any:
    """The type that the values of a column of PostgreSQL are read in; text for any other."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    # From `SELECT oid, typname FROM pg_type`; these never change.
    types = {
        16: pa.bool_(),
        20: pa.int64(),
        21: pa.int16(),
        23: pa.int32(),
        26: pa.int64(),  # oid
        700: pa.float32(),
        701: pa.float64(),
        1082: pa.date32(),
        1083: pa.time64("us"),
        1114: pa.timestamp("us"),
        1184: pa.timestamp("us", "UTC"),
    }
    return types.get(column["type_oid"], pa.large_string())


def _decimals(column: Any, name: str) -> Any:
    """The numbers of a column of the type numeric, exactly."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.compute as pc  # noqa: PLC0415

    if pc.any(pc.is_in(column, pa.array(["NaN", "Infinity", "-Infinity"], column.type))).as_py():
        raise ValueError(
            f'the column "{name}" has NaN or an infinity, which decimals do not have; use '
            "CAST(… AS double precision)"
        )
    digits = pc.utf8_length(pc.replace_substring_regex(column, r"^-?[^.]*\.?", ""))
    scale = pc.max(digits).as_py() or 0
    try:
        return column.cast(pa.decimal128(38, scale))
    except pa.ArrowInvalid as error:
        raise ValueError(
            f'the column "{name}" has numbers of more than 38 digits; use CAST'
        ) from error


def _without_number(said: str, names: list[str]) -> str:
    """A message of Arrow, with the name of the column instead of its number."""
    found = re.search(r"CSV column #(\d+): (?:CSV conversion error to )?(.*)", said, re.DOTALL)
    if found is None:
        return " ".join(said.split())
    problem = " ".join(found[2].split())
    return f'the column "{names[int(found[1])]}" can\'t be read as {problem}; use CAST'


def _text(data: bytes) -> str:
    if data[:100].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise ValueError("it is a web page")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"byte {error.start + 1}, 0x{data[error.start]:02x}, is not UTF-8"
        ) from error
    if "\0" in text:
        raise ValueError("it has a NUL byte, which text never has. Is it a binary file?")
    return text


def _delimited(text: str, delimiter: str, *, header: bool) -> pd.DataFrame:
    # Text mode doubles the returns of Windows; old programs of DOS end a file with Ctrl-Z.
    text = text.replace("\r\r\n", "\n").rstrip("\r\n\x1a")
    if not text.strip():
        raise ValueError("it is empty")
    other = _other_delimiter(text, delimiter, header=header)
    if other:
        print(
            f"Its fields are separated by {_DELIMITERS[other]} instead of "
            f"{_DELIMITERS[delimiter]}, and were read that way."
        )
        delimiter = other
    first_line = text[: text.find("\n")] if "\n" in text else text
    frame = pd.read_csv(
        io.StringIO(text),
        sep=delimiter,
        header=None,
        dtype="str",
        keep_default_na=False,
        na_values=[""],
        skipinitialspace=delimiter != "\t",
        # In a file of one column a blank line is a missing value.
        skip_blank_lines=delimiter in first_line,
    )
    names = [f"Col{place}" for place in range(1, frame.shape[1] + 1)]
    if header:
        first = frame.iloc[0]
        names = [
            str(first[place]) if pd.notna(first[place]) else name
            for place, name in enumerate(names)
        ]
        frame = frame.iloc[1:].reset_index(drop=True)
    typed: pd.DataFrame = pd.concat([_typed(frame[place]) for place in frame.columns], axis=1)
    typed.columns = pd.Index(names)
    return typed


def _other_delimiter(text: str, own: str, *, header: bool) -> str | None:
    """The delimiter of a file whose first row does not have the usual one."""

    def fields(delimiter: str) -> list[int]:
        rows = list(itertools.islice(csv.reader(beginning.split("\n"), delimiter=delimiter), 50))
        whole = rows if len(text) <= 1 << 16 else rows[:-1]
        return [len(row) for row in whole if row]

    beginning = text[: 1 << 16].replace("\r\n", "\n").replace("\r", "\n")
    if fields(own)[:1] != [1]:
        return None
    found: dict[str, int] = {}
    for delimiter in _DELIMITERS:
        counts = fields(delimiter)
        # Text has single commas.
        fewest = 3 if delimiter == "," else 2
        if len(set(counts)) == 1 and counts[0] >= fewest and len(counts) > (not header):
            found[delimiter] = counts[0]
    return max(found, key=lambda delimiter: found[delimiter]) if found else None


def _typed(column: Any) -> Any:
    """The column in the type that all of its values have."""
    trimmed = column.str.strip(" \t")
    present = trimmed[trimmed.notna() & ~trimmed.isin(_MISSING)]
    if present.empty:
        return column
    for pattern, read in (
        (_INTEGER, lambda texts: texts.astype("int64")),
        (_FLOAT, lambda texts: texts.astype("float64")),
        (_BOOLEAN, lambda texts: texts.str.lower() == "true"),
        (_DATE + "|" + _TIME, lambda texts: pd.to_datetime(texts, format="ISO8601")),
        (_INSTANT, lambda texts: pd.to_datetime(texts, format="ISO8601", utc=True)),
    ):
        if not present.str.fullmatch(pattern).all():
            continue
        try:
            values: Any = read(present)
        except (ValueError, OverflowError):  # such as the 31st of February, or 2**63
            return column
        if (
            values.dtype.kind == "f"
            and (np.isinf(values) & ~present.str.fullmatch(_INFINITY)).any()
        ):  # beyond what a float holds
            return column
        if len(present) < len(column) and values.dtype.kind in "ib":
            values = values.convert_dtypes()
        return values.reindex(column.index)
    return column
