"""The language servers of a studio: one for each session that uses one, as many as are allowed."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from studiolo.workspace.language.conversation import Conversation
from studiolo.workspace.language.errors import LanguageServersBusyError
from studiolo.workspace.language.language_server import LanguageServer
from studiolo.workspace.language.script_folder import ScriptContext, ScriptFolder, furnish

#: At the same time. Each takes 0.1 GB of memory.
MOST_SERVERS: Final = 6
#: Editors of one session at the same time.
MOST_CONVERSATIONS: Final = 8
#: Seconds that one is kept after its last editor was closed.
IDLE_SECONDS: Final = 300.0
#: What has a server load the library that every script uses.
_WARM_UP: Final = "import pandas as pd\npd.DataFrame()."


@dataclass
class _Session:
    server: LanguageServer
    conversations: set[Conversation] = field(default_factory=set)
    idle: threading.Timer | None = None


class LanguageServers:
    """For any number of threads."""

    def __init__(
        self,
        *,
        home: Path | None = None,
        most: int = MOST_SERVERS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Nothing starts before it is needed.

        Args:
            home: The folder of all environments, if not the usual one.
            most: As many at the same time.
            idle_seconds: Seconds that one is kept after its last editor was closed.
        """
        self._home = home
        self._most = most
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self._numbers = itertools.count(1)

    def warm_up(self, session: str, context: ScriptContext) -> None:
        """Start a session's language server, so that it is ready when a script is opened.

        Raises:
            LanguageServerError, LanguageServersBusyError: It can't be started.
        """
        conversation = self.converse(session, context, lambda _: None, lambda: None)
        conversation.rehearse(_WARM_UP, lambda: self.leave(session, conversation))

    def converse(
        self,
        session: str,
        context: ScriptContext,
        say: Callable[[str], None],
        ended: Callable[[], None],
    ) -> Conversation:
        """Begin a conversation about a script; `leave` ends it.

        Args:
            session: Whose language server answers.
            context: What is known about the script.
            say: Sends a message to the page, from any thread.
            ended: Told when the language server has ended, from any thread.

        Raises:
            LanguageServerError, LanguageServersBusyError: It can't be started.
        """
        with self._lock:
            found = self._session(session, context)
            if len(found.conversations) >= MOST_CONVERSATIONS:
                raise LanguageServersBusyError(most=MOST_CONVERSATIONS)
            folder = ScriptFolder(found.server.folder / str(next(self._numbers)), context)
            conversation = Conversation(found.server, folder, say)
            found.conversations.add(conversation)
            if found.idle is not None:
                found.idle.cancel()
                found.idle = None
        found.server.when_ended(ended)
        return conversation

    def leave(self, session: str, conversation: Conversation) -> None:
        """End a conversation."""
        conversation.close()
        with self._lock:
            found = self._sessions.get(session)
            if found is None or conversation not in found.conversations:
                return
            found.conversations.discard(conversation)
            if not found.conversations:
                found.idle = threading.Timer(self._idle_seconds, self._end_idle, (session, found))
                found.idle.daemon = True
                found.idle.start()

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            sessions = list(self._sessions.values())
            self._sessions.clear()
        for one in sessions:
            _end(one)

    def _session(self, name: str, context: ScriptContext) -> _Session:
        found = self._sessions.get(name)
        if found is not None and found.server.is_alive:
            return found
        if found is not None:
            del self._sessions[name]
            _end(found)
        self._make_room()
        made = _Session(LanguageServer(lambda root: furnish(root, context), home=self._home))
        self._sessions[name] = made
        return made

    def _make_room(self) -> None:
        if len(self._sessions) < self._most:
            return
        unused = [name for name, one in self._sessions.items() if not one.conversations]
        if not unused:
            raise LanguageServersBusyError(most=self._most)
        _end(self._sessions.pop(unused[0]))

    def _end_idle(self, name: str, session: _Session) -> None:
        with self._lock:
            if session.conversations or self._sessions.get(name) is not session:
                return
            del self._sessions[name]
        _end(session)


def _end(session: _Session) -> None:
    if session.idle is not None:
        session.idle.cancel()
    session.server.end()
