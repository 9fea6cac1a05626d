"""The connections of a run: the lines of its log that say what it talked to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

#: Of one run. A script can make as many connections as it likes; further ones are only counted.
MOST_CONNECTIONS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class NetworkConnection:
    """One connection of a run, or an attempt at one."""

    #: When it began, in UTC.
    at: datetime
    host: str
    port: int
    #: Bytes from the script and to it.
    sent: int = 0
    received: int = 0
    #: Whether the run may reach the target.
    allowed: bool = True
    #: Why there was no connection, a sentence; empty if there was one.
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """The connection as it is recorded."""
        return {**asdict(self), "at": self.at.isoformat()}

    @staticmethod
    def from_json(recorded: Mapping[str, Any]) -> "NetworkConnection":
        """The connection that was recorded."""
        return NetworkConnection(**{**recorded, "at": datetime.fromisoformat(recorded["at"])})


class Traffic:
    """The connections of a run as they come. Belongs to one thread until the run is over."""

    def __init__(self) -> None:
        self._connections: list[NetworkConnection] = []
        self._left_out = 0

    def begin(self, host: str, port: int, *, allowed: bool = True, problem: str = "") -> int | None:
        """Note a connection; its place for `end`, None if only its number is kept."""
        if len(self._connections) == MOST_CONNECTIONS:
            self._left_out += 1
            return None
        self._connections.append(
            NetworkConnection(
                at=datetime.now(UTC), host=host, port=port, allowed=allowed, problem=problem
            )
        )
        return len(self._connections) - 1

    def end(
        self,
        place: int | None,
        *,
        sent: int = 0,
        received: int = 0,
        allowed: bool = True,
        problem: str = "",
    ) -> None:
        """Note how a connection ended."""
        if place is not None:
            self._connections[place] = replace(
                self._connections[place],
                sent=sent,
                received=received,
                allowed=allowed,
                problem=problem,
            )

    @property
    def remarks(self) -> list[str]:
        """The sentence that says how many are not listed, if there are such."""
        if not self._left_out:
            return []
        return [f"{self._left_out:,} more connections are not listed; {MOST_CONNECTIONS:,} are."]

    @property
    def connections(self) -> tuple[NetworkConnection, ...]:
        """The connections in the order in which they began."""
        return tuple(self._connections)
