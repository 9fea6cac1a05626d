"""The network of a request, as the access log has it."""

from collections.abc import Mapping, Sequence
from typing import Any

from studiolo.experiments.allowance import NetworkPlace
from studiolo.sandbox.network.traffic import NetworkConnection


def network_note(connections: Sequence[NetworkConnection]) -> Mapping[str, Any]:
    """The targets that a request reached, each with its connections and bytes; nothing if none.

    Those that were refused are only counted. A script chooses their names, and the access log has
    nothing in it that callers sent.
    """
    reached: dict[str, dict[str, int]] = {}
    for one in connections:
        if one.allowed:
            target = str(NetworkPlace(host=one.host, port=one.port))
            sums = reached.setdefault(target, {"connections": 0, "sent": 0, "received": 0})
            sums["connections"] += 1
            sums["sent"] += one.sent
            sums["received"] += one.received
    refused = sum(not one.allowed for one in connections)
    return {
        **({"network": reached} if reached else {}),
        **({"network_refused": refused} if refused else {}),
    }
