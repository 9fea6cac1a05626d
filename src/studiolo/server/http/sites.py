"""Which sites a browser may call this server from: from itself alone.

A page of another site can make a browser send requests to a server on its own machine or network.
Two things are looked at. By DNS rebinding the page's own name leads here: so the host that a
request asks for must be one of this server's, or an address, which no name server can make lead
elsewhere. And a browser says where a request comes from.
"""

import ipaddress
import re
from collections.abc import Collection

from starlette.datastructures import Headers

_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[^:\[\]@/?#\s]+)(?::(?P<port>\d{1,5}))?", re.ASCII)
_PORTS = {"http": "80", "https": "443"}
_FROM_HERE = ("same-origin", "none")


class Sites:
    """The names that this server is called by."""

    def __init__(self, hosts: Collection[str]) -> None:
        """``hosts`` are names without ports; localhost and addresses need no mention."""
        self._names = {"localhost", *(host.lower().rstrip(".") for host in hosts)}

    def is_host(self, headers: Headers) -> bool:
        """Whether a request asks for a host that is this server."""
        host = _host(headers)
        found = None if host is None else _HOST.fullmatch(host)
        if found is None:
            return False
        name = found["name"].lower().rstrip(".")
        return name in self._names or _is_address(name.strip("[]"))

    def comes_from_elsewhere(self, headers: Headers) -> bool:
        """Whether a browser sends a request for a page of another site.

        A link to here that a user follows is not such a request.
        """
        if headers.get("sec-fetch-site", "none").lower() not in _FROM_HERE:
            return headers.get("sec-fetch-dest") != "document" or "origin" in headers
        origin = headers.get("origin")
        if origin is None:
            return False
        scheme, _, host = origin.lower().partition("://")
        port = _PORTS.get(scheme, "")
        # Behind a proxy that ends TLS, the scheme is not known here.
        return _host(headers) not in (host, host.removesuffix(f":{port}"), f"{host}:{port}")


def _host(headers: Headers) -> str | None:
    hosts = headers.getlist("host")
    return hosts[0].strip().lower() if len(hosts) == 1 else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
