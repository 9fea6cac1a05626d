# /// script
# [tool.studiolo]
# name = "Export Data"
# category = ["Data Input and Output"]
# deterministic = false
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.file]
# label = "File"
# help = "A file of the workspace, such as scored.csv. The extension determines the format."
#
# [tool.studiolo.parameters.address]
# label = "Address"
# help = "The address of an Azure blob, or of a database, to write instead of a file."
#
# [tool.studiolo.parameters.authentication]
# label = "Authentication"
# help = "How the secret opens the address."
#
# [tool.studiolo.parameters.secret]
# label = "Secret"
# help = "The name of the secret, which the node's secrets must list."
#
# [tool.studiolo.parameters.data_format]
# label = "Data format"
# help = "The format of the blob."
#
# [tool.studiolo.parameters.table]
# label = "Table"
# help = "Databases only: the table to write, such as scored or public.scored."
#
# [tool.studiolo.parameters.write_mode]
# label = "Write mode"
# help = "What to do if the file, the blob or the table exists. Append is for tables."
#
# [tool.studiolo.exports.dataset]
# file = "file"
# mode = "write_mode"
# ///
"""Writes a dataset to a file of the workspace, to an Azure blob or to a database.

Its write modes, Error and Overwrite, and their default are those of the classic module. That had no
output; ours passes the dataset on, so that you can look at it. A file is written once the module
has succeeded. The module runs in every run, even if a kept result exists.

A blob has the address https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB, whose host and port the
node's `allow` must name. The key of the account, or a shared access signature (SAS), is a secret of
the node: name it in both places. In CSV and TSV, text is quoted.

A PostgreSQL database has the address postgresql://USER@HOST:5432/DATABASE; its password is a secret
of the node, and the authentication is Password. Error makes the table and refuses one that exists,
Overwrite replaces it, and Append adds rows to it by the names of its columns. All rows are written,
or none. Encryption is used where the server offers it; the address may end in ?sslmode=require, or
in ?sslmode=verify-full, which also checks the server's certificate.

Differs: SQL Server and Hive are not written. For these, write a script with their client.
"""

import base64
import contextlib
import email.utils
import hashlib
import hmac
import http.client
import io
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any, Literal

import pandas as pd

#: For an answer to begin or to go on; the time limit of the run is for the whole.
_SECONDS = 60.0
_PORTS = {"http": 80, "https": 443}
#: Bytes of a name in PostgreSQL, which would cut a longer one off.
_LONGEST_NAME = 63


def azureml_main(
    dataset: pd.DataFrame,
    *,
    file: str = "",
    address: str = "",
    authentication: Literal["Account key", "SAS", "Password", "None"] = "Account key",
    secret: str = "",
    data_format: Literal["CSV", "TSV", "Parquet"] = "CSV",
    table: str = "",
    write_mode: Literal["Error", "Overwrite", "Append"] = "Error",
) -> pd.DataFrame:
    """Hand on the dataset that is written."""
    address = address.strip()
    if file.strip() and address:
        raise ValueError("Both a file and an address are given. Leave one of them empty.")
    if _names_database(address):
        _fill(dataset, *_database(address, authentication, secret), table, write_mode)
        return dataset
    if write_mode == "Append":
        raise ValueError("Append is for databases. Choose Error or Overwrite.")
    if address:
        if authentication in ("Password", "None"):
            raise ValueError(f"{address} is opened by an account key or a SAS. Choose one.")
        request = _request(address)
        shown = _shown(request)
        request.method = "PUT"
        request.data = _written(dataset, data_format)
        request.add_header("Content-Type", "application/octet-stream")
        request.add_header("x-ms-blob-type", "BlockBlob")
        if write_mode == "Error":
            request.add_header("If-None-Match", "*")
        _authenticate(request, authentication, secret)
        try:
            _answer(request, shown, follow=False)
        except ValueError as error:
            if "BlobAlreadyExists" not in str(error):
                raise
            raise ValueError(
                f"{shown} already exists. Name a different blob, or choose Overwrite."
            ) from error
    elif not file.strip():
        raise ValueError("No file is given. Name a file of the workspace, such as scored.csv.")
    return dataset


def _written(dataset: pd.DataFrame, data_format: str) -> bytes:
    """The bytes of a file with the dataset."""
    import pyarrow as pa  # noqa: PLC0415  # a file of the workspace has no use for it
    from pyarrow import csv, parquet  # noqa: PLC0415

    buffer = io.BytesIO()
    try:
        table = pa.Table.from_pandas(dataset, preserve_index=False).replace_schema_metadata()
        if data_format == "Parquet":
            parquet.write_table(table, buffer)
            return buffer.getvalue()
        for place, field in enumerate(table.schema):
            if pa.types.is_dictionary(field.type):
                plain = table.column(place).cast(field.type.value_type)
                table = table.set_column(place, field.name, plain)
            elif pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
                # Arrow would write them as if they were text; this says which column has them.
                raise pa.ArrowInvalid(f'the column "{field.name}" holds bytes')
        options = csv.WriteOptions(delimiter="," if data_format == "CSV" else "\t")
        csv.write_csv(table, buffer, options)
    except (pa.ArrowException, ValueError) as error:
        raise ValueError(f"The dataset can't be written as {data_format}: {error}.") from error
    return buffer.getvalue()


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


