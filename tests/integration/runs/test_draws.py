"""What was drawn at random stays one draw: no result is ever made of the halves of two."""

import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from studiolo.experiments.experiment import NodeName
from studiolo.runs.planning.recipe import without_draw
from studiolo.store.records import Records
from studiolo.workspace.folder.state_folder import StateFolder
from studiolo.workspace.transfer.copying import copy_experiment
from studiolo.workspace.workspace import Workspace

from ..workspaces import Ran, WorkspaceFolder, run_in

ROWS = 300
SPLIT = "{module: split-data, inputs: {dataset: data}, parameters: {fraction: 0.4}}"
NODES = f"""
data: {{dataset: noise.csv}}
split: {SPLIT}
"""
#: What a half gives on its own, so that a result can be kept of it.
HALVES = """
first: {module: add-columns, inputs: {left_dataset: split.results_dataset1,
  right_dataset: split.results_dataset1}}
second: {module: add-columns, inputs: {left_dataset: split.results_dataset2,
  right_dataset: split.results_dataset2}}
"""


@pytest.fixture
def noise(place: WorkspaceFolder) -> WorkspaceFolder:
    """Labels that nothing in the features foretells."""
    chance = random.Random(20250131)
    lines = ["row,a,b,c,label"]
    for row in range(ROWS):
        values = [f"{chance.gauss(0, 1):.6f}" for _ in range(3)]
        lines.append(",".join([str(row), *values, str(chance.randrange(2))]))
    place.dataset("noise.csv", "\n".join(lines) + "\n")
    return place


def rows(ran: Ran, node: str, port: str | None = None) -> set[int]:
    return set(ran.table(node, port)["row"])


def halves(ran: Ran, node: str = "split") -> tuple[set[int], set[int]]:
    first, second = (rows(ran, node, f"results_dataset{n}") for n in (1, 2))
    assert first | second == set(range(ROWS))
    assert not first & second
    return first, second


def draw(ran: Ran, node: str = "split") -> int:
    drawn = ran.result[node].record.draw
    assert drawn is not None
    return drawn


class TestTheHalvesOfASplit:
    def test_two_equal_splits_have_a_draw_each(self, noise: WorkspaceFolder) -> None:
        noise.experiment(f"{NODES}\nother: {SPLIT}\n")
        ran = noise.run()
        assert halves(ran) != halves(ran, "other")
        again = noise.run()
        assert again.ran() == set()
        assert (halves(again), halves(again, "other")) == (halves(ran), halves(ran, "other"))
        # One that is added gets a third, even if it is the only one that is asked for.
        noise.experiment(f"{NODES}\nother: {SPLIT}\nthird: {SPLIT}\n")
        third = noise.run(to=["third"])
        assert halves(third, "third") not in (halves(ran), halves(ran, "other"))

    def test_a_node_added_after_one_ran_again_gets_the_same_draw(
        self, noise: WorkspaceFolder
    ) -> None:
        noise.experiment(NODES + HALVES.split("second", maxsplit=1)[0])
        before = noise.run()
        alone = noise.run(only=["split"])
        assert alone.ran() == {"split"}
        assert halves(alone) != halves(before)
        noise.experiment(NODES + HALVES)
        after = noise.run()
        assert after.kept() == {"data", "split"}
        assert after.reasons["first"] == "Changed: the input left_dataset, the input right_dataset."
        assert (rows(after, "first"), rows(after, "second")) == halves(alone)

    def test_another_experiment_that_draws_again_leaves_this_one_alone(
        self, noise: WorkspaceFolder
    ) -> None:
        noise.experiment(NODES + HALVES.split("second", maxsplit=1)[0])
        noise.experiment(NODES, name="other")
        before = noise.run()
        # It has what it would draw already.
        assert noise.run("other").kept() == {"data", "split"}
        other = noise.run("other", again=True)
        assert halves(other) != halves(before)
        noise.experiment(NODES + HALVES)
        after = noise.run()
        assert after.ran() == {"second"}
        assert (rows(after, "first"), rows(after, "second")) == halves(before)
        assert halves(noise.run("other")) == halves(other)

    def test_nothing_is_learnt_from_noise(self, noise: WorkspaceFolder) -> None:
        learner = """
learner: {module: two-class-decision-forest, parameters: {number_of_decision_trees: 30}}
roles: {module: select-columns-in-dataset, inputs: {dataset: split.results_dataset1},
  parameters: {select_columns: [a, b, c, label]}}
train: {module: train-model, inputs: {untrained_model: learner, dataset: roles},
  parameters: {label_column: label}}
"""
        noise.experiment(NODES + learner)
        noise.run()
        noise.run(only=["split"])
        noise.experiment(
            f"""{NODES}{learner}
score: {{module: score-model, inputs: {{trained_model: train, dataset: split.results_dataset2}}}}
evaluate: {{module: evaluate-model, inputs: {{scored_dataset: score}}}}
"""
        )
        figures = noise.run().table("evaluate")
        (area,) = figures["AUC"]
        # Of 180 rows; it was .97 when the model had seen most of them.
        assert 0.35 < area < 0.65


