"""A conversation of an open editor with a language server, about one script.

What a page sends is not passed on. Of the Language Server Protocol it may use what is needed to
type a script, and each message to the server is made here, of text and of positions in it.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from studiolo.workspace.language import answers
from studiolo.workspace.language.classic_signature import Position, SeenScript, seen_by_server
from studiolo.workspace.language.errors import ConversationError
from studiolo.workspace.language.language_server import LanguageServer
from studiolo.workspace.language.script_folder import ScriptFolder

#: Characters of a script that is helped with.
LONGEST_SCRIPT: Final = 400_000
#: Requests of one editor that wait for an answer.
_MOST_WAITING: Final = 32
#: Messages at once, and each second. A key that is held down sends sixty a second.
_AT_ONCE: Final = 400.0
_A_SECOND: Final = 100.0
_METHOD_UNKNOWN: Final = -32601
_CONTENT_MODIFIED: Final = -32801
#: Its own words to a page; positions in UTF-16, and each change sends the whole text.
_CAPABILITIES: Final[Mapping[str, Any]] = {
    "positionEncoding": "utf-16",
    "textDocumentSync": {"openClose": True, "change": 1},
    "completionProvider": {"triggerCharacters": [".", "'", '"']},
    "hoverProvider": True,
    "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
}
_ANSWERS: Final[Mapping[str, Callable[[Any, SeenScript], object]]] = {
    "textDocument/completion": answers.completion,
    "textDocument/hover": answers.hover,
    "textDocument/signatureHelp": lambda found, _: answers.signatures(found),
}
#: The name of the script for its page.
PAGE_URI: Final = "file:///script.py"


@dataclass
class _Allowance:
    """The messages that a page may still send now."""

    left: float = _AT_ONCE
    since: float = 0.0

    def takes(self, now: float) -> bool:
        self.left = min(_AT_ONCE, self.left + (now - self.since) * _A_SECOND)
        self.since = now
        self.left -= 1
        return self.left >= 0


class Conversation:
    """One editor's. `take` is called by one thread at a time."""

    def __init__(
        self, server: LanguageServer, folder: ScriptFolder, say: Callable[[str], None]
    ) -> None:
        """Begin it.

        Args:
            server: Who answers.
            folder: Where the server believes the script to be.
            say: Sends a message to the page, from any thread.
        """
        self._server = server
        self._folder = folder
        self._say = say
        self._allowance = _Allowance(since=time.monotonic())
        self._lock = threading.Lock()
        self._versions: dict[int, SeenScript] = {}
        self._seen: SeenScript | None = None
        self._waiting: dict[int, int] = {}
        server.listen(folder.uri, self._diagnosed)

    @property
    def process_id(self) -> int | None:
        """The process that answers."""
        return self._server.process_id

    def take(self, text: str) -> None:
        """Take a message of the page.

        Raises:
            ConversationError: It is not one that an editor sends, or one too many.
        """
        if not self._allowance.takes(time.monotonic()):
            raise ConversationError(reason="more messages a second than an editor sends")
        try:
            message = json.loads(text)
            method, params = message.get("method"), message.get("params") or {}
            number = message.get("id")
            if method is None:
                return
            if number is None:
                self._told(method, params)
            elif isinstance(number, int):
                self._asked(number, method, params)
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            IndexError,
            RecursionError,
        ) as error:
            raise ConversationError(reason="not a message of an editor") from error

    def rehearse(self, text: str, done: Callable[[], None]) -> None:
        """Have the server complete the end of a text, for what it loads to do so.

        Args:
            text: The text.
            done: Called after that, from any thread.
        """
        self._open(text, 0)
        assert self._seen is not None
        last = text.rpartition("\n")[2]
        self._server.request(
            "textDocument/completion",
            {
                "textDocument": {"uri": self._folder.uri},
                "position": {"line": self._seen.lines - 1, "character": len(last)},
            },
            lambda _: done(),
        )

    def close(self) -> None:
        """End it."""
        self._server.forget(self._folder.uri)
        if self._seen is not None:
            self._notify("textDocument/didClose")
        self._folder.remove()

    def _told(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "textDocument/didOpen":
            document = params["textDocument"]
            self._open(document["text"], int(document["version"]))
        elif method == "textDocument/didChange":
            (change,) = params["contentChanges"]
            self._change(change["text"], int(params["textDocument"]["version"]))
        elif method == "textDocument/didClose" and self._seen is not None:
            self._seen = None
            self._notify("textDocument/didClose")
        elif method == "$/cancelRequest":
            with self._lock:
                there = self._waiting.get(params["id"])
            if there is not None:
                self._server.notify("$/cancelRequest", {"id": there})

    def _asked(self, number: int, method: str, params: Mapping[str, Any]) -> None:
        if method == "initialize":
            self._reply(number, {"capabilities": _CAPABILITIES})
        elif method == "shutdown":
            self._reply(number, None)
        elif method not in _ANSWERS:
            self._refuse(number, _METHOD_UNKNOWN, "This is not something that can be asked here.")
        elif self._seen is None or len(self._waiting) >= _MOST_WAITING:
            self._refuse(number, _CONTENT_MODIFIED, "The script has changed meanwhile.")
        else:
            place = params["position"]
            self._ask(number, method, Position(int(place["line"]), int(place["character"])))

    def _ask(self, number: int, method: str, place: Position) -> None:
        seen = self._seen
        assert seen is not None
        if not (0 <= place.line < seen.lines and 0 <= place.column <= LONGEST_SCRIPT):
            raise ValueError
        there = seen.to_server(place)
        asked = {
            "textDocument": {"uri": self._folder.uri},
            "position": {"line": there.line, "character": there.column},
        }

        def answered(found: Any) -> None:
            with self._lock:
                self._waiting.pop(number, None)
            self._reply(number, _ANSWERS[method](found, seen))

        with self._lock:
            self._waiting[number] = 0
        there_number = self._server.request(method, asked, answered)
        with self._lock:
            if number in self._waiting:
                self._waiting[number] = there_number

    def _open(self, text: str, version: int) -> None:
        seen = self._saw(text, version)
        if self._seen is not None:
            self._notify("textDocument/didClose")
        self._seen = seen
        document = {
            "uri": self._folder.uri,
            "languageId": "python",
            "version": version,
            "text": seen.text,
        }
        self._server.notify("textDocument/didOpen", {"textDocument": document})

    def _change(self, text: str, version: int) -> None:
        if self._seen is None:
            # Of an editor that has lost its connection meanwhile.
            self._open(text, version)
            return
        self._seen = self._saw(text, version)
        params = {
            "textDocument": {"uri": self._folder.uri, "version": version},
            "contentChanges": [{"text": self._seen.text}],
        }
        self._server.notify("textDocument/didChange", params)

    def _saw(self, text: str, version: int) -> SeenScript:
        if len(text) > LONGEST_SCRIPT:
            raise ConversationError(reason=f"more than {LONGEST_SCRIPT:,} characters")
        seen = seen_by_server(text, self._folder.frames)
        with self._lock:
            self._versions[version] = seen
            while len(self._versions) > _MOST_WAITING:
                self._versions.pop(next(iter(self._versions)))
        return seen

    def _diagnosed(self, params: Mapping[str, Any]) -> None:
        version = params.get("version")
        with self._lock:
            seen = self._versions.get(version) if isinstance(version, int) else None
        if seen is None:
            return
        found = answers.diagnostics(params.get("diagnostics"), seen)
        shown = {"uri": PAGE_URI, "version": version, "diagnostics": found}
        self._send({"method": "textDocument/publishDiagnostics", "params": shown})

    def _notify(self, method: str) -> None:
        self._server.notify(method, {"textDocument": {"uri": self._folder.uri}})

    def _reply(self, number: int, result: object) -> None:
        self._send({"id": number, "result": result})

    def _refuse(self, number: int, code: int, sentence: str) -> None:
        self._send({"id": number, "error": {"code": code, "message": sentence}})

    def _send(self, message: Mapping[str, Any]) -> None:
        self._say(json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False))
