"""A question of a run: whether it may reach a target. The answer is a reason, or an empty line.

It is asked so that a script gets an error that says what is wrong. A run that does not ask reaches
no more than one that does.
"""

import contextlib
import selectors
import socket
from collections.abc import Callable
from typing import Final

from studiolo.experiments.allowance import NetworkPlace, parse_allowance
from studiolo.sandbox.network.resolver import Whereabouts

#: The longest name, a port and what is between them.
_LONGEST: Final = 400


class Question:
    """One question, until it is answered. Belongs to the proxy's thread."""

    def __init__(
        self,
        client: socket.socket,
        *,
        selector: selectors.BaseSelector,
        find: Callable[[NetworkPlace, Callable[[Whereabouts], None]], None],
        note: Callable[[NetworkPlace, str, bool], None],
        when_over: Callable[["Question"], None],
    ) -> None:
        self._client = client
        self._selector = selector
        self._find = find
        self._note = note
        self._when_over = when_over
        self._asked = b""
        self._over = False
        selector.register(client, selectors.EVENT_READ, self._read)

    def close(self) -> None:
        """End it, answered or not."""
        if self._over:
            return
        self._over = True
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(self._client)
        self._client.close()
        self._when_over(self)

    def _read(self) -> None:
        try:
            more = self._client.recv(_LONGEST)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        self._asked += more
        if not more or len(self._asked) > _LONGEST:
            self.close()
        elif b"\n" in self._asked:
            self._selector.unregister(self._client)
            target = _target_of(self._asked)
            if target is None:
                self._answer("This is not the name of a host and a port.")
            else:
                self._find(target, lambda found: self._answer_for(target, found))

    def _answer_for(self, target: NetworkPlace, found: Whereabouts) -> None:
        if found.reason and not self._over:
            self._note(target, found.reason, not found.refused)
        self._answer(found.reason)

    def _answer(self, reason: str) -> None:
        # It fits the empty buffer of a new connection.
        with contextlib.suppress(OSError):
            self._client.send(f"{reason}\n".encode())
        self.close()


def _target_of(asked: bytes) -> NetworkPlace | None:
    host, _, port = asked.partition(b"\n")[0].decode("ascii", "replace").rpartition(" ")
    try:
        return parse_allowance(f"[{host}]:{port}" if ":" in host else f"{host}:{port}").target
    except ValueError:
        return None
