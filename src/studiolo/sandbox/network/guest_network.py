"""The network that a run sees: an address for each allowed name, and the proxy behind all of them.

Names are in the run's `/etc/hosts`, so that every client finds them, whatever language it is
written in. The address of a connection tells the proxy which name was meant.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from studiolo.experiments.allowance import Allowance, NetworkPlace

#: The first address of names: a part of the loopback network that programs do not use.
_FIRST: Final = int(ipaddress.IPv4Address("127.77.0.1"))
_LOOPBACK: Final = "127.0.0.1"
_LOCALHOST: Final = "localhost"
_ANYWHERE: Final = "0.0.0.0"  # noqa: S104  # of the run's own network namespace


@dataclass(frozen=True, kw_only=True)
class GuestNetwork:
    """The network of the runs of one sandbox."""

    allowances: Sequence[Allowance]
    #: The addresses of names, as the run sees them.
    addresses: Mapping[str, str]

    @staticmethod
    def of(allowances: Sequence[Allowance]) -> "GuestNetwork":
        """The network in which exactly these targets can be reached."""
        names = [a.target.host for a in allowances if a.target.address is None]
        found: dict[str, str] = {}
        for name in dict.fromkeys(names):
            known = (
                _LOOPBACK if name == _LOCALHOST else str(ipaddress.IPv4Address(_FIRST + len(found)))
            )
            found[name] = known
        return GuestNetwork(allowances=tuple(allowances), addresses=found)

    @property
    def hosts_file(self) -> str:
        """The lines of `/etc/hosts` for the names."""
        named = [(address, name) for name, address in self.addresses.items() if name != _LOCALHOST]
        return "".join(f"{address} {name}\n" for address, name in named)

    @property
    def door(self) -> int:
        """The port at which a run asks whether it may reach a target, and why not."""
        taken = {allowance.target.port for allowance in self.allowances}
        return next(port for port in range(1, len(taken) + 2) if port not in taken)

    @property
    def listeners(self) -> Sequence[tuple[str, int]]:
        """Where the proxy listens in the run's network: first at the door."""
        ports = sorted({a.target.port for a in self.allowances})
        wide = [(str(a), p) for a, p in self._literal if isinstance(a, ipaddress.IPv6Address)]
        return [(_LOOPBACK, self.door), *((_ANYWHERE, port) for port in ports), *wide]

    @property
    def message(self) -> Mapping[str, Any]:
        """The network as the guest sets it up."""
        outside = {a for a, _ in self._literal if not a.is_loopback}
        return {
            "addresses": sorted(str(address) for address in outside),
            "listeners": [list(place) for place in self.listeners],
            "door": self.door,
        }

    def meant_by(self, address: str, port: int) -> NetworkPlace:
        """The target of a connection to an address of the run's network."""
        names = {known: name for name, known in self.addresses.items()}
        name = names.get(address, address)
        if name == _LOCALHOST and self.find(NetworkPlace(host=name, port=port)) is None:
            name = _LOOPBACK
        return NetworkPlace(host=name, port=port)

    def find(self, target: NetworkPlace) -> Allowance | None:
        """The allowance of a target, if it has one."""
        meant = [target]
        if target.host == _LOOPBACK:
            # Inside, the two can't be told apart.
            meant.append(NetworkPlace(host=_LOCALHOST, port=target.port))
        return next((a for a in self.allowances if a.target in meant), None)

    @property
    def _literal(self) -> Sequence[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]]:
        found = [(a.target.address, a.target.port) for a in self.allowances]
        return [(address, port) for address, port in found if address is not None]
