"""One endpoint of a web service, as a Python program calls it."""

import asyncio
import http.client
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import pyarrow as pa

from studiolo.calling.service_address import ServiceAddress, refused
from studiolo.calling.service_batch import BatchState, ServiceBatch

if TYPE_CHECKING:
    import pandas as pd

_ARROW: Final = "application/vnd.apache.arrow.stream"


class ServiceClient:
    """Calls one endpoint of a web service.

    Any number of threads may call at once: each call has a connection of its own.
    """

    def __init__(
        self,
        address: str,
        *,
        key: str,
        timeout: float = 100.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Know where the endpoint is; nothing is sent yet.

        Args:
            address: That of the service's help page, `http://HOST:PORT/services/NAME`, with
                `/endpoints/ENDPOINT` behind it for an endpoint that is not `default`.
            key: One of the endpoint's two keys.
            timeout: Seconds in which the server has to go on answering.
            context: How certificates are checked, for `https`.

        Raises:
            ValueError: The address is not one of a web service.
        """
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{address} is not an address such as http://HOST:PORT/services/NAME")
        self._address = address.rstrip("/").removesuffix("/score")
        self._endpoint = ServiceAddress(self._address, key=key, timeout=timeout, context=context)

    def __repr__(self) -> str:
        return f"ServiceClient({self._address!r})"

    def call(
        self, frame: "pd.DataFrame", *, output: str | None = None, **parameters: Any
    ) -> "pd.DataFrame":
        """Have the rows of a frame scored.

        Args:
            frame: The rows of the service's only input; its columns may be in any order.
            output: Which output to get, where the service has several.
            **parameters: Web-service parameters; what has blanks in its name goes into a dict:
                `client.call(frame, **{"Random seed": 7})`.

        Raises:
            ServiceUnreachableError: No server answers.
            ServiceRefusedError: The request does not fit, the key is wrong, or scoring failed.
            FrameUnsuitableError: A column of the frame holds what no dataset can.
        """
        body = _written(frame)
        query = {name: _text(value) for name, value in parameters.items()}
        if output is not None:
            query["output"] = output
        path = "/score" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        status, headers, answer = self._post(path, body)
        if status != http.client.OK:
            raise refused(status, headers, answer)
        return _read(answer)

    async def call_async(
        self, frame: "pd.DataFrame", *, output: str | None = None, **parameters: Any
    ) -> "pd.DataFrame":
        """As `call`, for a program that does other things meanwhile."""
        return await asyncio.to_thread(self.call, frame, output=output, **parameters)

    def batch(
        self,
        source: str | Path,
        target: str | Path,
        *,
        on_progress: Callable[[BatchState], None] = lambda _: None,
        **parameters: Any,
    ) -> None:
        """Have a whole file scored by a batch job of the server.

        The result is written whole or not at all. A file goes on being sent after a lost
        connection. If this program is killed or interrupted, the same call later sends the rest, or
        finds the job, which goes on meanwhile, by a small file beside the target.

        Args:
            source: A dataset file, for the service's only input.
            target: The file for the service's first output, in the format of its extension.
            on_progress: Told how far the job is.
            **parameters: Web-service parameters; see `call`.

        Raises:
            ServiceUnreachableError: No server answers.
            ServiceRefusedError: The key is wrong, or the job does not fit the service.
            ServiceBatchFailedError: The job failed, or was cancelled; says why.
            OSError: A file can't be read or written.
        """
        given = {name: _text(value) for name, value in parameters.items()}
        ServiceBatch(
            self._endpoint, Path(source), Path(target), parameters=given, on_progress=on_progress
        ).run()

    def _post(self, path: str, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
        headers = {"Content-Type": _ARROW, "Accept": f"{_ARROW}, application/json"}
        with self._endpoint.ask("POST", path, body, headers) as answer:
            return answer.status, answer.headers, answer.read()


def client(address: str, *, key: str, timeout: float = 100.0) -> ServiceClient:
    """A client of one endpoint of a web service; see `ServiceClient`."""
    return ServiceClient(address, key=key, timeout=timeout)


def _written(frame: "pd.DataFrame") -> bytes:
    """The frame as an Arrow stream, in the types that Studiolo has for a dataset."""
    # Here and not above: it loads pandas.
    from studiolo.runs.frames import table_of  # noqa: PLC0415

    table = table_of(frame, log=lambda _: None)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _read(answer: bytes) -> "pd.DataFrame":
    # Likewise.
    from studiolo.runs.frames import frame_of  # noqa: PLC0415

    with pa.ipc.open_stream(answer) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return frame_of(table)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
