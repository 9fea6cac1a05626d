"""Connections to blob storage that are made to the very address that was checked.

A name can mean one address when it is checked and a different one when it is used. So the name is
resolved once for each connection, and what it means is checked there, before anything is sent. The
request and the certificate still go by the name.
"""

import socket
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from azure.core.pipeline.transport import RequestsTransport
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.retry import Retry

from studiolo.workspace.jobs.blob_address import addresses_of

if TYPE_CHECKING:
    _Connection = HTTPConnection
else:
    _Connection = object

#: The transport's own, but for what this one does: Azure's client repeats and follows by itself.
_NO_RETRIES: Final = Retry(total=False, redirect=False, raise_on_status=False)


def checked_transport(allowed: Collection[str], **options: Any) -> RequestsTransport:
    """A transport for Azure's clients that connects only to what `addresses_of` allows.

    Args:
        allowed: Hosts, with a port or without, that are allowed though they are not public.
        **options: Those of the transport.
    """
    session = Session()
    # No proxies: what they would connect to, this can't check.
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(allowed))
    return RequestsTransport(session=session, **options)


class _Adapter(HTTPAdapter):
    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        super().__init__(max_retries=_NO_RETRIES)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        chosen = {"allowed": self._allowed}
        http = type("CheckedHTTPConnection", (_Checked, HTTPConnection), chosen)
        https = type("CheckedHTTPSConnection", (_Checked, HTTPSConnection), chosen)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("CheckedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("CheckedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
        }


class _Checked(_Connection):
    """A connection of urllib3's, which resolves its host by itself."""

    allowed: Collection[str]

    def _new_conn(self) -> socket.socket:
        name, port = self._dns_host, self.port or self.default_port
        numbers = addresses_of(name, port, allowed=self.allowed)
        try:
            for number in numbers[:-1]:
                self._dns_host = number
                try:
                    return super()._new_conn()
                except OSError:
                    # A host may have addresses of which only some can be reached from here.
                    continue
            self._dns_host = numbers[-1]
            return super()._new_conn()
        finally:
            self._dns_host = name
