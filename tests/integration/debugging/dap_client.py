"""A small editor: a client of the Debug Adapter Protocol."""

import json
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self


class DapClient:
    """An editor that is attached to a debugger."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._stream = self._socket.makefile("rwb")
        self._number = 0
        #: All messages so far.
        self.seen: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stream.close()
        self._socket.close()

    def begin(self, path: str, *lines: int) -> list[dict[str, Any]]:
        """Attach with breakpoints at these lines of a file; the breakpoints."""
        self.ask("initialize", adapterID="debugpy", pathFormat="path")
        self._send("attach", {"justMyCode": True})
        self.event("initialized")
        points = self.ask(
            "setBreakpoints", source={"path": path}, breakpoints=[{"line": line} for line in lines]
        )["breakpoints"]
        self.ask("configurationDone")
        found: list[dict[str, Any]] = points
        return found

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a request; the body of the answer."""
        number = self._send(command, arguments)
        answer = self._until(lambda m: m.get("request_seq") == number)
        assert answer["success"], answer
        body: dict[str, Any] = answer.get("body", {})
        return body

    def event(self, name: str) -> dict[str, Any]:
        """Wait for an event; its body."""
        body: dict[str, Any] = self._until(lambda m: m.get("event") == name).get("body", {})
        return body

    def stopped_at(self) -> dict[str, Any]:
        """Wait until the script is stopped; the innermost frame."""
        thread = self.event("stopped")["threadId"]
        frame: dict[str, Any] = self.ask("stackTrace", threadId=thread)["stackFrames"][0]
        return {**frame, "thread": thread}

    def variables(self, frame: int) -> dict[str, str]:
        """The local variables of a frame, as text."""
        scope = self.ask("scopes", frameId=frame)["scopes"][0]["variablesReference"]
        found = self.ask("variables", variablesReference=scope)["variables"]
        return {variable["name"]: variable["value"] for variable in found}

    def _send(self, command: str, arguments: dict[str, Any]) -> int:
        self._number += 1
        message = {
            "seq": self._number,
            "type": "request",
            "command": command,
            "arguments": arguments,
        }
        content = json.dumps(message).encode()
        self._stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        self._stream.flush()
        return self._number

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            head = self._stream.readline()
            assert head, f"the debugger is gone; the last messages: {self.seen[-5:]}"
            while self._stream.readline().strip():
                continue
            message: dict[str, Any] = json.loads(self._stream.read(int(head.split(b":")[1])))
            self.seen.append(message)
            if wanted(message):
                return message