def _fill(dataset: pd.DataFrame, given: dict[str, Any], shown: str, table: str, mode: str) -> None:
    """Put the dataset into a table of a PostgreSQL database, all of its rows or none."""
    import pyarrow as pa  # noqa: PLC0415  # a file of the workspace has no use for it
    from pyarrow import csv  # noqa: PLC0415

    table = table.strip()
    if not table:
        raise ValueError(f"{shown} needs a table to write to, such as scored or public.scored.")
    path = ".".join(_quoted(part) for part in table.split("."))
    rows = pa.Table.from_pandas(dataset, preserve_index=False)
    names = ", ".join(_quoted(name) for name in rows.column_names)
    if not names:
        raise ValueError("The dataset has no columns.")
    columns = {name: _sql_column(rows.column(name), name) for name in rows.column_names}
    declared = ", ".join(f"{_quoted(name)} {kind}" for name, (kind, _) in columns.items())
    content = io.BytesIO()
    written = pa.table({name: values for name, (_, values) in columns.items()})
    csv.write_csv(written, content, csv.WriteOptions(include_header=False))
    content.seek(0)
    with _session(given, f"{shown}, asked to write {table},") as connection:
        connection.execute_simple("BEGIN")
        if mode == "Overwrite":
            connection.execute_simple(f"DROP TABLE IF EXISTS {path}")
        if mode != "Append":
            connection.execute_simple(f"CREATE TABLE {path} ({declared})")
        else:
            kinds = {name: kind for name, (kind, _) in columns.items()}
            _refuse_changes(connection, path, kinds, content, f"{shown}: the table {table}")
        connection.execute_unnamed(f"COPY {path} ({names}) FROM STDIN (FORMAT csv)", stream=content)
        connection.execute_simple("COMMIT")


def _refuse_changes(
    connection: Any, path: str, kinds: dict[str, str], content: io.BytesIO, shown: str
) -> None:
    """Refuse rows that a table would keep with other values: a date drops the time, say.

    What PostgreSQL can't convert at all, it refuses itself. It reads texts as the table's type.
    """
    there = connection.run(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = CAST(:path AS regclass) AND attnum > 0 AND NOT attisdropped",
        path=path,
    )
    converted = {
        name: kind
        for name, kind in there
        if kinds.get(name, "text") not in ("text", "boolean", "bytea", kind)
    }
    if not converted:
        return
    declared = ", ".join(f"{_quoted(name)} {kind}" for name, kind in kinds.items())
    connection.execute_simple(f"CREATE TEMPORARY TABLE studiolo_rows ({declared}) ON COMMIT DROP")
    connection.execute_unnamed("COPY studiolo_rows FROM STDIN (FORMAT csv)", stream=content)
    content.seek(0)
    for name, kind in converted.items():
        kept = f"CAST(CAST({_quoted(name)} AS {kind}) AS {kinds[name]})"
        ((changed, rows),) = connection.run(
            f"SELECT count(*) FILTER (WHERE {kept} IS DISTINCT FROM {_quoted(name)}), count(*) "  # noqa: S608  # names are quoted
            "FROM studiolo_rows"
        )
        if changed:
            raise ValueError(
                f'{shown} has the column "{name}" as {kind}, which would change {changed:,} of '
                f"{rows:,} values. Nothing was written. Change the table's column to "
                f"{kinds[name]}, or convert the values before."
            )


def _quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    if not name or "\0" in name or len(name.encode()) > _LONGEST_NAME:
        raise ValueError(
            f'"{name}" can\'t be a name in PostgreSQL, which has 1 to {_LONGEST_NAME} bytes and no '
            "NUL. Rename it with Edit Metadata."
        )
    return '"' + name.replace('"', '""') + '"'


def _sql_column(values: Any, name: str) -> tuple[str, Any]:
    """The type of a column in PostgreSQL, and its values as CSV can have them."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.compute as pc  # noqa: PLC0415

    kind = values.type
    if pa.types.is_dictionary(kind):
        return _sql_column(values.cast(kind.value_type), name)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [None if one is None else f"\\x{one.hex()}" for one in values.to_pylist()]
        return "bytea", pa.chunked_array([pa.array(texts, pa.large_string())])
    try:
        if pa.types.is_timestamp(kind):
            return _instants(values)
        if pa.types.is_duration(kind):
            count = values.cast(pa.duration("us")).cast(pa.int64()).cast(pa.string())
            return "interval", pc.binary_join_element_wise(count, "microseconds", " ")
        if pa.types.is_time(kind):
            return "time", values.cast(pa.time64("us"))
    except pa.ArrowInvalid as error:
        raise ValueError(
            f'The column "{name}" has fractions of a microsecond, which PostgreSQL does not keep.'
        ) from error
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {max(kind.scale, 0)})", values
    types = {
        pa.bool_(): "boolean",
        pa.int8(): "smallint",
        pa.int16(): "smallint",
        pa.int32(): "integer",
        pa.int64(): "bigint",
        pa.uint8(): "smallint",
        pa.uint16(): "integer",
        pa.uint32(): "bigint",
        pa.uint64(): "numeric(20)",
        pa.float16(): "real",
        pa.float32(): "real",
        pa.float64(): "double precision",
        pa.date32(): "date",
    }
    return types.get(kind, "text"), values


def _instants(values: Any) -> tuple[str, Any]:
    """The type of a column of instants in PostgreSQL, which keeps microseconds, and its values."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    kept = values.cast(pa.timestamp("us", values.type.tz))
    if values.type.tz is not None:
        return "timestamptz", kept
    # As everywhere in Studiolo: days are dates.
    days = kept.cast(pa.date32(), safe=False)
    if values.null_count < len(values) and days.cast(kept.type) == kept:
        return "date", days
    return "timestamp", kept
