"""A language server: pyrefly in a process with few rights, and the messages to and from it."""

import itertools
import json
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from studiolo.environments.location import environments_home
from studiolo.workspace.language.errors import LanguageServerError

#: Bytes of a message from it; a list of a thousand completions has a fifth of a million.
_LONGEST_MESSAGE: Final = 16 << 20
#: Bytes of the head of a message.
_LONGEST_HEAD: Final = 4096
#: Seconds until it has started, and until it has answered a request.
_START_SECONDS: Final = 20.0
_ANSWER_SECONDS: Final = 15.0
#: A part of the machine's processors, whatever is asked of it.
_THREADS: Final = 2
_CAPABILITIES: Final[Mapping[str, Any]] = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": False}, "contextSupport": True},
        "hover": {"contentFormat": ["markdown"]},
        "signatureHelp": {
            "signatureInformation": {"parameterInformation": {"labelOffsetSupport": True}},
        },
        "publishDiagnostics": {"versionSupport": True},
    },
}
#: What pyrefly takes instead of settings of an editor.
_OPTIONS: Final[Mapping[str, Any]] = {"pyrefly": {"displayTypeErrors": "force-on"}}

Answer = Callable[[Any], None]


class LanguageServer:
    """One process. Anything but its threads may be called from any thread."""

    def __init__(self, furnish: Callable[[Path], None], *, home: Path | None = None) -> None:
        """Start it.

        Args:
            furnish: Puts into its folder what it needs.
            home: The folder of all environments, if not the usual one; it may read that.

        Raises:
            LanguageServerError: It does not start.
        """
        self._temporary = tempfile.TemporaryDirectory(prefix="studiolo-language-")
        #: A folder for those of scripts.
        self.folder = Path(self._temporary.name).resolve()
        self._furnish = furnish
        self._home = (home or environments_home()).absolute()
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._pending: dict[int, tuple[float, Answer]] = {}
        self._listeners: dict[str, Callable[[Mapping[str, Any]], None]] = {}
        self._ended: list[Callable[[], None]] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        self._failure = "it ended at once"
        # The process ends with the thread that started it, so the thread stays with it.
        self._thread = threading.Thread(target=self._serve, name="language-server", daemon=True)
        self._thread.start()
        if not self._started.wait(_START_SECONDS) or not self.is_alive:
            self.end()
            raise LanguageServerError(reason=self._failure)

    @property
    def is_alive(self) -> bool:
        """Whether it runs, and answers in time."""
        process = self._process
        if process is None or process.poll() is not None:
            return False
        with self._lock:
            oldest = min((asked for asked, _ in self._pending.values()), default=None)
        if oldest is not None and time.monotonic() - oldest > _ANSWER_SECONDS:
            self.end()
            return False
        return True

    @property
    def process_id(self) -> int | None:
        """That of its process."""
        return None if self._process is None else self._process.pid

    def request(self, method: str, params: Mapping[str, Any], answer: Answer) -> int:
        """Ask it something; the number of the request.

        Args:
            method: The method.
            params: Its parameters.
            answer: Told the result, from the thread that reads; None if there is none.
        """
        number = next(self._ids)
        with self._lock:
            self._pending[number] = (time.monotonic(), answer)
        self._send({"id": number, "method": method, "params": params})
        return number

    def notify(self, method: str, params: Mapping[str, Any]) -> None:
        """Tell it something."""
        self._send({"method": method, "params": params})

    def listen(self, uri: str, listener: Callable[[Mapping[str, Any]], None]) -> None:
        """Have a listener told the diagnostics of a script, from the thread that reads."""
        with self._lock:
            self._listeners[uri] = listener

    def forget(self, uri: str) -> None:
        """End what `listen` began."""
        with self._lock:
            self._listeners.pop(uri, None)

    def when_ended(self, told: Callable[[], None]) -> None:
        """Have a listener told when it has ended, from the thread that reads."""
        with self._lock:
            self._ended.append(told)

    def end(self) -> None:
        """End it, and remove its folder."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()
        if self._thread is not threading.current_thread():
            self._thread.join(_START_SECONDS)

    def _serve(self) -> None:
        try:
            self._begin()
            self._read()
        except (OSError, ValueError) as error:
            self._failure = str(error)
        finally:
            self._finish()

    def _begin(self) -> None:
        program = _program()
        self._furnish(self.folder)
        request = {
            "command": [
                *(str(program), "lsp", "--indexing-mode", "none"),
                *("--threads", str(_THREADS), "--color", "never"),
            ],
            "readable": [str(self.folder), str(self._home), "/proc/self", "/sys/fs/cgroup"],
            "environment": {"HOME": str(self.folder), "TMPDIR": str(self.folder), "PATH": ""},
        }
        confined = "studiolo.workspace.language.confined_process"
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", confined, json.dumps(request)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={},
        )
        root = self.folder.as_uri()
        params = {
            "processId": None,
            "rootUri": root,
            "capabilities": _CAPABILITIES,
            "initializationOptions": _OPTIONS,
        }
        self.request("initialize", params, lambda _: self._initialized())

    def _initialized(self) -> None:
        self.notify("initialized", {})
        self._started.set()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while (message := _message(self._process.stdout)) is not None:
            self._take(message)

    def _take(self, message: Mapping[str, Any]) -> None:
        method, number = message.get("method"), message.get("id")
        if method == "textDocument/publishDiagnostics":
            params = message.get("params", {})
            with self._lock:
                listener = self._listeners.get(params.get("uri", ""))
            if listener is not None:
                listener(params)
        elif method is not None and number is not None:
            # It asks for settings of an editor, which has none.
            items = message.get("params", {}).get("items", [])
            result = [None] * len(items) if method == "workspace/configuration" else None
            self._send({"id": number, "result": result})
        elif method is None and isinstance(number, int):
            with self._lock:
                _, answer = self._pending.pop(number, (0.0, None))
            if answer is not None:
                answer(message.get("result"))

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        process = self._process
        if process is None or process.stdin is None:
            return
        # That it has ended shows elsewhere.
        with self._writing, suppress(OSError, ValueError):
            process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            process.stdin.flush()

    def _finish(self) -> None:
        process = self._process
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
        with self._lock:
            left = [answer for _, answer in self._pending.values()]
            self._pending.clear()
            ended = list(self._ended)
        if not self._started.is_set():
            self._started.set()
            left = []
        for answer in left:
            answer(None)
        for told in ended:
            told()
        self._temporary.cleanup()


def _program() -> Path:
    """The program of pyrefly, which its package installs beside Python's."""
    schemes: Sequence[str] = (
        sysconfig.get_default_scheme(),
        sysconfig.get_preferred_scheme("user"),
    )
    for scheme in schemes:
        program = Path(sysconfig.get_path("scripts", scheme=scheme)) / "pyrefly"
        if program.is_file():
            return program
    raise FileNotFoundError('the package "pyrefly" is not installed beside Studiolo')


def _message(pipe: IO[bytes]) -> Mapping[str, Any] | None:
    """The next message; None at the end.

    Raises:
        ValueError: It is not one.
    """
    length = None
    while (line := pipe.readline(_LONGEST_HEAD)) != b"\r\n":
        if not line:
            return None
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    if length is None or not 0 <= length <= _LONGEST_MESSAGE:
        raise ValueError("it answers what is not a message")
    found = json.loads(pipe.read(length))
    if not isinstance(found, dict):
        raise ValueError("it answers what is not a message")  # noqa: TRY004  # it is its value
    return found
