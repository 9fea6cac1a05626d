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

import gzip
import zlib
from typing import BinaryIO, Literal

import pandas as pd

from ..parts.sources.authentication import answer_to_caller
from ..parts.sources.delimited_text import delimited_table
from ..parts.sources.postgresql import names_database
from ..parts.sources.postgresql_rows import rows_at
from ..parts.sources.sqlite_rows import rows_of_database, rows_of_file
from ..parts.sources.web_answers import request_for, shown_address


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
        if isinstance(file, pd.DataFrame):
            _refuse_query(query, "The file is a dataset")
            return file
        return rows_of_file(file, query)
    if not address:
        raise ValueError("No data are named. Give a file of the workspace, or an address.")
    if names_database(address):
        return rows_at(address, authentication, secret, query)
    request = request_for(address)
    shown = shown_address(request)
    if authentication == "Password":
        raise ValueError(f"{shown} takes no password. Databases do.")
    if authentication == "None" and secret.strip():
        raise ValueError(f'The secret "{secret}" has no use. Choose its kind as authentication.')
    if data_format != "SQLite":
        _refuse_query(query, f"The data at {shown} are {data_format}")
    data = _unpacked(answer_to_caller(request, authentication, secret), shown)
    try:
        if data_format == "Parquet":
            return _parquet(data)
        if data_format == "SQLite":
            return rows_of_database(data, query)
        delimiter = "," if data_format == "CSV" else "\t"
        return delimited_table(_text(data), delimiter, header=has_header)
    except ValueError as error:
        reason = " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
        raise ValueError(
            f"{shown} can't be read as {data_format}: {reason.rstrip('.')}."
        ) from error


def _refuse_query(query: str, why: str) -> None:
    """Refuse a query that would be ignored."""
    if query.strip():
        raise ValueError(
            f"{why}, and only a database takes a query. Leave the query empty. To query the rows, "
            "connect Apply SQL Transformation, which calls this dataset t1."
        )


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
