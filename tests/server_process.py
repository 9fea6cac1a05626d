"""`studiolo serve` in a process of its own, for tests that call it by HTTP."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ServerProcess:
    """A server that listens on a free port of this machine."""

    #: Without a slash at its end.
    url: str
    process: subprocess.Popen[str]
    #: What it writes to standard error.
    log: Path

    @property
    def next_line(self) -> str:
        """The next line that it prints for the person who started it."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def server_process(
    workspace: Path, *, ends_well: bool = True, port: int = 0
) -> Iterator[ServerProcess]:
    """Serve a workspace; an end that is not clean fails the test, unless the test kills it.

    Port 0 is a free one.
    """
    path = workspace.parent / "server.log"
    command = [sys.executable, "-m", "studiolo", "serve", "--port", str(port)]
    with (
        path.open("w") as log,
        subprocess.Popen(
            [*command, "--workspace", str(workspace)], stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().rpartition(" ")[2].strip()
            assert url, path.read_text()
            yield ServerProcess(url=url, process=process, log=path)
            if not ends_well:
                return
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0, path.read_text()
        finally:
            process.kill()
