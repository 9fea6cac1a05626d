"""Addresses that a name must not lead to: the host itself, its neighbours, a cloud's own services.

The owner of a name decides which address it has. A run that may reach `data.example.com` may not
for that reason reach the machine that it runs on, so such addresses have to be allowed themselves.
"""

import ipaddress
from typing import Final

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Public by their numbers, but services of a cloud that each of its machines can ask.
_PLATFORMS: Final = frozenset({ipaddress.ip_address("168.63.129.16")})
#: IPv4 addresses as they are seen from a network without IPv4 (RFC 6052).
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def kind_of_private(address: IpAddress) -> str | None:
    """The kind of an address that is not public, for a sentence; None if it is."""
    inner = _inner(address)
    if inner is not None:
        return kind_of_private(inner)
    if address.is_loopback or address.is_unspecified:
        return "this machine"
    if address.is_link_local:
        return "a link-local address, as the metadata services of clouds have"
    if address in _PLATFORMS:
        return "a service of the cloud for its own machines"
    if address.is_multicast or not address.is_global:
        return "a private address"
    return None


def _inner(address: IpAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (None if teredo is None else teredo[1])
