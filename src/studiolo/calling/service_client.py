"""One endpoint of a web service, as a Python program calls it."""

import asyncio
import http.client
import json
import ssl
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import pyarrow as pa

from studiolo.calling.errors import ServiceRefusedError, ServiceUnreachableError

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
                `/endpoints/ENDPOINT` behind it for another endpoint than `default`.
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
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = urlsplit(self._address).path + "/score"
        self._key = key
        self._timeout = timeout
        self._context = context

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
        path = self._path + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        status, headers, answer = self._post(path, body)
        if status != http.client.OK:
            raise _refused(status, headers, answer)
        return _read(answer)

    async def call_async(
        self, frame: "pd.DataFrame", *, output: str | None = None, **parameters: Any
    ) -> "pd.DataFrame":
        """As `call`, for a program that does other things meanwhile."""
        return await asyncio.to_thread(self.call, frame, output=output, **parameters)

    def _post(self, path: str, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": _ARROW,
            "Accept": f"{_ARROW}, application/json",
        }
        if self._secure:
            context = self._context or ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout, context=context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise ServiceUnreachableError(address=self._address, reason=reason) from error
        finally:
            connection.close()


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


def _refused(status: int, headers: http.client.HTTPMessage, answer: bytes) -> ServiceRefusedError:
    """The server's own words for what is wrong."""
    try:
        error = json.loads(answer)["error"]
        outer = str(error["code"])
        problems = [str(detail["message"]) for detail in error["details"]]
    except (ValueError, KeyError, TypeError):
        # Not from Studiolo: a proxy before it, perhaps.
        outer, problems = http.client.responses.get(status, "Error"), ["It did not say why."]
    after = headers.get("Retry-After", "")
    return ServiceRefusedError(
        status=status,
        outer=outer,
        problems=problems,
        retry_after=float(after) if after.isdecimal() else None,
    )
