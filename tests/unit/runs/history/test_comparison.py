"""How two runs are compared, on what is remembered of runs that never were."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from studiolo.datasets.change import Change
from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.runs.history.comparison import ComparedRun, compare_runs
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.history.provenance import Provenance
from studiolo.runs.planning.recipe import digest_of, source_digest
from studiolo.store.identity import RecipeDigest, RunId
from studiolo.store.records import Records
from studiolo.store.run_record import NodeRecord, NodeState, RunRecord

BEGAN = datetime(2025, 1, 31, tzinfo=UTC)
DATA = {"contract": 1, "file": "rows.csv", "dataset": "a" * 64}


class Remembered:
    """As much of the records as a comparison asks for."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self._snapshot = snapshot

    def snapshot(self, _run: RunId) -> Mapping[str, Any]:
        return self._snapshot

    def recipes(self, _digests: object) -> Mapping[str, Any]:
        return {}

    def dataset_versions(self, _name: str) -> list[Any]:
        return []


def run(
    recipes: Mapping[str, Mapping[str, Any]],
    *,
    called: str = "20250131-000000000-aaaaaa",
    scripts: Mapping[str, str] | None = None,
    states: Mapping[str, NodeState] | None = None,
) -> ComparedRun:
    record = RunRecord(
        id=RunId(called),
        experiment="experiments/e",
        experiment_name="E",
        started_at=BEGAN,
        pid=1,
        host="studio",
    )
    nodes = {
        NodeName(name): NodeResult(
            record=NodeRecord(
                run=record.id,
                position=position,
                node=NodeName(name),
                state=(states or {}).get(name, NodeState.FINISHED),
                reason="",
                recipe_digest=RecipeDigest(digest_of(recipe)),
            ),
            kept=None,
            results=cast("KeptResults", None),
        )
        for position, (name, recipe) in enumerate(recipes.items())
    }
    remembered = Remembered({"recipes": recipes, "scripts": scripts or {}})
    provenance = Provenance(cast("Records", remembered), record.id, nodes)
    return ComparedRun(run=CurrentRun(record=record, nodes=nodes), provenance=provenance)


def module(recipe: Mapping[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    """The recipe of a module whose input is the result of a recipe."""
    inputs = {} if recipe is None else {"dataset": f"{digest_of(recipe)}.dataset"}
    return {"contract": 1, "module": "split-data", "inputs": inputs, **parts}


def test_a_module_that_may_differ_each_time_does_not_differ_because_of_that() -> None:
    runs = []
    for once in ("first", "second"):
        drawn = module(DATA, once=once)
        runs.append(run({"data": DATA, "drawn": drawn, "after": module(drawn)}))
    comparison = compare_runs(*runs)
    assert not comparison.differs
    assert list(comparison.nodes) == ["data", "drawn", "after"]


def test_what_comes_after_a_difference_differs_in_its_input() -> None:
    first, second = module(DATA, seed=1), module(DATA, seed=2)
    comparison = compare_runs(
        run({"data": DATA, "drawn": first, "after": module(first)}),
        run({"data": DATA, "drawn": second, "after": module(second)}),
    )
    assert list(comparison.differing) == ["drawn", "after"]
    assert comparison.nodes[NodeName("drawn")].settings == {"seed": Change(before=1, after=2)}
    assert comparison.nodes[NodeName("after")].inputs == {
        "dataset": Change(before="drawn.dataset", after="drawn.dataset")
    }


def test_an_input_that_was_not_connected_is_told() -> None:
    comparison = compare_runs(
        run({"data": DATA, "node": module()}), run({"data": DATA, "node": module(DATA)})
    )
    assert comparison.nodes[NodeName("node")].inputs == {
        "dataset": Change(before=None, after="data.dataset")
    }


def test_another_module_is_told_without_its_text() -> None:
    comparison = compare_runs(
        run({"node": module(source="one")}),
        run({"node": {**module(source="two"), "module": "add-rows"}}),
    )
    node = comparison.nodes[NodeName("node")]
    assert node.what == Change(before="split-data", after="add-rows")
    assert node.script is None


def test_a_modules_own_text_is_not_remembered() -> None:
    script = (
        compare_runs(run({"node": module(source="one")}), run({"node": module(source="two")}))
        .nodes[NodeName("node")]
        .script
    )
    assert script is not None
    assert (script.before, script.after, list(script.lines)) == (None, None, [])


def test_a_script_is_found_by_the_digest_of_its_text() -> None:
    runs = [
        run(
            {"node": {**module(source=source_digest(text)), "module": "execute-python-script"}},
            called=f"20250131-000000000-{end}",
            scripts={"other.py": "other", "script.py": text},
        )
        for text, end in (("a\nb\n", "aaaaaa"), ("a\nc\n", "bbbbbb"))
    ]
    script = compare_runs(*runs).nodes[NodeName("node")].script
    assert script is not None
    assert list(script.lines) == [
        "--- script.py (run aaaaaa)",
        "+++ script.py (run bbbbbb)",
        "@@ -1,2 +1,2 @@",
        " a",
        "-b",
        "+c",
    ]


def test_a_kept_result_is_as_good_as_a_new_one() -> None:
    one = run({"data": DATA}, states={"data": NodeState.FINISHED})
    other = run({"data": DATA}, states={"data": NodeState.KEPT})
    failed = run({"data": DATA}, states={"data": NodeState.FAILED})
    assert not compare_runs(one, other).differs
    assert compare_runs(other, failed).nodes[NodeName("data")].state == Change(
        before="kept", after="failed"
    )


def test_a_content_that_has_no_version_is_told_by_its_digest() -> None:
    comparison = compare_runs(run({"data": DATA}), run({"data": {**DATA, "dataset": "b" * 64}}))
    assert comparison.nodes[NodeName("data")].content == Change(
        before="content aaaaaaaa", after="content bbbbbbbb"
    )
