"""What moves on a terminal: seen through a real one."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.workspace.folder.sample import new_workspace

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of a command, and all that it wrote to the terminal it ran on."""
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "studiolo", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100", "LINES": "30", "TERM": "xterm-256color"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    written = b""
    deadline = time.monotonic() + 120
    try:
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                piece = os.read(master, 1 << 16)
            except OSError:
                # The terminal is gone with its last writer.
                break
            written += piece
        code = process.wait(timeout=30)
    finally:
        process.kill()
        os.close(master)
    return code, written.decode("utf-8", "replace")


@pytest.fixture
def workspace(tmp_path: Path, default_environment: Environment) -> Path:
    return new_workspace(tmp_path / "sample")


def test_the_nodes_of_a_run_are_shown_while_they_run(workspace: Path) -> None:
    code, written = on_a_terminal(workspace, "run", "experiments/predict-diabetes")
    assert code == 0, written
    plain = _ESCAPES.sub("", written)
    # While it goes on: how far it is, and what runs. At its end: every node once, in order.
    assert re.search(r"[1-8] of 9 nodes", plain), plain
    end = plain[plain.rindex("pima") :]
    names = ["split", "train logistic regression", "score boosted trees", "compare"]
    assert [name for name in names if name not in end] == []
    assert "finished in" in end


def test_a_run_of_which_everything_is_kept_is_shown_too(workspace: Path) -> None:
    on_a_terminal(workspace, "run", "experiments/use-a-bundle")
    code, written = on_a_terminal(workspace, "run", "experiments/use-a-bundle")
    assert code == 0, written
    assert "2 kept" in _ESCAPES.sub("", written)


def test_a_silent_script_shows_that_it_is_running(
    tmp_path: Path,
    default_environment: Environment,
) -> None:
    (tmp_path / "silent.py").write_text(
        "import time\ndef azureml_main():\n    time.sleep(4)\n    print('awake')\n"
    )
    code, written = on_a_terminal(tmp_path, "run", "silent.py")
    plain = _ESCAPES.sub("", written)
    assert code == 0, written
    assert "running, nothing printed yet" in plain
    # It is gone once the script says something.
    assert "nothing printed" not in plain[plain.index("awake") :]
