"""The host's end of a debugger: one editor on this machine, and the script's process."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studiolo.runs.debugging.dap_messages import DapError, DapReader, framed, harmless
from studiolo.sandbox.exchange.attachment import Attachment, Mode

_LOOPBACK = "127.0.0.1"
_PIECE = 1 << 16
#: Seconds for the other end to take a message in.
_SENDING = 30.0
#: Seconds between two looks at whether there is a script to debug any more.
_PAUSE = 0.2
#: What an editor asks for when it has told all of its breakpoints.
_BEGINS = "configurationDone"
#: The first word of the run, which is for us: it tells its working directory.
_READY = "studioloReady"
_LONGEST = 4096
_TERMINATED = {"seq": 0, "type": "event", "event": "terminated"}


class DebugLine(Attachment):
    """A line to a debugger, which listens for an editor on a port of this machine."""

    def __init__(self, debugger: Path, *, most_seconds: float, folder: Path | None) -> None:
        """Listen.

        Args:
            debugger: The folder of the debugger, as the run sees it.
            most_seconds: How long all of it may take. The script's own time limit leaves out the
                wait for the editor, and the time in which the script is stopped.
            folder: The script's folder on this machine, where an editor sets breakpoints. In the
                run it is a file of its working directory.
        """
        super().__init__(Mode.DEBUG)
        self.details = {"debugger": str(debugger)}
        self._folder = folder
        #: The run's working directory, and whether it has told that.
        self._directory = ""
        self._is_ready = threading.Event()
        self._began = time.perf_counter()
        self._most = most_seconds
        self._lock = threading.Lock()
        self._excused = 0.0
        self._excused_since: float | None = self._began
        self._over = threading.Event()
        self._listening = socket.create_server((_LOOPBACK, 0), backlog=1)
        #: Where an editor attaches.
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="studiolo-debug", daemon=True)
        self._thread.start()

    def deadline(self, usual: float) -> float:
        """The usual one, later by the time that does not count."""
        with self._lock:
            since = self._excused_since
            now = 0.0 if since is None else time.perf_counter() - since
            return min(usual + self._excused + now, self._began + self._most)

    def ended(self) -> None:
        """There is no process any more, so no editor is waited for."""
        super().ended()
        self._over.set()

    def close(self) -> None:
        """Let go of both ends."""
        self._over.set()
        with contextlib.suppress(OSError):
            self.host.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        super().close()

    def _serve(self) -> None:
        with self._listening:
            editor = self._editor()
        if editor is None:
            return
        with editor:
            editor.settimeout(_SENDING)
            back = threading.Thread(target=self._back, args=(editor,), daemon=True)
            back.start()
            self._pump(editor, self.host, self._from_editor)
            # The debugger lets the script go on when its editor is gone.
            self._count(excused=False)
            back.join()

    def _back(self, editor: socket.socket) -> None:
        """Pass on what comes from the script, and say when nothing more will."""
        self._pump(self.host, editor, self._from_script)
        with contextlib.suppress(OSError):
            editor.sendall(framed(_TERMINATED))
            editor.shutdown(socket.SHUT_RDWR)

    def _editor(self) -> socket.socket | None:
        self._listening.settimeout(_PAUSE)
        while not self._over.is_set():
            try:
                editor, address = self._listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return None
            if _is_own(address[1], self.port):
                return editor
            editor.close()
        return None

    def _pump(
        self,
        source: socket.socket,
        target: socket.socket,
        change: Callable[[dict[str, Any]], dict[str, Any] | None],
    ) -> None:
        """Pass on messages from one to the other until one of them is gone."""
        reader = DapReader()
        try:
            while piece := self._receive(source):
                for message in reader.feed(piece):
                    if (changed := change(message)) is not None:
                        target.sendall(framed(changed))
        except (OSError, DapError):
            pass
        finally:
            # The script's end, so that the other direction ends, too.
            with contextlib.suppress(OSError):
                self.host.shutdown(socket.SHUT_RDWR)

    def _receive(self, source: socket.socket) -> bytes:
        while True:
            try:
                return source.recv(_PIECE)
            except TimeoutError:
                if self._over.is_set():
                    return b""

    def _from_editor(self, message: dict[str, Any]) -> dict[str, Any]:
        command = message.get("command")
        if command == _BEGINS:
            self._count(excused=False)
        if command == "attach" and isinstance(message.get("arguments"), dict):
            message["arguments"]["pathMappings"] = self._mappings()
        return message

    def _mappings(self) -> list[dict[str, str]]:
        self._is_ready.wait(_SENDING)
        if self._folder is None:
            return []
        return [{"localRoot": str(self._folder), "remoteRoot": self._directory}]

    def _from_script(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if message.get("event") == _READY and not self._is_ready.is_set():
            self._directory = str(message.get("body"))[:_LONGEST]
            self._is_ready.set()
        passed = harmless(message)
        event = None if passed is None else passed.get("event")
        if event in {"stopped", "continued"}:
            self._count(excused=event == "stopped")
        return passed

    def _count(self, *, excused: bool) -> None:
        """From now on time counts for the script, or does not."""
        now = time.perf_counter()
        with self._lock:
            if self._excused_since is not None:
                self._excused += now - self._excused_since
            self._excused_since = now if excused else None


def _is_own(port: int, listening: int) -> bool:
    """Whether the process at a port of this machine, connected to ours, is of the same user.

    Root may be, too. Where the kernel does not say, it may not.
    """
    ends = (f"0100007F:{port:04X}", f"0100007F:{listening:04X}")
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/self/net/tcp").read_text(encoding="ascii").splitlines()
        for fields in (line.split() for line in lines[1:]):
            if (fields[1], fields[2]) == ends:
                return int(fields[7]) in {0, os.geteuid()}
    return False
