import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studiolo.runs.debugging.dap_messages import DapReader, framed
from studiolo.runs.debugging.debug_line import DebugLine

HOUR = 3600.0


@pytest.fixture
def line(tmp_path: Path) -> Iterator[DebugLine]:
    opened = DebugLine(tmp_path, most_seconds=HOUR, folder=tmp_path)
    yield opened
    opened.ended()
    opened.close()


def test_time_counts_only_while_the_script_runs(line: DebugLine) -> None:
    """The bound of all is what is left of the hour."""
    usual = time.perf_counter() + 10
    with socket.create_connection(("127.0.0.1", line.port), timeout=10) as editor:
        first = line.deadline(usual)
        assert line.deadline(usual) > first
        editor.sendall(framed({"seq": 1, "type": "request", "command": "configurationDone"}))
        line.guest.settimeout(10)
        assert list(DapReader().feed(line.guest.recv(4096)))
        runs = line.deadline(usual)
        assert line.deadline(usual) == runs
        line.guest.sendall(framed({"seq": 1, "type": "event", "event": "stopped"}))
        editor.recv(4096)
        stopped = line.deadline(usual)
        assert line.deadline(usual) > stopped
        assert line.deadline(usual + 2 * HOUR) < time.perf_counter() + HOUR


def test_one_editor_is_let_in_and_hears_of_the_end(line: DebugLine) -> None:
    with socket.create_connection(("127.0.0.1", line.port), timeout=10) as editor:
        editor.sendall(framed({"seq": 1, "type": "request", "command": "threads"}))
        line.guest.settimeout(10)
        line.guest.recv(4096)
        with pytest.raises(ConnectionError):
            socket.create_connection(("127.0.0.1", line.port), timeout=10)
        line.guest.close()
        said = list(DapReader().feed(editor.recv(4096)))
        assert [message["event"] for message in said] == ["terminated"]
        assert editor.recv(4096) == b""
