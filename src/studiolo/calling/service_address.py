"""One endpoint of a web service, as it is asked over HTTP."""

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from studiolo.calling.errors import ServiceRefusedError, ServiceUnreachableError


class ServiceAddress:
    """Where an endpoint is, and the key to it. For any number of threads."""

    def __init__(
        self, address: str, *, key: str, timeout: float, context: ssl.SSLContext | None
    ) -> None:
        #: Without a slash at its end.
        self.address = address
        parts = urlsplit(address)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path
        self._key = key
        self._timeout = timeout
        self._context = context

    def root(self) -> "ServiceAddress":
        """The same server without the endpoint's path, where links begin."""
        parts = urlsplit(self.address)
        return ServiceAddress(
            f"{parts.scheme}://{parts.netloc}",
            key=self._key,
            timeout=self._timeout,
            context=self._context,
        )

    @contextmanager
    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """The answer to a request, below the endpoint's address; it is to be read in the block.

        Raises:
            ServiceUnreachableError: No server answers, or it stops in the middle.
        """
        connection = self._connection()
        try:
            sent = {"Authorization": f"Bearer {self._key}", **(headers or {})}
            connection.request(method, self._path + path, body, sent)
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise ServiceUnreachableError(address=self.address, reason=reason) from error
        finally:
            connection.close()

    def document(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON that a request is answered with; None if there is none.

        Raises:
            ServiceUnreachableError: No server answers.
            ServiceRefusedError: It answers with an error.
        """
        with self.ask(method, path, body, headers) as answer:
            content = answer.read()
            if answer.status >= http.client.BAD_REQUEST:
                raise refused(answer.status, answer.headers, content)
            return json.loads(content) if content else None

    def _connection(self) -> http.client.HTTPConnection:
        if self._secure:
            context = self._context or ssl.create_default_context()
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout, context=context
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)


def refused(status: int, headers: http.client.HTTPMessage, answer: bytes) -> ServiceRefusedError:
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
