"""The network of a request in the access log."""

from datetime import UTC, datetime

from studiolo.sandbox.network.traffic import NetworkConnection
from studiolo.server.scoring.network_note import network_note


def connection(host: str, *, allowed: bool = True, received: int = 0) -> NetworkConnection:
    return NetworkConnection(
        at=datetime.now(UTC), host=host, port=5432, allowed=allowed, sent=10, received=received
    )


def test_what_was_reached_is_summed_up_and_refused_names_are_not_there() -> None:
    reached = [connection("db.example.com", received=20), connection("db.example.com")]
    refused = connection("ada-lovelace.example.com", allowed=False)
    assert network_note([*reached, refused]) == {
        "network": {"db.example.com:5432": {"connections": 2, "sent": 20, "received": 20}},
        "network_refused": 1,
    }
    assert network_note([]) == {}
