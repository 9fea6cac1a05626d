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
# help = "The address of an Azure blob to write instead of a file."
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
# [tool.studiolo.parameters.write_mode]
# label = "Write mode"
# help = "What to do if the file or the blob exists."
#
# [tool.studiolo.exports.dataset]
# file = "file"
# mode = "write_mode"
# ///
"""Writes a dataset to a file of the workspace or to an Azure blob.

Its write modes, Error and Overwrite, and their default are those of the classic module. That had no
output; ours passes the dataset on, so that you can look at it. A file is written once the module
has succeeded. The module runs in every run, even if a kept result exists.

A blob has the address https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB, whose host and port the
node's `allow` must name. The key of the account, or a shared access signature (SAS), is a secret of
the node: name it in both places. In CSV and TSV, text is quoted.

Differs: databases are not written. Write a script with the database's client.
"""

import base64
import email.utils
import hashlib
import hmac
import http.client
import io
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Literal

import pandas as pd

#: For an answer to begin or to go on; the time limit of the run is for the whole.
_SECONDS = 60.0
_PORTS = {"http": 80, "https": 443}


def azureml_main(
    dataset: pd.DataFrame,
    *,
    file: str = "",
    address: str = "",
    authentication: Literal["Account key", "SAS"] = "Account key",
    secret: str = "",
    data_format: Literal["CSV", "TSV", "Parquet"] = "CSV",
    write_mode: Literal["Error", "Overwrite"] = "Error",
) -> pd.DataFrame:
    """Hand on the dataset that is written."""
    address = address.strip()
    if file.strip() and address:
        raise ValueError("Both a file and an address are given. Leave one of them empty.")
    if address:
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
