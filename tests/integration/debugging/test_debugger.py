"""A script under a debugger, in the real sandbox, with an editor that speaks the protocol."""

from dataclasses import replace

import pytest

from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.policy.policy import Limits
from studiolo.store.run_record import Session
from studiolo.workspace.debugging.debug_session import DebugSession
from studiolo.workspace.debugging.node_jobs import NodeJob, node_job
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory
from studiolo.workspace.workspace import Workspace

from .dap_client import DapClient


def ignored(text: str) -> None:
    assert text


def limited(node: NodeJob, **limits: int) -> NodeJob:
    changed: Limits = replace(node.limits, **limits)
    return replace(node, limits=changed)


def path_of(node: NodeJob) -> str:
    assert node.folder is not None
    return str(node.folder / node.job.script_name)


@pytest.mark.parametrize(
    "withheld", [frozenset(), frozenset({"namespaces"})], ids=["full", "filtered"]
)
def test_breakpoint_step_and_variables(sums: NodeJob, withheld: frozenset[str]) -> None:
    printed: list[str] = []
    node = replace(sums, factory=LocalSandboxFactory(RunSettings(withheld=withheld)))
    with DebugSession(node, on_text=printed.append) as session:
        with DapClient(session.port) as editor:
            (point,) = editor.begin(path_of(node), 2)
            assert point["verified"]
            at = editor.stopped_at()
            assert (at["name"], at["line"]) == ("doubled", 2)
            # The editor sees its own file.
            assert at["source"]["path"] == path_of(node)
            assert "n" in editor.variables(at["id"])["frame"]
            editor.ask("next", threadId=at["thread"])
            at = editor.stopped_at()
            assert at["line"] == 3
            assert "6" in editor.variables(at["id"])["total"]
            found = editor.ask("evaluate", expression="total + 1", frameId=at["id"])
            assert "7" in found["result"]
            editor.ask("continue", threadId=at["thread"])
            editor.event("terminated")
        outcome = session.wait(30)
    assert outcome is not None
    assert outcome.failure is None
    assert "".join(printed) == "begins\ngot 12\n"


def test_time_at_a_breakpoint_does_not_count(sums: NodeJob) -> None:
    with DebugSession(limited(sums, timeout_seconds=3), on_text=ignored) as session:
        with DapClient(session.port) as editor:
            editor.begin(path_of(sums), 2)
            thread = editor.stopped_at()["thread"]
            assert session.wait(4) is None
            editor.ask("continue", threadId=thread)
            editor.event("terminated")
        outcome = session.wait(30)
    assert outcome is not None
    assert outcome.failure is None


def test_a_script_cannot_have_the_editor_do_anything(workspace: Workspace) -> None:
    node = node_job(workspace, workspace.checked("debugged"), "evil", session=Session.DEBUGGER)
    with DebugSession(node, on_text=ignored) as session, DapClient(session.port) as editor:
        editor.begin(path_of(node), 14)
        editor.stopped_at()
        said = [m for m in editor.seen if m["type"] != "response"]
        assert {m["type"] for m in said} == {"event"}
        assert "debugpyAttach" not in {m["event"] for m in said}
        (last,) = [m for m in said if m.get("body", {}).get("output") == "last"]
        assert "x" not in last


def test_an_editor_that_leaves_lets_the_script_go_on(sums: NodeJob) -> None:
    with DebugSession(sums, on_text=ignored) as session:
        with DapClient(session.port) as editor:
            editor.begin(path_of(sums), 2)
            editor.stopped_at()
            editor.ask("disconnect")
        outcome = session.wait(30)
    assert outcome is not None
    assert outcome.failure is None


def test_one_that_never_comes_is_not_waited_for_once_it_is_closed(sums: NodeJob) -> None:
    session = DebugSession(sums, on_text=ignored)
    assert session.wait(0.5) is None
    session.close()
    outcome = session.wait()
    assert outcome is not None
    assert outcome.failure is not None
    assert outcome.failure.code == "cancelled"
