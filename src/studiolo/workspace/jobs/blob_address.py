"""Which addresses a server may ask for blobs: those of storage accounts, and none of its own net.

Callers name the address. Without a check they could have the server ask its own machine, the
machines beside it, or a cloud's metadata service, for things that they can't ask for themselves.
"""

import ipaddress
import socket
from collections.abc import Collection, Sequence
from typing import Final
from urllib.parse import urlsplit

from studiolo.workspace.jobs.errors import BlobError

#: Public by its number, but the service of Azure that each of its machines can ask.
_AZURE_PLATFORM: Final = ipaddress.ip_address("168.63.129.16")
_PORTS: Final = {"http": 80, "https": 443}


def check_blob_address(address: str, *, allowed: Collection[str]) -> None:
    """See whether a blob may be asked for at an address.

    Args:
        address: Its URL.
        allowed: Hosts, with a port or without, that are allowed though they are not public.

    Raises:
        BlobError: It may not.
    """
    shown = address.partition("?")[0]
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BlobError(blob=shown, problem="has an address that can't be read.") from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise BlobError(blob=shown, problem="has no address that begins with https://HOST.")
    addresses_of(host, port or _PORTS[parts.scheme], allowed=allowed, shown=shown)


def addresses_of(
    host: str, port: int, *, allowed: Collection[str], shown: str | None = None
) -> Sequence[str]:
    """The numbers of a host that may be asked for blobs, as its name is resolved now.

    Args:
        host: The host.
        port: The port.
        allowed: Hosts, with a port or without, that are allowed though they are not public.
        shown: What an error calls the blob; the host if not given.

    Raises:
        BlobError: One of them may not be asked, or there is none.
    """
    shown = shown or f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BlobError(blob=shown, problem=f"is on an unknown host: {host}.") from error
    numbers = list(dict.fromkeys(str(number) for *_, (number, *_) in found))
    if host not in allowed and f"{host}:{port}" not in allowed:
        for number in numbers:
            _check(number, host=host, shown=shown)
    return numbers


def _check(number: str, *, host: str, shown: str) -> None:
    where = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(where, "ipv4_mapped", None) or where
    if not mapped.is_global or mapped.is_multicast or mapped == _AZURE_PLATFORM:
        problem = (
            "is on a host that is not public, which callers can't have this server ask. If it is "
            f'your storage, name "{host}" in blob_hosts of [server] in studiolo.toml.'
        )
        raise BlobError(blob=shown, problem=problem)
