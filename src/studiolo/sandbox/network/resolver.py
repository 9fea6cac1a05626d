"""Where a target is: its allowance looked up, its name resolved once, each address checked."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from studiolo.experiments.allowance import Allowance, NetworkPlace, address_of
from studiolo.sandbox.network.addresses import kind_of_private
from studiolo.sandbox.network.guest_network import GuestNetwork

#: Seconds for which an answer holds; a script that makes many connections asks once.
_FRESH: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """The answer for a target: where to connect to, or why not."""

    #: The addresses to try, in order; none if there is a reason.
    places: Sequence[NetworkPlace] = ()
    #: Why there is nowhere to connect to: a sentence.
    reason: str = ""
    #: Whether the reason is that the run may not reach the target.
    refused: bool = False


class Resolver:
    """Answers where targets are, each name in a thread of its own while it is looked up.

    There are as many threads as there are allowed names, at most.
    """

    def __init__(
        self, network: GuestNetwork, deliver: Callable[[Callable[[], None]], None]
    ) -> None:
        """``deliver`` has a function called by the thread that asks."""
        self._network = network
        self._deliver = deliver
        self._known: dict[NetworkPlace, tuple[float, Whereabouts]] = {}
        self._waiting: dict[NetworkPlace, list[Callable[[Whereabouts], None]]] = {}

    def find(self, target: NetworkPlace, then: Callable[[Whereabouts], None]) -> None:
        """Call ``then`` with the answer, now or later, always in the thread that asks."""
        allowance = self._network.find(target)
        if allowance is None:
            then(_not_allowed(target))
        elif allowance.stand_in is not None:
            then(Whereabouts(places=[allowance.stand_in]))
        elif target.address is not None:
            then(Whereabouts(places=[target]))
        elif target in self._known and self._known[target][0] > time.monotonic():
            then(self._known[target][1])
        elif target in self._waiting:
            self._waiting[target].append(then)
        else:
            self._waiting[target] = [then]
            threading.Thread(
                target=self._look_up, args=[target], name="studiolo-names", daemon=True
            ).start()

    def _look_up(self, target: NetworkPlace) -> None:
        found = look_up(target, self._network.allowances)
        self._deliver(lambda: self._answer(target, found))

    def _answer(self, target: NetworkPlace, found: Whereabouts) -> None:
        self._known[target] = (time.monotonic() + _FRESH, found)
        for then in self._waiting.pop(target, ()):
            then(found)


def look_up(target: NetworkPlace, allowances: Sequence[Allowance]) -> Whereabouts:
    """Resolve a name, and leave out the addresses that it must not lead to."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        return Whereabouts(reason=f"{target.host} has no address: {said or error}.")
    allowed = {allowance.target for allowance in allowances}
    places, kinds = [], {}
    for number in dict.fromkeys(str(where[0]).partition("%")[0] for *_, where in found):
        address = address_of(number)
        place = NetworkPlace(host=number, port=target.port)
        kind = None if address is None else kind_of_private(address)
        # "localhost" names this machine itself.
        if kind is None or place in allowed or target.host == "localhost":
            places.append(place)
        else:
            kinds[number] = kind
    if places:
        return Whereabouts(places=places)
    number, kind = next(iter(kinds.items()))
    return Whereabouts(
        refused=True,
        reason=(
            f"{target.host} has the address {number}, which is {kind}. Such an address has to be "
            f"allowed itself: --allow {target}={NetworkPlace(host=number, port=target.port)}."
        ),
    )


def _not_allowed(target: NetworkPlace) -> Whereabouts:
    return Whereabouts(
        refused=True,
        reason=(
            f"This run may not reach {target}. To allow it, run with --allow {target}, or add "
            f'"{target}" to the node\'s `allow`.'
        ),
    )
