"""A run that goes on: its handle, its events, its console, and others beside it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from studiolo.environments.progress import BuildPhase, BuildProgress
from studiolo.environments.script_environment import environment_for
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import NodeName
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.runs.experiments.run_events import ConsoleWritten, RunBegan, RunEnded
from studiolo.runs.experiments.running import RunningExperiment
from studiolo.sandbox.policy.isolation import Isolation
from studiolo.store.run_record import NodeState, RunStatus
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder, ran, run_in

WAITS = """
import time

def azureml_main():
    print("so far", flush=True)
    time.sleep(300)
"""
NODES = "waits: {module: execute-python-script, script: waits.py}"


def waiting(place: WorkspaceFolder, name: str = "experiment") -> None:
    place.experiment(NODES, scripts={"waits.py": WAITS}, name=name)


def until(condition: Callable[[], bool]) -> None:
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen")


def until_printed(running: RunningExperiment) -> None:
    for _, event in running.events():
        if isinstance(event, ConsoleWritten):
            return
    pytest.fail("it ended without a word")


def test_a_handle_is_there_at_once_and_tells_everything(place: WorkspaceFolder) -> None:
    place.experiment(
        "says: {module: execute-python-script, script: says.py}",
        scripts={"says.py": "def azureml_main():\n    print('hello')\n"},
    )
    with Workspace(place.root) as workspace:
        running = workspace.start(workspace.experiment("experiment"))
        events = list(running.events())
        assert running.wait() is RunStatus.FINISHED
        assert [number for number, _ in events] == list(range(1, len(events) + 1))
        told = [event for _, event in events if not isinstance(event, BuildProgress)]
        # A line may come in pieces.
        said = "".join(event.text for event in told if isinstance(event, ConsoleWritten))
        assert said == "hello\n"
        began, first, last, ended = (e for e in told if not isinstance(e, ConsoleWritten))
        assert began == RunBegan(nodes=(NodeName("says"),))
        assert isinstance(first, NodeProgress)
        assert first.state is NodeState.RUNNING
        assert isinstance(last, NodeProgress)
        assert last.state is NodeState.FINISHED
        assert ended == RunEnded(status=RunStatus.FINISHED)
        # A client that lost its connection asks for what it missed.
        assert list(running.events(after=events[-3][0])) == events[-2:]
        assert workspace.result(running.id)["says"].console == "hello\n"


def test_cancel_ends_a_run(place: WorkspaceFolder) -> None:
    waiting(place)
    with Workspace(place.root) as workspace:
        running = workspace.start(workspace.experiment("experiment"))
        assert running.wait(0.01) is None
        until_printed(running)
        running.cancel()
        running.cancel()
        assert running.wait(60) is RunStatus.CANCELLED
        assert workspace.result(running.id)["waits"].state is NodeState.CANCELLED


def test_a_closed_workspace_leaves_nothing_running(place: WorkspaceFolder) -> None:
    waiting(place)
    with Workspace(place.root) as workspace:
        running = workspace.start(workspace.experiment("experiment"))
        until_printed(running)
    assert running.wait() is RunStatus.CANCELLED
    with Workspace(place.root) as workspace:
        assert [run.status for run in workspace.runs.newest()] == [RunStatus.CANCELLED]


def test_a_run_that_cannot_be_begun_raises_where_it_is_waited_for(place: WorkspaceFolder) -> None:
    place.experiment("says: {module: execute-python-script, script: missing.py}")
    with Workspace(place.root) as workspace:
        experiment = workspace.experiment("experiment")
        with pytest.raises(ExperimentFileError):
            workspace.start(experiment)
        # What was checked may be gone by then.
        place.script("missing.py", "def azureml_main():\n    pass\n")
        workspace.check(workspace.experiment("experiment"))
        (place.root / ".studiolo").write_text("not a folder")
        with pytest.raises(Exception, match=r"\.studiolo") as raised:
            workspace.start(experiment).wait(60)
        assert raised.type.__module__.startswith("studiolo.")


def test_the_console_of_a_node_that_runs_can_be_read(place: WorkspaceFolder) -> None:
    waiting(place)
    with Workspace(place.root) as workspace:
        running = workspace.start(workspace.experiment("experiment"))
        until_printed(running)
        until(lambda: workspace.result(running.id)["waits"].console == "so far\n")
        node = workspace.result(running.id)["waits"]
        assert node.state is NodeState.RUNNING
        assert node.record.started_at is not None
        running.cancel()
        running.wait(60)
        assert workspace.result(running.id)["waits"].console == "so far\n"


def test_the_console_of_a_killed_process_is_kept(place: WorkspaceFolder) -> None:
    waiting(place)
    program = (
        "import sys; from studiolo import open_workspace\n"
        "with open_workspace(sys.argv[1]) as w: w.run(w.experiment('experiment'))"
    )
    with (
        subprocess.Popen([sys.executable, "-c", program, place.root]) as process,
        Workspace(place.root) as workspace,
    ):

        def printed() -> bool:
            runs = workspace.runs.newest()
            return bool(runs) and workspace.result(runs[0].id)["waits"].console == "so far\n"

        until(printed)
        process.kill()
    place.script("waits.py", "def azureml_main():\n    pass\n")
    with Workspace(place.root) as workspace:
        before = workspace.runs.newest()[0].id
        assert run_in(workspace).status == "finished"
        left = workspace.result(before)
        assert left.status is RunStatus.INTERRUPTED
        assert left["waits"].state is NodeState.CANCELLED
        assert left["waits"].console == "so far\n"


class CtrlC(Observer):
    """Interrupts this process when a node prints something: by then the caller waits."""

    def console_written(self, node: NodeName, text: str) -> None:  # noqa: ARG002
        os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_ends_a_run_that_python_waits_for(place: WorkspaceFolder) -> None:
    waiting(place)
    # Python's own, which a process that shares the tests with others does not have.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with Workspace(place.root) as workspace:
            result = workspace.run(workspace.experiment("experiment"), observer=CtrlC())
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.status is RunStatus.CANCELLED


def test_a_short_run_is_not_held_up_by_a_long_one_with_more_steps_than_slots(
    place: WorkspaceFolder,
) -> None:
    """Each step of the long run sleeps; in the order of arrival the short one would come last."""
    steps = 24
    place.experiment(
        "\n".join(
            f"n{number}: {{module: execute-python-script, script: sleeps.py, "
            f"parameters: {{number: {number}}}}}"
            for number in range(steps)
        ),
        scripts={
            "sleeps.py": "import time\n\n\ndef azureml_main(*, number: int):\n    time.sleep(0.4)\n"
        },
        name="long",
    )
    place.experiment(
        "quick: {module: execute-python-script, script: quick.py}",
        scripts={"quick.py": "def azureml_main():\n    pass\n"},
        name="short",
    )
    with Workspace(place.root) as workspace:
        long = workspace.start(workspace.experiment("long"))
        for _, event in long.events():
            if isinstance(event, NodeProgress) and event.state is NodeState.FINISHED:
                break
        short = workspace.start(workspace.experiment("short"))
        assert short.wait(60) is RunStatus.FINISHED
        ended = [
            event
            for _, event in long.events()
            if isinstance(event, NodeProgress) and event.state is NodeState.FINISHED
        ]
        assert long.wait(60) is RunStatus.FINISHED
        assert len(ended) == steps
        began = workspace.result(short.id)["quick"].record.started_at
        last = max(
            n.record.ended_at for n in workspace.result(long.id).nodes.values() if n.record.ended_at
        )
        assert began is not None
        assert began < last


def test_isolation_and_limits_belong_to_a_run(place: WorkspaceFolder) -> None:
    place.experiment(
        "says: {module: execute-python-script, script: says.py}",
        scripts={"says.py": "def azureml_main():\n    while True:\n        pass\n"},
    )
    with Workspace(place.root) as workspace:
        experiment = workspace.experiment("experiment")
        short = ran(workspace.run(experiment, settings=RunSettings(timeout=1)))
        assert short.failure("says")[0] == "timed-out"
        place.script("says.py", "def azureml_main():\n    pass\n")
        off = workspace.run(experiment, settings=RunSettings(isolation=Isolation.OFF))
        kept = off["says"].kept
        assert kept is not None
        assert kept.isolation == "limits"


def test_a_build_that_takes_long_holds_up_nobody_else(
    place: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    building, go_on = threading.Event(), threading.Event()
    place.experiment(
        """
        needs: {module: execute-python-script, script: needs.py}
        plain: {module: execute-python-script, script: plain.py}
        """,
        scripts={
            "needs.py": "# /// script\n# dependencies = ['six']\n# ///\ndef azureml_main(): pass\n",
            "plain.py": "def azureml_main():\n    pass\n",
        },
    )
    build = environment_for

    def slow(metadata: object, **options: object) -> object:
        if getattr(metadata, "dependencies", ()):
            building.set()
            progress = options["progress"]
            assert callable(progress)
            while not go_on.wait(0.05):
                progress(BuildProgress(phase=BuildPhase.PREPARING, message="Waiting"))
        return build(metadata, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("studiolo.workspace.sandboxes.sandbox_factory.environment_for", slow)
    with Workspace(place.root) as workspace:
        running = workspace.start(workspace.experiment("experiment"))
        assert building.wait(60)
        for _, event in running.events():
            if isinstance(event, NodeProgress) and event.state is NodeState.FINISHED:
                assert event.node == "plain"
                break
        # And who cancels does not wait for it either.
        running.cancel()
        assert running.wait(60) is RunStatus.CANCELLED
        assert workspace.result(running.id)["needs"].state is NodeState.CANCELLED
        go_on.set()
