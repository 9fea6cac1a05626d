"""The consoles and debuggers that pages have open, which are only so many at a time."""

import threading
from collections.abc import Callable
from typing import TypeVar

from studiolo.store.run_record import Session
from studiolo.workspace.debugging.console_session import ConsoleSession
from studiolo.workspace.debugging.debug_session import DebugSession
from studiolo.workspace.debugging.errors import TooManySessionsError
from studiolo.workspace.debugging.node_jobs import NodeJob, node_job
from studiolo.workspace.workspace import Workspace

#: Each has a sandbox of its own, which may take as much memory as a run.
MOST_SESSIONS = 4
_Open = TypeVar("_Open", ConsoleSession, DebugSession)


class NodeSessions:
    """Sessions of one workspace. For any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._room = threading.Semaphore(MOST_SESSIONS)

    def console(
        self, name: str, node: str, *, on_text: Callable[[str], None], on_end: Callable[[], None]
    ) -> ConsoleSession:
        """A new console for a node of an experiment as it is now; `close` it.

        Raises:
            TooManySessionsError: There are too many.
            StudioloError: See `node_job`.
        """
        return self._opened(
            name,
            node,
            Session.CONSOLE,
            lambda job: ConsoleSession(job, on_text=on_text, on_end=on_end),
        )

    def debugger(
        self, name: str, node: str, *, on_text: Callable[[str], None], on_end: Callable[[], None]
    ) -> DebugSession:
        """A node's script that waits for an editor; raises as `console` does; `close` it."""
        return self._opened(
            name,
            node,
            Session.DEBUGGER,
            lambda job: DebugSession(job, on_text=on_text, on_end=on_end),
        )

    def close(self, session: ConsoleSession | DebugSession) -> None:
        """End one of them."""
        try:
            session.close()
        finally:
            self._room.release()

    def _opened(
        self, name: str, node: str, session: Session, opening: Callable[[NodeJob], _Open]
    ) -> _Open:
        if not self._room.acquire(blocking=False):
            raise TooManySessionsError(most=MOST_SESSIONS)
        try:
            workspace = self._workspace
            checked = workspace.checked(workspace.experiment_folder(name))
            return opening(node_job(workspace, checked, node, session=session))
        except BaseException:
            self._room.release()
            raise