class TestWhatIsKept:
    SCRIPT = """
        import random
        import numpy as np
        import pandas as pd
        def azureml_main(frame, *, n: int = 1):
            return pd.DataFrame(
                {"python": [random.random()], "numpy": [np.random.random()],
                 "pandas": [int(frame.sample(1).index[0])]}
            )
        """
    NODES = """
        data: {dataset: noise.csv}
        script: {module: execute-python-script, script: s.py, inputs: {dataset1: data}}
        after: {module: add-columns, inputs: {left_dataset: script, right_dataset: script}}
        """

    @pytest.fixture
    def script(self, noise: WorkspaceFolder) -> WorkspaceFolder:
        noise.experiment(self.NODES, scripts={"s.py": self.SCRIPT})
        return noise

    def test_a_script_keeps_its_draw_until_it_is_asked_to_run_again(
        self, script: WorkspaceFolder
    ) -> None:
        first = script.run()
        kept = script.run()
        assert kept.ran() == set()
        assert draw(kept, "script") == draw(first, "script")
        again = script.run(only=["script"])
        assert again.reasons["script"] == "It was asked to run again."
        assert draw(again, "script") != draw(first, "script")
        assert again.table("script") != first.table("script")
        after = script.run()
        assert after.ran() == {"after"}
        assert after.table("script") == again.table("script")

    def test_a_change_draws_anew_and_its_undoing_brings_back_what_was(
        self, script: WorkspaceFolder
    ) -> None:
        first = script.run()
        changed = script.run(parameters={("script", "n"): "2"})
        assert changed.reasons["script"] == "Changed: the parameter n (default → 2)."
        assert changed.table("script") != first.table("script")
        back = script.run()
        assert back.ran() == set()
        assert back.table("script") == first.table("script")

    def test_a_draw_can_be_pinned_and_then_repeated(self, script: WorkspaceFolder) -> None:
        first = script.run()
        number = draw(first, "script")
        script.change("script: s.py,", f"script: s.py, seed: {number},")
        pinned = script.run()
        assert pinned.ran() == set()
        assert pinned.result["script"].record.draw is None
        again = script.run(only=["script"])
        assert again.table("script") == first.table("script")
        # A seed does not reach everything: what comes after it can't be taken for the same.
        assert script.run().ran() == {"after"}
        assert script.run().ran() == set()

    def test_what_was_lost_is_drawn_as_it_was(self, script: WorkspaceFolder) -> None:
        first = script.run()
        for file in script.blob_files():
            file.unlink()
        again = script.run()
        assert again.ran() == {"data", "script", "after"}
        assert again.reasons["script"] == "Its result is no longer kept."
        assert again.table("script") == first.table("script")

    def test_another_name_changes_nothing(self, script: WorkspaceFolder) -> None:
        first = script.run()
        script.change("script: {module", "drawing: {module")
        script.change(
            "left_dataset: script, right_dataset: script",
            "left_dataset: drawing, right_dataset: drawing",
        )
        renamed = script.run()
        assert renamed.ran() == set()
        assert renamed.table("drawing") == first.table("script")
        # The name is free again, its draw is not.
        noise = (script.folder() / "experiment.yaml").read_text(encoding="utf-8")
        line = "  script: {module: execute-python-script, script: s.py, inputs: {dataset1: data}}"
        (script.folder() / "experiment.yaml").write_text(f"{noise}{line}\n", encoding="utf-8")
        both = script.run()
        assert both.ran() == {"script"}
        assert draw(both, "script") != draw(both, "drawing")

    def test_a_copy_in_the_workspace_begins_with_what_there_is(
        self, script: WorkspaceFolder
    ) -> None:
        first = script.run()
        with Workspace(script.root) as workspace:
            copy_experiment("experiment", workspace, workspace, name="copy")
            copied = run_in(workspace, "copy")
            assert copied.ran() == set()
            again = run_in(workspace, "copy", again=True)
            assert draw(again, "script") != draw(first, "script")
            assert run_in(workspace).ran() == set()

    def test_a_copy_in_another_workspace_draws_for_itself(
        self, script: WorkspaceFolder, tmp_path: Path
    ) -> None:
        first = script.run()
        there = WorkspaceFolder(tmp_path / "there")
        with Workspace(script.root) as source, Workspace(there.root) as target:
            copy_experiment("experiment", source, target)
            copied = run_in(target)
            assert draw(copied, "script") != draw(first, "script")
            assert run_in(target).ran() == set()

    def test_a_plan_that_only_looks_draws_nothing(self, script: WorkspaceFolder) -> None:
        script_node = NodeName("script")
        with Workspace(script.root) as workspace:
            experiment = workspace.experiment("experiment")
            assert workspace.plan(experiment).steps[script_node].seed is None
            ran = run_in(workspace)
            looked_at = workspace.plan(experiment).steps[script_node]
            assert looked_at.seed == draw(ran, "script")
            assert looked_at.digest == ran.result["script"].record.recipe_digest
            with Records.open(StateFolder(script.root).path) as records:
                recipes = records.recipes([looked_at.digest])
            assert recipes[looked_at.digest]["seed"] == looked_at.draw
            without = without_draw(looked_at.recipe, looked_at.draw)
            assert without == {**looked_at.recipe, "seed": None}


