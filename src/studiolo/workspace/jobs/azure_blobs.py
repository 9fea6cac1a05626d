"""Blobs in Azure's storage, read and written with its own client library."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from studiolo.files.whole_file import replacing
from studiolo.workspace.jobs.blob_address import check_blob_address
from studiolo.workspace.jobs.errors import AzureMissingError, BlobError
from studiolo.workspace.jobs.job_files import LARGEST
from studiolo.workspace.jobs.job_request import AzureBlob

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient

#: A blob is asked for where its address says, and nowhere else.
_OPTIONS: Final[dict[str, Any]] = {"retry_total": 3, "permit_redirects": False}
#: Seconds.
_TIMEOUTS: Final[dict[str, Any]] = {"connection_timeout": 20, "read_timeout": 60}
_LINK: Final = timedelta(days=7)


class AzureBlobs:
    """Reads and writes blobs. For any number of threads."""

    def __init__(self, allowed: Collection[str]) -> None:
        """``allowed`` are hosts that are asked though they are not public."""
        self._allowed = allowed

    def check(self, blob: AzureBlob) -> None:
        """See whether a blob can be asked for; nothing is sent to it.

        Raises:
            AzureMissingError: The client library is not installed.
            BlobError: The connection string can't be read, or the host is not to be asked.
        """
        self._client(blob).close()

    def fetch(self, blob: AzureBlob, path: Path, cancelled: threading.Event) -> None:
        """Copy a blob into a file, whole or not at all; stops soon after ``cancelled`` is set.

        Raises:
            BlobError: It can't be read, or is too large.
            OSError: The file can't be written.
        """
        with self._client(blob) as client, _errors(blob), replacing(path) as sink:
            stream = client.download_blob(max_concurrency=1)
            if stream.size > LARGEST:
                raise BlobError(blob=blob.address, problem=f"has more than {LARGEST:,} bytes.")
            for piece in stream.chunks():
                if cancelled.is_set():
                    raise BlobError(blob=blob.address, problem="is not needed any more.")
                sink.write(piece)

    def put(self, path: Path, blob: AzureBlob) -> str:
        """Make a blob of a file: it is there once all of it is.

        Returns:
            The query that makes its address a link for reading it; empty where the caller's own
            signature is all that is known.

        Raises:
            BlobError: It can't be written.
        """
        with self._client(blob) as client, _errors(blob), path.open("rb") as source:
            size = path.stat().st_size
            client.upload_blob(source, length=size, overwrite=True, max_concurrency=1)
            return _link(client)

    def address(self, blob: AzureBlob) -> str:
        """The whole address of a blob, without what opens it."""
        with self._client(blob) as client:
            return client.url.partition("?")[0]

    def _client(self, blob: AzureBlob) -> "BlobClient":
        try:
            # Here and not above: it is an extra, and takes long to load.
            from azure.storage.blob import BlobClient  # noqa: PLC0415

            from studiolo.workspace.jobs.checked_connections import (  # noqa: PLC0415
                checked_transport,
            )
        except ImportError as error:
            raise AzureMissingError from error
        options = {**_OPTIONS, "transport": checked_transport(self._allowed, **_TIMEOUTS)}
        try:
            if blob.connection_string:
                container, _, name = blob.address.partition("/")
                client = BlobClient.from_connection_string(
                    blob.connection_string, container, name, **options
                )
            else:
                signed = f"{blob.address}?{blob.signature.removeprefix('?')}"
                client = BlobClient.from_blob_url(signed, **options)
        except (ValueError, AttributeError, TypeError) as error:
            # What it says may repeat the key.
            problem = "has a connection string or an address that can't be read."
            raise BlobError(blob=blob.address, problem=problem) from error
        check_blob_address(client.url, allowed=self._allowed)
        return client


def _link(client: "BlobClient") -> str:
    """A signature for reading a blob, where the account's key is known."""
    from azure.storage.blob import BlobSasPermissions, generate_blob_sas  # noqa: PLC0415

    key = getattr(client.credential, "account_key", None)
    if not key or client.account_name is None:
        return ""
    token: str = generate_blob_sas(
        client.account_name,
        client.container_name,
        client.blob_name,
        account_key=key,
        permission=BlobSasPermissions(read=True),
        expiry=datetime.now(UTC) + _LINK,
    )
    return f"?{token}"


@contextmanager
def _errors(blob: AzureBlob) -> Iterator[None]:
    from azure.core.exceptions import AzureError, HttpResponseError  # noqa: PLC0415

    try:
        yield
    except HttpResponseError as error:
        # Its own text may have the signed address in it.
        said = getattr(error, "error_code", None) or error.reason or "it did not say why"
        problem = f"can't be used: its storage answered {error.status_code} ({said})."
        raise BlobError(blob=blob.address, problem=problem) from error
    except AzureError as error:
        problem = f"can't be reached ({type(error).__name__})."
        raise BlobError(blob=blob.address, problem=problem) from error
