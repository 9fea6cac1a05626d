"""A target in the network that a run may reach, as people write it: `db.example.com:5432`."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: A name in the form of the domain name system (RFC 1123), also of a single label.
_LABEL: Final = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)
_LONGEST_NAME: Final = 253
_PLACE: Final = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<plain>[^:\[\]]*)):(?P<port>[0-9]+)")
_HIGHEST_PORT: Final = 65_535
#: For one run; each name has an address of its own inside the sandbox.
MOST_ALLOWANCES: Final = 100


@dataclass(frozen=True, kw_only=True, order=True)
class NetworkPlace:
    """A host and a port of it."""

    #: A name in lower case, or an address in its usual form.
    host: str
    port: int

    @property
    def address(self) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
        """The host as an address; None if it is a name."""
        return address_of(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True, order=True)
class Allowance:
    """A target that a run may reach."""

    target: NetworkPlace
    #: The place that connections to the target go to instead; its host is an address.
    stand_in: NetworkPlace | None = None

    def __str__(self) -> str:
        return str(self.target) if self.stand_in is None else f"{self.target}={self.stand_in}"


def parse_allowance(text: str) -> Allowance:
    """`db.example.com:5432`, or `db.example.com:5432=127.0.0.1:15432` with a stand-in.

    Raises:
        ValueError: It is neither; its message is a sentence for the user.
    """
    left, equals, right = text.strip().partition("=")
    target = _place(left, text)
    if not equals:
        return Allowance(target=target)
    stand_in = _place(right, text)
    if stand_in.address is None:
        raise ValueError(
            f'"{text}" has the name "{stand_in.host}" after "=". A stand-in is an address and a '
            "port, such as 127.0.0.1:10000."
        )
    return Allowance(target=target, stand_in=stand_in)


def merged(*lists: Iterable[Allowance]) -> tuple[Allowance, ...]:
    """The allowances of all lists, in order, one for each target; later lists win."""
    found: dict[NetworkPlace, Allowance] = {}
    for allowances in lists:
        found |= {allowance.target: allowance for allowance in allowances}
    return tuple(sorted(found.values(), key=str))


def too_many(allowances: Sequence[Allowance]) -> str | None:
    """The sentence that says so, if there are more than one run can have."""
    if len(allowances) <= MOST_ALLOWANCES:
        return None
    return (
        f"{len(allowances)} targets are allowed, and one run can have {MOST_ALLOWANCES}. Allow "
        "each node what it needs."
    )


def address_of(host: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    """The address that a text is; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _place(text: str, whole: str) -> NetworkPlace:
    match = _PLACE.fullmatch(text.strip())
    if match is None:
        raise ValueError(_not_a_place(whole))
    host, port = match["bracketed"] or match["plain"] or "", int(match["port"][:6])
    if not 0 < port <= _HIGHEST_PORT:
        raise ValueError(f'"{whole}" has the port {match["port"]}. Ports are 1 to {_HIGHEST_PORT}.')
    address = address_of(host)
    if address is not None:
        if address.is_unspecified or address.is_multicast:
            raise ValueError(f'"{whole}" has an address that stands for many. Name a single one.')
        return NetworkPlace(host=str(address), port=port)
    name = _ascii(host).rstrip(".")
    if "*" in name:
        raise ValueError(f'"{whole}" has a "*". Name each host that the script needs.')
    if not name or len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise ValueError(_not_a_place(whole))
    if name.rpartition(".")[2].isdigit():
        # Systems take such names for addresses, each in its own way.
        raise ValueError(f'"{whole}" has neither a name nor a whole address before its port.')
    return NetworkPlace(host=name, port=port)


def _ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return host.lower()


def _not_a_place(text: str) -> str:
    return (
        f'"{text}" is not a host and a port. Write HOST:PORT without a scheme or a path, such as '
        "api.example.com:443, and an IPv6 address in brackets."
    )
