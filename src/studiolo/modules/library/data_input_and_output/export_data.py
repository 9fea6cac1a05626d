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

import io
from typing import Literal

import pandas as pd

from ..parts.sources.authentication import answer_to_caller
from ..parts.sources.postgresql import database_at, names_database
from ..parts.sources.postgresql_tables import fill_table
from ..parts.sources.web_answers import RefusalError, request_for, shown_address


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
    if names_database(address):
        fill_table(dataset, *database_at(address, authentication, secret), table, write_mode)
        return dataset
    if write_mode == "Append":
        raise ValueError("Append is for databases. Choose Error or Overwrite.")
    if address:
        if authentication in ("Password", "None"):
            raise ValueError(f"{address} is opened by an account key or a SAS. Choose one.")
        request = request_for(address)
        request.method = "PUT"
        request.data = _written(dataset, data_format)
        request.add_header("Content-Type", "application/octet-stream")
        request.add_header("x-ms-blob-type", "BlockBlob")
        if write_mode == "Error":
            request.add_header("If-None-Match", "*")
        try:
            answer_to_caller(request, authentication, secret)
        except RefusalError as error:
            if error.code != "BlobAlreadyExists":
                raise
            raise ValueError(
                f"{shown_address(request)} already exists. Name a different blob, or choose "
                "Overwrite."
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
