"""Ctrl-C, which a terminal sends to every process of a command, in the first moments of a run."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.workspace.workspace import open_workspace

from .command_line import CommandLine
from .workspace_folder import WorkspaceFolder

WAITS = "import time\n\n\ndef azureml_main():\n    time.sleep(300)\n"
#: A comment that asks for a library, so that an environment has to be built.
NEEDS = "# /// script\n# dependencies = ['humanize']\n# ///\n"
EXPERIMENT = "name: Waits\nnodes:\n  waits: {module: execute-python-script, script: waits.py}\n"


@pytest.fixture
def folder(tmp_path: Path, default_environment: Environment) -> WorkspaceFolder:
    made = WorkspaceFolder(tmp_path)
    made.script(WAITS)
    made.experiment("waits", EXPERIMENT, {"waits.py": WAITS})
    made.experiment("needs", EXPERIMENT, {"waits.py": NEEDS + WAITS})
    return made


@pytest.mark.parametrize("later", [0.0, 0.2, 0.5, 1.0])
def test_while_a_script_starts(folder: CommandLine, later: float) -> None:
    process = folder.start("run", "script.py")
    until_it_has_started_another(process)
    time.sleep(later)
    assert ended_by_ctrl_c(process) == (130, "", "Cancelled.\n")


@pytest.mark.parametrize("later", [0.0, 0.2, 0.5])
def test_while_an_experiment_starts(folder: WorkspaceFolder, later: float) -> None:
    process = folder.start("run", "experiments/waits")
    until_it_has_started_another(process)
    time.sleep(later)
    code, out, err = ended_by_ctrl_c(process)
    # Before the node was given to its sandbox, or after.
    assert (code, err) in {(130, ""), (130, "Cancelled.\n")}
    assert "failed" not in out
    assert recorded(folder) == ("cancelled", "cancelled")


def test_while_a_file_is_written(folder: WorkspaceFolder) -> None:
    # Four gigabytes in the file, and a megabyte in memory.
    folder.script(
        "import pandas as pd\n"
        "def azureml_main():\n"
        "    words = ['x' * (1 << 20)]\n"
        "    return pd.DataFrame({'a': pd.Categorical.from_codes([0] * 4000, words)}),\n"
    )
    folder.file("out.csv", "old\n")
    process = folder.start("run", "script.py", "--output", "out.csv")
    deadline = time.monotonic() + 60
    while not list(folder.folder.glob(".out.csv.*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    code, _, err = ended_by_ctrl_c(process)
    assert (code, err.splitlines()[-1]) == (130, "Cancelled.")
    assert folder.read("out.csv") == "old\n"
    assert not list(folder.folder.glob(".out.csv.*"))


@pytest.mark.parametrize("what", ["script.py", "experiments/needs"])
def test_while_an_environment_is_built(folder: WorkspaceFolder, what: str) -> None:
    folder.script(NEEDS + WAITS)
    with socket.create_server(("127.0.0.1", 0)) as registry:
        # A registry that takes the call and says nothing.
        address = f"http://127.0.0.1:{registry.getsockname()[1]}"
        environment = {
            "STUDIOLO_HOME": str(folder.folder / "home"),
            "UV_CACHE_DIR": str(folder.folder / "cache"),
            "UV_DEFAULT_INDEX": address,
            "ALL_PROXY": address,
            "NO_PROXY": "",
        }
        process = folder.start("run", what, environment=environment)
        registry.settimeout(120)
        caller, _ = registry.accept()
        with caller:
            code, out, err = ended_by_ctrl_c(process)
    assert code == 130, (out, err)
    assert "error" not in err
    if what == "script.py":
        assert out == ""
        assert err.splitlines()[-1] == "Cancelled."
    else:
        assert out.startswith("- waits  cancelled\ncancelled in ")
        assert recorded(folder) == ("cancelled", "cancelled")


def until_it_has_started_another(process: subprocess.Popen[str]) -> None:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for _ in range(6000):
        if children.read_text():
            return
        time.sleep(0.01)
    pytest.fail("it has started nothing")


def ended_by_ctrl_c(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def recorded(folder: WorkspaceFolder) -> tuple[str, str]:
    """How the run and its node ended."""
    with open_workspace(folder.folder) as workspace:
        (record,) = workspace.runs.newest()
        (node,) = workspace.result(record.id).nodes.values()
        return record.status, node.state
