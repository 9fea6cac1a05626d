"""`studiolo console` and `studiolo debug`."""

import subprocess

import pytest
from tests.integration.debugging.dap_client import DapClient

from studiolo.environments.environment import Environment

from .command_line import RUNS_STUDIOLO, Ended
from .workspace_folder import WorkspaceFolder

SCRIPT = """
    def azureml_main(frame):
        total = int(frame["n"].sum())
        print("total", total)
        return frame
"""
NODES = """
    name: Sums
    nodes:
      data: {dataset: rows.csv}
      sums: {module: execute-python-script, script: sums.py, inputs: {dataset1: data}}
"""


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, default_environment: Environment
) -> WorkspaceFolder:
    assert default_environment.locked
    place = WorkspaceFolder(tmp_path_factory.mktemp("debugging"))
    place.write("datasets/rows.csv", "n\n1\n2\n")
    place.experiment("sums", NODES, {"sums.py": SCRIPT})
    return place


def typed(folder: WorkspaceFolder, target: str, text: str) -> Ended:
    """Have this text typed at a console."""
    types = ("sh", "-c", f"printf '{text}' | exec \"$@\"", "sh", *RUNS_STUDIOLO)
    return folder("console", target, before=types)


def test_a_console_has_the_inputs_and_ends_with_what_is_typed(folder: WorkspaceFolder) -> None:
    ended = typed(folder, "sums/sums", "frame.shape\\nif True:\\n    print(6 * 7)\\n\\nexit()\\n")
    assert ended.code == 0
    assert "At hand: " in ended.err
    assert "(2, 1)\n" in ended.out
    assert "42\n" in ended.out
    assert typed(folder, "sums/sums", "frame.shape").code == 0


def test_a_console_that_ends_by_itself_says_why(folder: WorkspaceFolder) -> None:
    ended = typed(folder, "sums/sums", "import os\\nos._exit(3)\\n")
    assert ended.code == 1
    assert "The console has ended: The script ended its own interpreter" in ended.err


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("sums", "Name one of its nodes: sums/NODE"),
        ("sums/data", "error[nothing-to-debug]"),
        ("sums/sum", "Did you mean"),
    ],
)
def test_only_nodes_with_code_have_one(folder: WorkspaceFolder, target: str, says: str) -> None:
    ended = typed(folder, target, "")
    assert ended.code == 2
    assert says in ended.err


def test_an_editor_attaches_at_the_address_that_is_said(folder: WorkspaceFolder) -> None:
    command = [*RUNS_STUDIOLO, "debug", "sums/sums"]
    with subprocess.Popen(
        command, cwd=folder.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stderr is not None
        assert started.stdout is not None
        line = next(line for line in started.stderr if "Waiting for an editor" in line)
        file = folder.folder / "experiments" / "sums" / "sums.py"
        with DapClient(int(line.rpartition(":")[2])) as editor:
            editor.begin(str(file), 3)
            at = editor.stopped_at()
            assert editor.variables(at["id"])["total"] == "3"
            editor.ask("continue", threadId=at["thread"])
            editor.event("terminated")
        errors = started.stderr.read()
        out = started.stdout.read()
    assert (started.returncode, out) == (0, "total 3\n")
    assert '"request": "attach"' in errors
    assert "Its result is not kept." in errors