KILLED = """
import os, signal, sys
from pathlib import Path
from studiolo.store.records import Records
from studiolo.workspace.workspace import Workspace

def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(Records, sys.argv[2], kill)
with Workspace(Path(sys.argv[1])) as workspace:
    workspace.run(workspace.experiment("experiment"))
"""


@pytest.mark.parametrize("moment", ["begin_run", "finish_nodes"])
def test_a_run_that_is_killed_leaves_no_half_a_draw(noise: WorkspaceFolder, moment: str) -> None:
    noise.experiment(NODES + HALVES)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(noise.root), moment], check=False, timeout=120
    )
    assert ended.returncode == -signal.SIGKILL
    with Records.open(StateFolder(noise.root).path) as records:
        recorded = records.latest_draws("experiments/experiment")
    ran = noise.run()
    assert ran.ran() == {"data", "split", "first", "second"}
    assert (rows(ran, "first"), rows(ran, "second")) == halves(ran)
    # A draw that was recorded is what the next run goes on with.
    assert [d.number for d in recorded] == ([draw(ran)] if moment == "finish_nodes" else [])


def test_many_equal_nodes_have_a_draw_each(place: WorkspaceFolder) -> None:
    node = "{module: execute-python-script, script: s.py}"
    place.experiment(
        "\n".join(f"n{number}: {node}" for number in range(20)),
        scripts={"s.py": "import random\ndef azureml_main():\n    return random.random()\n"},
    )
    ran = place.run()
    tables: list[Any] = [ran.table(name) for name in ran.states]
    assert len({str(table) for table in tables}) == 20
    assert place.run().ran() == set()
    again = place.run(again=True)
    assert not {draw(again, n) for n in ran.states} & {draw(ran, n) for n in ran.states}
