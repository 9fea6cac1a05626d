"""Experiments, run for real: what runs, what is kept and why, what becomes of failures."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from studiolo.environments.environment import Environment
from studiolo.store.run_record import NodeState
from studiolo.workspace.workspace import Workspace

from ..workspaces import Watcher, WorkspaceFolder, run_in

#: data → double → sum, and data → half beside it.
NODES = """
data: {dataset: numbers.csv}
double: {module: execute-python-script, script: times.py, inputs: {dataset1: data}}
sum: {module: execute-python-script, script: sum.py, inputs: {dataset1: double}}
half:
  module: execute-python-script
  script: times.py
  inputs: {dataset1: data}
  parameters: {by: 0.5}
"""
SCRIPTS = {
    "times.py": """
        def azureml_main(frame, *, by: float = 2.0):
            frame["n"] *= by
            print("times", by)
            return frame
        """,
    "sum.py": """
        def azureml_main(frame):
            return frame.sum().to_frame("total").reset_index(drop=True)
        """,
}
UNCHANGED = "Nothing that it depends on has changed."


@pytest.fixture(scope="module")
def first_run(
    tmp_path_factory: pytest.TempPathFactory, default_environment: Environment
) -> WorkspaceFolder:
    """A workspace in which the graph above has run once."""
    place = WorkspaceFolder(tmp_path_factory.mktemp("graph") / "workspace")
    place.dataset("numbers.csv", "n\n1\n2\n3\n")
    place.experiment(NODES, scripts=SCRIPTS)
    first = place.run()
    assert first.status == "finished"
    assert first.ran() == {"data", "double", "sum", "half"}
    assert set(first.reasons.values()) == {"It has not run before."}
    assert first.table("sum") == {"total": [12.0]}
    assert first.table("half") == {"n": [0.5, 1.0, 1.5]}
    return place


@pytest.fixture
def graph(first_run: WorkspaceFolder, tmp_path: Path) -> WorkspaceFolder:
    """A copy of it."""
    return first_run.copy(tmp_path / "workspace")


class TestKeptResults:
    def test_what_has_not_changed_is_kept_and_says_from_which_run(
        self, graph: WorkspaceFolder
    ) -> None:
        second, third = graph.run(), graph.run()
        for again in (second, third):
            assert again.status == "finished"
            assert again.kept() == {"data", "double", "sum", "half"}
            assert set(again.reasons.values()) == {UNCHANGED}
            assert again.table("sum") == {"total": [12.0]}
            record = again.result["double"].record
            # Of the run that made it, not of one that took it over.
            assert record.from_run not in {None, second.id, third.id}
            assert (record.rows, record.started_at, record.ended_at) == (3, None, None)
            assert record.seconds is not None
            assert again.result["double"].console == "times 2.0\n"

    def test_a_changed_comment_or_layout_runs_nothing(self, graph: WorkspaceFolder) -> None:
        graph.change("nodes:", "# A comment\ndescription: New\nnodes:")
        graph.change("{by: 0.5}", "{by: 0.5}\n    comment: The other way\n    timeout: 60")
        (graph.folder() / "layout.json").write_text(
            '{"studiolo": 1, "nodes": {"half": {"x": 10, "y": 20}}}'
        )
        assert graph.run().ran() == set()

    def test_a_changed_parameter_runs_what_depends_on_it(self, graph: WorkspaceFolder) -> None:
        ran = graph.run(parameters={("double", "by"): "3"})
        assert ran.ran() == {"double", "sum"}
        assert ran.kept() == {"data", "half"}
        assert ran.reasons["double"] == "Changed: the parameter by (default → 3.0)."
        assert ran.reasons["sum"] == "Changed: the input dataset1."
        assert ran.table("sum") == {"total": [18.0]}
        assert graph.run().ran() == set(), "what was before is kept beside it"

    def test_a_changed_script_runs_the_nodes_that_have_it(self, graph: WorkspaceFolder) -> None:
        graph.change("print", "print('changed');  print", file="times.py")
        ran = graph.run()
        assert ran.ran() == {"double", "half", "sum"}
        assert ran.reasons["half"] == "Changed: the script."
        graph.change("print('changed');  print", "print", file="times.py")
        assert graph.run().ran() == set()

    def test_a_changed_dataset_runs_all_that_came_of_it(self, graph: WorkspaceFolder) -> None:
        graph.dataset("numbers.csv", "n\n10\n")
        ran = graph.run()
        assert ran.ran() == {"data", "double", "sum", "half"}
        assert ran.reasons["data"] == "Changed: the dataset's content."
        assert ran.table("sum") == {"total": [20.0]}
        # A version that was seen stays to be had.
        graph.change("numbers.csv}", "numbers.csv, version: 1}")
        assert graph.run().table("sum") == {"total": [12.0]}

    def test_a_renamed_dataset_runs_again_and_says_so(self, graph: WorkspaceFolder) -> None:
        (graph.root / "datasets" / "numbers.csv").rename(graph.root / "datasets" / "renamed.csv")
        graph.change("numbers.csv", "renamed.csv")
        assert graph.run().reasons["data"] == "Changed: the dataset's name."

    def test_a_new_node_runs_alone(self, graph: WorkspaceFolder) -> None:
        path = graph.folder() / "experiment.yaml"
        new = "  more: {module: execute-python-script, script: sum.py, inputs: {dataset1: half}}\n"
        path.write_text(path.read_text() + new)
        ran = graph.run()
        assert ran.ran() == {"more"}
        assert ran.table("more") == {"total": [3.0]}

    def test_equal_nodes_of_another_experiment_are_kept_too(self, graph: WorkspaceFolder) -> None:
        graph.experiment(NODES, scripts=SCRIPTS, name="another")
        assert graph.run("another").ran() == set()

    def test_a_selection_runs_a_part_and_what_is_to_run_again_does(
        self, graph: WorkspaceFolder
    ) -> None:
        part = graph.run(to=["half"])
        assert part.states.keys() == {"data", "half"}
        assert part.result.record.partial
        assert graph.run(only=["double"]).ran() == {"double"}
        after = graph.run(start=["double"])
        assert after.ran() == {"double", "sum"}
        assert after.reasons["sum"] == "It was asked to run again."
        everything = graph.run(again=True)
        assert everything.ran() == {"data", "double", "sum", "half"}
        assert everything.table("sum") == {"total": [12.0]}

    def test_an_open_workspace_sees_what_changes_between_its_runs(
        self, graph: WorkspaceFolder
    ) -> None:
        graph.module("mine.py", "def azureml_main(frame):\n    return frame + 1, None\n")
        graph.change("nodes:", "nodes:\n  own: {module: mine, inputs: {frame: data}}")
        with Workspace(graph.root) as workspace:
            assert run_in(workspace).table("own") == {"n": [2, 3, 4]}
            graph.module("mine.py", "def azureml_main(frame):\n    return frame + 2, None\n")
            again = run_in(workspace)
            assert again.reasons["own"] == "Changed: the script."
            assert again.table("own") == {"n": [3, 4, 5]}
            graph.dataset("numbers.csv", "n\n7\n")
            assert run_in(workspace).table("own") == {"n": [9]}


class TestFailures:
    NODES = """
    data: {dataset: numbers.csv}
    bad: {module: execute-python-script, script: bad.py, inputs: {dataset1: data}}
    after bad: {module: execute-python-script, script: good.py, inputs: {dataset1: bad}}
    far: {module: execute-python-script, script: good.py, inputs: {dataset1: after bad}}
    good: {module: execute-python-script, script: good.py, inputs: {dataset1: data}}
    """
    SCRIPTS: ClassVar[Mapping[str, str]] = {
        "bad.py": "def azureml_main(frame):\n    print('so far')\n    1 / 0\n",
        "good.py": "def azureml_main(frame):\n    return frame + 1\n",
    }

    def test_one_branch_fails_and_the_other_goes_on(self, place: WorkspaceFolder) -> None:
        place.dataset("numbers.csv", "n\n1\n")
        place.experiment(self.NODES, scripts=self.SCRIPTS)
        ran = place.run()
        assert ran.status == "failed"
        assert ran.ran() == {"data", "good"}
        code, number, message = ran.failure("bad")
        assert (code, number) == ("script-exception", 85)
        assert "division by zero" in message
        assert ran.result["bad"].console == "so far\n"
        for left_out in ("after bad", "far"):
            assert ran.states[left_out] is NodeState.SKIPPED
            assert ran.reasons[left_out] == "The node 'bad', which it needs, did not succeed."
        # What was good is kept; what failed runs again, and so does what it held up.
        place.script("bad.py", "def azureml_main(frame):\n    return frame\n")
        mended = place.run()
        assert mended.kept() == {"data", "good"}
        assert mended.reasons["bad"] == "It failed the last time."
        assert mended.reasons["far"] == "It has not run before."
        assert mended.table("far") == {"n": [3]}

    def test_what_failed_runs_again_even_if_nothing_changed(self, place: WorkspaceFolder) -> None:
        place.experiment(
            "bad: {module: execute-python-script, script: bad.py}",
            scripts={"bad.py": "def azureml_main():\n    raise ValueError('no luck')\n"},
        )
        for reason in ("It has not run before.", "It failed the last time."):
            ran = place.run()
            assert ran.states == {"bad": NodeState.FAILED}
            assert ran.reasons == {"bad": reason}

    def test_an_output_that_was_left_empty_is_missed_where_it_is_needed(
        self, place: WorkspaceFolder
    ) -> None:
        place.experiment(
            """
            one: {module: execute-python-script, script: one.py}
            needs:
              module: add-columns
              inputs: {left_dataset: one, right_dataset: one.results_dataset2}
            """,
            scripts={
                "one.py": "def azureml_main():\n    return 1\n",
            },
        )
        code, number, message = place.run().failure("needs")
        assert (code, number) == ("input-empty", 3)
        assert "the node 'one' left its output results_dataset2 empty" in message

    def test_wrong_columns_have_their_classic_numbers(self, place: WorkspaceFolder) -> None:
        place.dataset("numbers.csv", "a,b\n1,2\n")
        place.experiment(
            """
            data: {dataset: numbers.csv}
            name:
              module: select-columns-in-dataset
              inputs: {dataset: data}
              parameters: {select_columns: [a, c]}
            number:
              module: select-columns-in-dataset
              inputs: {dataset: data}
              parameters:
                select_columns: {begin: none, rules: [{include: {indices: "1-3"}}]}
            """
        )
        ran = place.run()
        code, number, message = ran.failure("name")
        assert (code, number) == ("column-missing", 1)
        assert '"c"' in message
        code, number, message = ran.failure("number")
        assert (code, number) == ("column-number", 60)
        assert "3" in message

    def test_a_node_that_takes_too_long_fails_alone(self, place: WorkspaceFolder) -> None:
        place.experiment(
            """
            slow: {module: execute-python-script, script: slow.py, timeout: 1}
            quick: {module: execute-python-script, script: quick.py}
            """,
            scripts={
                "slow.py": "import time\ndef azureml_main():\n    time.sleep(60)\n",
                "quick.py": "def azureml_main():\n    return 1\n",
            },
        )
        ran = place.run()
        assert ran.failure("slow")[0] == "timed-out"
        assert ran.ran() == {"quick"}


def test_every_output_of_a_node_can_be_taken(place: WorkspaceFolder) -> None:
    place.dataset("numbers.csv", "n\n1\n2\n3\n4\n")
    place.experiment(
        """
        data: {dataset: numbers.csv}
        split: {module: split-data, inputs: {dataset: data}, parameters: {randomized_split: false}}
        two:
          module: execute-python-script
          script: two.py
          inputs: {dataset1: split.results_dataset2}
        back:
          module: add-rows
          inputs: {dataset1: two.results_dataset2, dataset2: split.results_dataset1}
        """,
        scripts={"two.py": "def azureml_main(frame):\n    return frame, frame * 10\n"},
    )
    ran = place.run()
    assert ran.table("split", "results_dataset1") == {"n": [1, 2]}
    assert ran.table("split", "results_dataset2") == {"n": [3, 4]}
    assert ran.table("two", "results_dataset") == {"n": [3, 4]}
    assert ran.table("back") == {"n": [30, 40, 1, 2]}


def test_an_observer_is_told_of_each_node_and_what_it_prints(place: WorkspaceFolder) -> None:
    place.experiment(
        "talks: {module: execute-python-script, script: talks.py}",
        scripts={"talks.py": "def azureml_main():\n    print('하나')\n    return 1\n"},
    )
    watcher = Watcher()
    place.run(observer=watcher)
    running, finished = watcher.told
    assert (running.state, finished.state) == (NodeState.RUNNING, NodeState.FINISHED)
    assert running.reason == "It has not run before."
    assert finished.rows == 1
    assert finished.seconds is not None
    assert finished.bytes is not None
    assert watcher.console == {"talks": "하나\n"}
    kept = Watcher()
    ran = place.run(observer=kept)
    (told,) = kept.told
    assert (told.state, told.from_run) == (NodeState.KEPT, ran.result["talks"].record.from_run)


@pytest.mark.skipif(os.cpu_count() == 1, reason="a single processor has one thing to do at a time")
def test_branches_that_do_not_need_each_other_run_at_once(place: WorkspaceFolder) -> None:
    place.experiment(
        """
        one: {module: execute-python-script, script: sleep.py, seed: 1}
        two: {module: execute-python-script, script: sleep.py, seed: 2}
        """,
        scripts={
            "sleep.py": "import time\ndef azureml_main():\n    time.sleep(1.5)\n    return 1\n"
        },
    )
    ran = place.run()
    one, two = (ran.result[node].record for node in ("one", "two"))
    assert one.started_at is not None
    assert one.ended_at is not None
    assert two.started_at is not None
    assert two.ended_at is not None
    assert max(one.started_at, two.started_at) < min(one.ended_at, two.ended_at)


def test_an_experiment_with_nothing_in_it_is_finished(place: WorkspaceFolder) -> None:
    place.experiment("")
    ran = place.run()
    assert (ran.status, ran.states) == ("finished", {})


class TestCancelling:
    NODES = """
    quick: {module: execute-python-script, script: quick.py}
    sleeps: {module: execute-python-script, script: sleeps.py, inputs: {dataset1: quick}}
    after: {module: execute-python-script, script: quick.py, inputs: {dataset1: sleeps}}
    """
    SCRIPTS: ClassVar[Mapping[str, str]] = {
        "quick.py": "def azureml_main(frame=None):\n    return 1\n",
        "sleeps.py": """
            import time
            def azureml_main(frame):
                print("asleep", flush=True)
                time.sleep(60)
            """,
    }

    def test_a_run_stops_soon_after_it_is_asked_to(self, place: WorkspaceFolder) -> None:
        place.experiment(self.NODES, scripts=self.SCRIPTS)
        watcher, cancelled, asked = Watcher(), threading.Event(), threading.Event()

        def cancel() -> None:
            watcher.wait_for_console("sleeps", "asleep")
            asked.set()
            cancelled.set()

        thread = threading.Thread(target=cancel)
        thread.start()
        ran = place.run(observer=watcher, cancelled=cancelled)
        thread.join()
        assert asked.is_set()
        assert ran.status == "cancelled"
        assert ran.ran() == {"quick"}
        assert ran.failure("sleeps")[0] == "cancelled"
        assert ran.states["after"] is NodeState.CANCELLED
        assert ran.reasons["after"] == "The run was cancelled."
        slept = ran.result["sleeps"].record
        assert slept.started_at is not None
        assert slept.ended_at is not None
        # It would have been 60.
        assert (slept.ended_at - slept.started_at).total_seconds() < 20
        assert not list((place.root / ".studiolo" / "locks").glob("run-*"))
        assert not list((place.root / ".studiolo" / "blobs").glob("incoming-*"))
        # And it can be run again, from where it was.
        place.script("sleeps.py", "def azureml_main(frame):\n    return frame\n")
        again = place.run()
        assert again.status == "finished"
        assert again.kept() == {"quick"}

    def test_a_run_that_is_cancelled_from_the_beginning_does_nothing(
        self, place: WorkspaceFolder
    ) -> None:
        place.experiment(self.NODES, scripts=self.SCRIPTS)
        cancelled = threading.Event()
        cancelled.set()
        ran = place.run(cancelled=cancelled)
        assert ran.status == "cancelled"
        assert ran.states["after"] is NodeState.CANCELLED
