"""Who may use the studio: people by a session in a cookie, programs by the server's token.

The token is in a file of the server's folder that its owner alone can read. `studiolo serve` prints
a link with it, as Jupyter does. A browser that follows the link gets a session of its own.
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final

from studiolo.files.whole_file import replacing
from studiolo.server.access.secret_file import secret_in

TOKEN_FILE: Final = "token"  # noqa: S105  # the name of a file
SESSIONS_FILE: Final = "sessions.json"
#: Seconds that a session lasts.
SESSION_SECONDS: Final = 30 * 24 * 3600
#: Sessions at the same time; the oldest makes room for a new one.
MOST_SESSIONS: Final = 100
#: Characters of a token that are looked at; no right one is longer.
_LONGEST: Final = 200


class Sessions:
    """The token of a server, and the sessions of people who have signed in. For many threads.

    Sessions survive a restart of the server: a file has their digests and when each of them ends.
    """

    def __init__(self, folder: Path) -> None:
        """Read the token and the sessions; ``folder`` is the server's, and is made if missing."""
        self.token = secret_in(folder, TOKEN_FILE)
        #: Cookies know nothing of ports: servers of other workspaces have a different name.
        self.cookie = f"studiolo_{hashlib.sha256(self.token.encode()).hexdigest()[:12]}"
        self._file = folder / SESSIONS_FILE
        self._lock = threading.Lock()
        self._ends = _read(self._file)

    def is_token(self, presented: str) -> bool:
        """Whether this is the token, found in the same time for each wrong one."""
        return hmac.compare_digest(_digest(presented[:_LONGEST]), _digest(self.token))

    def begin(self) -> str:
        """A new session: the value of its cookie."""
        value = secrets.token_urlsafe(32)
        now = time.time()
        with self._lock:
            left = {digest: end for digest, end in self._ends.items() if end > now}
            newest = sorted(left.items(), key=lambda one: one[1])[-(MOST_SESSIONS - 1) :]
            self._ends = {**dict(newest), _digest(value): now + SESSION_SECONDS}
            self._write()
        return value

    def is_open(self, cookies: str) -> bool:
        """Whether the cookies of a request name a session that has not ended."""
        end = self._ends.get(_digest(self._value(cookies)))
        return end is not None and end > time.time()

    def key(self, cookies: str) -> str:
        """The name of the session that these cookies name; it opens nothing."""
        return _digest(self._value(cookies))

    def end(self, cookies: str) -> None:
        """End the session that these cookies name, if there is one."""
        with self._lock:
            if self._ends.pop(_digest(self._value(cookies)), None) is not None:
                self._write()

    def _value(self, cookies: str) -> str:
        try:
            found = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return ""
        return "" if found is None else found.value[:_LONGEST]

    def _write(self) -> None:
        with replacing(self._file) as sink:
            sink.write(json.dumps(self._ends).encode())
        self._file.chmod(0o600)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _read(file: Path) -> dict[str, float]:
    """The sessions of a file; none if it is missing or damaged, and people sign in again."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, Mapping):
        return {}
    return {
        digest: float(end)
        for digest, end in found.items()
        if isinstance(digest, str) and isinstance(end, int | float)
    }
