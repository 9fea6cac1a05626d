"""A console in a node's sandbox."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from studiolo.runs.debugging.console_line import Prompt
from studiolo.runs.errors import NodeUnknownError
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.store.run_record import Session
from studiolo.workspace.debugging import node_jobs, node_sessions
from studiolo.workspace.debugging.console_session import ConsoleSession
from studiolo.workspace.debugging.errors import (
    InputsMissingError,
    NothingToDebugError,
    TooManySessionsError,
)
from studiolo.workspace.debugging.node_jobs import NodeJob, node_job
from studiolo.workspace.debugging.node_sessions import NodeSessions
from studiolo.workspace.errors import SecretMissingError
from studiolo.workspace.sandboxes.secret_store import SecretStore
from studiolo.workspace.workspace import Workspace


def ignored(text: str) -> None:
    """Show nothing."""
    assert text


@dataclass
class Console:
    """A person at a console."""

    session: ConsoleSession
    printed: list[str] = field(default_factory=list)

    def __call__(self, source: str) -> str:
        """Type a statement; what it prints, all of which is there when it is done."""
        self.printed.clear()
        self.session.enter(source)
        assert self.session.wait(60) in {Prompt.READY, Prompt.MORE, Prompt.ENDED}
        return "".join(self.printed)


def opened(node: NodeJob, *, idle_seconds: float = 60) -> Console:
    printed: list[str] = []
    session = ConsoleSession(node, on_text=printed.append, idle_seconds=idle_seconds)
    console = Console(session, printed)
    assert console.session.wait(60) is Prompt.READY
    return console


@pytest.fixture(scope="module")
def console(sums: NodeJob) -> Iterator[Console]:
    found = opened(sums)
    yield found
    found.session.close()


def test_the_inputs_and_the_functions_of_the_script_are_at_hand(console: Console) -> None:
    assert console("dataframe1.shape, dataframe2") == "((3, 1), None)\n"
    assert console("doubled(dataframe1)") == "np.int64(12)\n"
    assert {"dataframe1", "doubled", "pd"} <= set(console.session.names)


def test_statements_see_what_those_before_them_did(console: Console) -> None:
    assert console("x = 20") == ""
    assert console("x + 1") == "21\n"
    assert console("a = 1\nb = a + 1\nprint(b); b") == "2\n2\n"


def test_a_statement_may_have_several_lines(console: Console) -> None:
    assert console("for n in range(2):") == ""
    assert console.session.wait() is Prompt.MORE
    assert console("for n in range(2):\n    print(n)\n") == "0\n1\n"


def test_an_error_is_shown_and_the_console_goes_on(console: Console) -> None:
    lines = console("1 / 0").splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].endswith('>", line 1, in <module>')
    assert lines[2:] == ["    1 / 0", "    ~~^~~", "ZeroDivisionError: division by zero"]
    assert "SyntaxError" in console("1 +* 2")
    assert console("'still here'") == "'still here'\n"


def test_ctrl_c_ends_a_statement_only(console: Console) -> None:
    timer = threading.Timer(0.5, console.session.interrupt)
    timer.start()
    assert console("while True: pass\n") == "KeyboardInterrupt\n"
    console.session.interrupt()
    assert console("x") == "20\n"


def test_it_is_a_sandbox_like_any_other(console: Console) -> None:
    assert "Error" in console("import socket; socket.socket()")
    assert "No such file" in console("open('/etc/shadow')")


def test_what_is_printed_before_the_prompt_comes_before_it(console: Console) -> None:
    assert console("for n in range(5000): print(n)\n").count("\n") == 5000


def test_only_one_statement_at_a_time_and_no_endless_one(console: Console) -> None:
    with pytest.raises(ValueError, match="bytes at most"):
        console("x" * (1 << 18))
    console.session.enter("import time; time.sleep(0.5)")
    with pytest.raises(ValueError, match="not waiting"):
        console.session.enter("1")
    assert console.session.wait(60) is Prompt.READY


def test_a_module_has_its_inputs_by_port(workspace: Workspace) -> None:
    console = opened(
        node_job(workspace, workspace.checked("debugged"), "unique", session=Session.CONSOLE)
    )
    assert console("dataset['n'].sum()") == "np.int64(6)\n"
    assert console("exit()") == ""
    assert console.session.wait() is Prompt.ENDED
    assert console.session.why_ended() is None
    console.session.close()


def test_a_script_that_can_not_be_imported_says_why(workspace: Workspace) -> None:
    console = opened(
        node_job(workspace, workspace.checked("debugged"), "broken", session=Session.CONSOLE)
    )
    assert "No module named 'no_such_library'" in "".join(console.printed)
    assert console("len(dataframe1)") == "3\n"
    console("import os; os._exit(3)")
    assert console.session.wait(60) is Prompt.ENDED
    why = console.session.why_ended()
    assert why is not None
    assert "ended its own interpreter" in why.sentence
    console.session.close()


def test_a_statement_and_the_wait_for_one_have_an_end(sums: NodeJob) -> None:
    limits = replace(sums.limits, timeout_seconds=3)
    console = opened(replace(sums, limits=limits), idle_seconds=30)
    # The prompt's time does not count.
    time.sleep(3.2)
    assert console("1") == "1\n"
    console("while True: pass\n")
    assert console.session.wait(60) is Prompt.ENDED
    why = console.session.why_ended()
    assert why is not None
    assert "longer than 3 seconds" in why.sentence
    console.session.close()


def test_it_has_the_network_and_the_secrets_of_its_node(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SecretStore(tmp_path / "secrets")
    monkeypatch.setattr(node_jobs, "SecretStore", lambda: store)
    checked = workspace.checked("debugged")
    with pytest.raises(SecretMissingError, match="API_TOKEN"):
        node_job(workspace, checked, "calls", session=Session.CONSOLE)
    store.set("API_TOKEN", "not-for-all-eyes")
    console = opened(node_job(workspace, checked, "calls", session=Session.CONSOLE))
    console("import os, socket")
    assert console("len(os.environ['API_TOKEN'])") == "16\n"
    assert "not-for-all" not in console("print(os.environ['API_TOKEN'])")
    connect = "socket.create_connection(('%s', 80)).recv(9)"
    assert console(connect % "api.example.com") == "b'hello'\n"
    assert "Error" in console(connect % "other.example.com")
    console.session.close()


def test_it_begins_no_run_where_its_inputs_are_kept(workspace: Workspace, sums: NodeJob) -> None:
    runs = [run.id for run in workspace.runs.newest()]
    begun = [workspace.result(run) for run in runs]
    assert {run.record.prepares for run in begun} == {Session.CONSOLE}
    assert [run for run in begun if "sums" in run.nodes] == []
    again = node_job(workspace, workspace.checked("debugged"), "sums", session=Session.CONSOLE)
    assert [run.id for run in workspace.runs.newest()] == runs
    kept = again.job.inputs["dataset1"]
    assert isinstance(kept, SealedTable)
    assert kept.dataset.table.to_pydict() == {"n": [1, 2, 3]}
    assert sums.job.inputs.keys() == again.job.inputs.keys()


def test_what_has_no_console(workspace: Workspace) -> None:
    checked = workspace.checked("debugged")
    with pytest.raises(NothingToDebugError, match='"data" only reads a file'):
        node_job(workspace, checked, "data", session=Session.CONSOLE)
    with pytest.raises(NodeUnknownError):
        node_job(workspace, checked, "dtaa", session=Session.CONSOLE)
    with pytest.raises(InputsMissingError, match='"broken", which has no result'):
        node_job(workspace, checked, "after", session=Session.CONSOLE)


def test_pages_have_only_so_many_at_a_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened_by(sessions: NodeSessions, node: str) -> ConsoleSession:
        return sessions.console("debugged", node, on_text=ignored, on_end=lambda: None)

    monkeypatch.setattr(node_sessions, "MOST_SESSIONS", 1)
    sessions = NodeSessions(workspace)
    for _ in range(2):
        # One that can't be opened takes no room.
        with pytest.raises(NothingToDebugError):
            opened_by(sessions, "data")
    session = opened_by(sessions, "sums")
    with pytest.raises(TooManySessionsError):
        opened_by(sessions, "sums")
    sessions.close(session)
    sessions.close(opened_by(sessions, "sums"))
