"""What an attack would find if it got out: files, sockets and a process of the host."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import studiolo_guest
from studiolo.environments.environment import Environment

_CONTENT = "not for scripts\n"


class Planted:
    """Secrets beside everything that a run is shown, and a process that anybody may see."""

    def __init__(self, environment: Environment) -> None:
        # Beside the guest's package, and beside the environment: what lies there must not come
        # into sight with them.
        places = (Path(studiolo_guest.__file__).parents[1], environment.path.parent)
        # An ordinary user may not be allowed to plant anything there.
        beside = [folder for folder in places if os.access(folder, os.W_OK)]
        self._folders = [
            Path(tempfile.mkdtemp(prefix=".planted-", dir=folder)) for folder in beside
        ]
        self._folders.append(Path(tempfile.mkdtemp(prefix="planted-")))
        self.files = [folder / "secret.txt" for folder in self._folders]
        self._sockets = []
        #: In the environments of processes of the host, and nowhere else.
        self.secret = f"~tOk3n={secrets.token_hex(16)}"
        for folder, file in zip(self._folders, self.files, strict=True):
            folder.chmod(0o755)
            file.write_text(_CONTENT)
            self._sockets.append(self._listen(folder / "socket"))
        os.environ["STUDIOLO_TOKEN"] = self.secret
        self._process = subprocess.Popen(["sleep", "86400"], start_new_session=True)
        self._limits = self._state()

    @property
    def as_script(self) -> str:
        """The first lines of an attack, which tell it where everything is."""
        paths = [str(file) for file in self.files]
        sockets = [str(file.with_name("socket")) for file in self.files]
        host = self._process.pid
        return (
            "import re\n"
            # Matches the secret, but not itself: the script's own text is in its memory.
            "TOKEN = re.compile(rb'~tOk[3]n=[0-9a-f]{32}')\n"
            f"PLANTED = dict(files={paths!r}, sockets={sockets!r}, host={host})\n"
        )

    def assert_untouched(self) -> None:
        assert [file.read_text() for file in self.files] == [_CONTENT] * len(self.files)
        for listening in self._sockets:
            try:
                listening.accept()
            except BlockingIOError:
                continue
            raise AssertionError("somebody connected")
        assert self._process.poll() is None
        assert self._state() == self._limits

    def remove(self) -> None:
        del os.environ["STUDIOLO_TOKEN"]
        self._process.kill()
        self._process.wait()
        for listening in self._sockets:
            listening.close()
        for folder in self._folders:
            shutil.rmtree(folder)

    def _state(self) -> tuple[str, int]:
        limits = Path(f"/proc/{self._process.pid}/limits").read_text()
        return limits, os.getpriority(os.PRIO_PROCESS, self._process.pid)

    def _listen(self, path: Path) -> socket.socket:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(os.fspath(path))
        listening.listen()
        listening.setblocking(False)
        path.chmod(0o777)
        return listening
