from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from studiolo.experiments.experiment import NodeName
from studiolo.store.dataset_record import RecordedColumn
from studiolo.store.errors import RunAmbiguousError, RunUnknownError
from studiolo.store.identity import BlobDigest, RecipeDigest, RunId
from studiolo.store.locks import SoleUse
from studiolo.store.records import Records
from studiolo.store.result_record import KeptImage
from studiolo.store.run_record import (
    FinishedNode,
    NodeChange,
    NodeOutcome,
    NodeState,
    PlannedNode,
    RunStatus,
    Session,
)

from .samples import EXPERIMENT, MOMENT, finished, new_result, new_run, seen

FIRST = RunId("20250131-184502117-00aa00")
SECOND = RunId("20250131-184502117-00bb00")
THIRD = RunId("20250201-090000000-0a0c00")


def planned(*names: str) -> list[PlannedNode]:
    return [PlannedNode(node=NodeName(name)) for name in names]


def recipe_digests(count: int) -> list[RecipeDigest]:
    return [RecipeDigest(f"{number:064x}") for number in range(count)]


class TestDatasets:
    def test_each_new_content_is_the_next_version(self, records: Records) -> None:
        assert records.note_dataset(seen(content="a")).version == 1
        assert records.note_dataset(seen(content="b", rows=3)).version == 2
        assert records.note_dataset(seen("other.csv", content="b")).version == 1
        assert [known.version for known in records.dataset_versions("pima.csv")] == [1, 2]
        assert records.dataset_versions("never seen.csv") == []

    def test_a_content_that_returns_is_its_old_version_and_the_current_one(
        self, records: Records
    ) -> None:
        records.note_dataset(seen(content="a"))
        records.note_dataset(seen(content="b"))
        again = records.note_dataset(seen(content="a", mtime_ns=5))
        assert again.version == 1
        assert records.dataset_version("pima.csv") == again
        assert again.mtime_ns == 5
        assert records.note_dataset(seen(content="c")).version == 3
        records.note_dataset(seen(content="b", rows=7), current=False)
        read = records.dataset_version("pima.csv", 2)
        assert read is not None
        assert read.rows == 7
        now = records.dataset_version("pima.csv")
        assert now is not None
        assert now.content == "c" * 64

    def test_what_was_seen_is_remembered_to_the_last_digit(self, records: Records) -> None:
        sight = seen()
        noted = records.note_dataset(sight)
        assert records.dataset_version("pima.csv", 1) == noted
        assert asdict(noted) == {
            **asdict(sight),
            "version": 1,
            "created_at": noted.created_at,
        }
        assert datetime.now(UTC) - noted.created_at < timedelta(minutes=1)

    def test_columns_may_be_called_whatever_python_can_say(self, records: Records) -> None:
        names = ["a\x00b", "\x01", "\ud800", "\\u0000", "", "é", "e\u0301"]
        columns = [RecordedColumn(name=name, type="int64", role="feature") for name in names]
        assert records.note_dataset(seen(columns=columns)).columns == columns
        (known,) = records.dataset_versions("pima.csv")
        assert known.columns == columns

    def test_names_of_any_characters_are_apart(self, records: Records) -> None:
        names = ["a", "a ", "A", "a\x00", "a\x01", "a\x010", "a%", "a_", "\u00e4", "a\u0308"]
        for number, name in enumerate(names):
            assert records.note_dataset(seen(name, rows=number)).version == 1
        for number, name in enumerate(names):
            (known,) = records.dataset_versions(name)
            assert (known.name, known.rows) == (name, number)

    def test_there_is_no_version_that_was_not_seen(self, records: Records) -> None:
        records.note_dataset(seen())
        assert records.dataset_version("pima.csv", 2) is None
        assert records.dataset_version("other.csv") is None


class TestResults:
    def test_a_result_is_found_by_its_recipe(self, records: Records) -> None:
        records.begin_run(new_run(FIRST), planned("split"))
        made = finished(FIRST, "split", "recipe", blobs=[BlobDigest("c" * 64)])
        records.finish_nodes(FIRST, [made])
        asked = [RecipeDigest("recipe"), RecipeDigest("another")]
        found = records.find_results(asked)
        assert found.keys() == {"recipe"}
        assert made.result is not None
        assert asdict(found[asked[0]]).items() <= asdict(made.result).items()
        assert records.recipes(asked) == {"recipe": made.result.recipe}

    def test_any_number_can_be_looked_for(self, records: Records) -> None:
        digests = recipe_digests(2500)
        records.begin_run(new_run(FIRST), [])
        records.finish_nodes(
            FIRST, [finished(FIRST, f"n{digest}", digest) for digest in digests[::2]]
        )
        # Twice the same is no more than once.
        found = records.find_results(iter(digests + digests[:10]))
        assert list(found) == digests[::2]
        assert records.recipes(digests).keys() == set(digests[::2])
        assert records.find_results([]) == {}

    def test_a_result_made_again_takes_the_place_of_the_old(self, records: Records) -> None:
        old, new = BlobDigest("0" * 64), BlobDigest("1" * 64)
        records.begin_run(new_run(FIRST), planned("split"))
        records.finish_nodes(FIRST, [finished(FIRST, "split", "recipe", blobs=[old])])
        records.finish_nodes(FIRST, [finished(FIRST, "split", "recipe", blobs=[new])])
        found = records.find_results([RecipeDigest("recipe")])
        assert found[RecipeDigest("recipe")].outputs["results_dataset1"]["blobs"] == [new]
        assert records.referenced_blobs() == {new}

    def test_two_nodes_of_a_batch_may_have_the_same_recipe(self, records: Records) -> None:
        records.begin_run(new_run(FIRST), planned("one", "other"))
        records.finish_nodes(
            FIRST, [finished(FIRST, "one", "recipe"), finished(FIRST, "other", "recipe")]
        )
        assert [node.state for node in records.nodes_of(FIRST)] == ["finished", "finished"]


class TestRuns:
    def test_a_run_is_remembered_as_it_began(self, records: Records) -> None:
        begun = replace(new_run(FIRST, partial=True), prepares=Session.DEBUGGER)
        records.begin_run(begun, planned("b", "a"))
        run = records.run(FIRST)
        assert {**asdict(run), "snapshot": records.snapshot(FIRST)} == asdict(begun)
        assert [(node.node, node.position, node.state) for node in records.nodes_of(FIRST)] == [
            ("b", 0, "waiting"),
            ("a", 1, "waiting"),
        ]

    def test_a_node_goes_through_its_states(self, records: Records) -> None:
        node = NodeName("split")
        records.begin_run(
            new_run(FIRST),
            [PlannedNode(node=node, reason="Its parameters changed.", draw=2**32 - 1)],
        )
        change = NodeChange(node=node, state=NodeState.RUNNING, started_at=MOMENT)
        records.change_nodes(FIRST, [change])
        (running,) = records.nodes_of(FIRST)
        assert running.state is NodeState.RUNNING
        assert (running.reason, running.started_at) == ("Its parameters changed.", MOMENT)

        made = finished(FIRST, "split", "recipe")
        records.finish_nodes(FIRST, [made])
        (done,) = records.nodes_of(FIRST)
        facts = {"run": FIRST, "position": 0, "draw": 2**32 - 1}
        assert asdict(done) == {**asdict(made.outcome), **facts}

    def test_draws_are_found_by_node_and_by_what_they_were_drawn_for(
        self, records: Records
    ) -> None:
        def begin(run: RunId, experiment: str, **draws: tuple[str, int] | None) -> None:
            nodes = [
                PlannedNode(node=NodeName(node), undrawn=RecipeDigest(draw[0]), draw=draw[1])
                if draw is not None
                else PlannedNode(node=NodeName(node))
                for node, draw in draws.items()
            ]
            records.begin_run(new_run(run, experiment=experiment), nodes)

        begin(FIRST, "here", split=("x", 1), train=("y", 2), data=None)
        begin(SECOND, "here", split=("x", 3))
        begin(THIRD, "there", split=("x", 4), train=None)
        assert [(draw.node, draw.number) for draw in records.latest_draws("here")] == [
            ("split", 3),
            ("train", 2),
        ]
        found = records.draws_for(RecipeDigest("x"))
        assert [(draw.experiment, draw.number) for draw in found] == [
            ("there", 4),
            ("here", 3),
            ("here", 1),
        ]
        assert records.draws_for(RecipeDigest("z")) == []

    def test_a_failure_is_kept_with_its_pictures(self, records: Records) -> None:
        blob = BlobDigest("d" * 64)
        image = KeptImage(name="rplot.png", media_type="image/png", blob=blob)
        outcome = NodeOutcome(
            node=NodeName("split"),
            state=NodeState.FAILED,
            reason="It has never run before.",
            console="Traceback …\x00\n",
            log=[],
            images=[image],
            failure={"code": "script-exception", "message": "no such column: 'age'"},
        )
        records.begin_run(new_run(FIRST), planned("split"))
        records.finish_nodes(FIRST, [FinishedNode(outcome=outcome)])
        (node,) = records.nodes_of(FIRST)
        assert asdict(node) == {**asdict(outcome), "run": FIRST, "position": 0, "draw": None}
        assert records.referenced_blobs() == {blob}

    def test_a_kept_node_shows_what_its_result_printed_and_drew(self, records: Records) -> None:
        image = KeptImage(name="a.png", media_type="image/png", blob=BlobDigest("e" * 64))
        records.begin_run(new_run(FIRST), planned("split"))
        records.finish_nodes(FIRST, [finished(FIRST, "split", "recipe", images=[image])])
        records.begin_run(new_run(SECOND), planned("split"))
        kept = NodeOutcome(
            node=NodeName("split"),
            state=NodeState.KEPT,
            reason="Nothing changed.",
            recipe_digest=RecipeDigest("recipe"),
            from_run=FIRST,
        )
        records.finish_nodes(SECOND, [FinishedNode(outcome=kept)])
        (node,) = records.nodes_of(SECOND)
        assert (node.state, node.from_run) == (NodeState.KEPT, FIRST)
        assert (node.console, node.images) == ("fitted\n", [image])
        assert node.log == ["A row index was dropped."]

    def test_a_batch_is_recorded_whole_or_not_at_all(self, records: Records) -> None:
        records.begin_run(new_run(FIRST), planned("good", "bad"))
        bad = finished(FIRST, "bad", "2", blobs=[BlobDigest("f" * 64)])
        broken = NodeOutcome(
            node=NodeName("bad"),
            state=NodeState.FINISHED,
            reason="",
            # A time without a zone is refused, after the results were written.
            started_at=datetime(2025, 1, 31),
        )
        with pytest.raises(Exception, match="no time zone"):
            records.finish_nodes(
                FIRST,
                [finished(FIRST, "good", "1"), FinishedNode(outcome=broken, result=bad.result)],
            )
        assert {node.state for node in records.nodes_of(FIRST)} == {"waiting"}
        assert records.find_results([RecipeDigest("1"), RecipeDigest("2")]) == {}
        assert records.referenced_blobs() == set()

    def test_an_ended_run_stays_as_it_ended(self, records: Records) -> None:
        records.begin_run(new_run(FIRST), [])
        records.end_run(FIRST, RunStatus.FAILED, ended_at=MOMENT)
        records.end_run(FIRST, RunStatus.FINISHED, ended_at=MOMENT + timedelta(hours=1))
        records.mark_interrupted([FIRST])
        run = records.run(FIRST)
        assert (run.status, run.ended_at) == (RunStatus.FAILED, MOMENT)

    def test_times_of_any_zone_come_back_in_utc(self, records: Records) -> None:
        records.begin_run(new_run(FIRST), [])
        there = timezone(timedelta(hours=-5, minutes=-30))
        records.end_run(FIRST, RunStatus.FINISHED, ended_at=MOMENT.astimezone(there))
        ended_at = records.run(FIRST).ended_at
        assert ended_at == MOMENT
        assert ended_at is not None
        assert ended_at.tzinfo is UTC

    def test_runs_are_listed_newest_first(self, records: Records) -> None:
        records.begin_run(new_run(SECOND), [])
        records.begin_run(new_run(THIRD, experiment="other/experiment.yaml"), [])
        records.begin_run(new_run(FIRST), [])
        records.end_run(SECOND, RunStatus.CANCELLED, ended_at=MOMENT)
        assert [run.id for run in records.runs()] == [THIRD, SECOND, FIRST]
        assert [run.id for run in records.runs(EXPERIMENT)] == [SECOND, FIRST]
        assert [run.id for run in records.runs(limit=1)] == [THIRD]
        assert [run.id for run in records.runs(status=RunStatus.RUNNING)] == [THIRD, FIRST]

    def test_a_run_is_found_by_the_beginning_of_its_id_or_of_its_end(
        self, records: Records
    ) -> None:
        for run in (FIRST, SECOND, THIRD):
            records.begin_run(new_run(run), [])
        assert records.run(FIRST).id == FIRST
        assert records.run("20250201").id == THIRD
        assert records.run("00b").id == SECOND
        with pytest.raises(RunAmbiguousError, match=f'may mean "{SECOND}", "{FIRST}"') as two:
            records.run("20250131-18")
        assert two.value.matches == (SECOND, FIRST)
        for wrong in ("2024", "%", "_", "", "0250201"):
            with pytest.raises(RunUnknownError):
                records.run(wrong)
        with pytest.raises(RunUnknownError, match=f'Did you mean "{FIRST}"?'):
            records.run(FIRST.replace("00aa00", "00aa01"))
        with pytest.raises(RunUnknownError, match=f'The newest run is "{THIRD}"'):
            records.snapshot(RunId("no"))

    def test_the_first_question_in_a_new_workspace(self, records: Records) -> None:
        with pytest.raises(RunUnknownError, match="Nothing has been run in this workspace yet"):
            records.run("2025")
        assert records.runs() == []
        assert records.nodes_of(FIRST) == []


class TestLatest:
    def test_the_newest_run_that_something_came_of(self, records: Records) -> None:
        for run, nodes in ((FIRST, ("a", "b", "c")), (SECOND, ("a", "b")), (THIRD, ("a",))):
            records.begin_run(new_run(run), planned("a", "b", "c"))
            records.finish_nodes(run, [finished(run, node, f"{run}{node}") for node in nodes])
        records.begin_run(new_run(RunId("2026"), experiment="other/experiment.yaml"), planned("a"))
        records.finish_nodes(RunId("2026"), [finished(RunId("2026"), "a", "other")])
        latest = records.latest_nodes(EXPERIMENT)
        assert {node: record.run for node, record in latest.items()} == {
            "a": THIRD,
            "b": SECOND,
            "c": FIRST,
        }
        assert records.latest_node(EXPERIMENT, NodeName("b")) == latest[NodeName("b")]
        assert records.latest_node(EXPERIMENT, NodeName("d")) is None
        waiting = records.latest_nodes(EXPERIMENT, states=[NodeState.WAITING])
        assert {node: record.run for node, record in waiting.items()} == {"b": THIRD, "c": THIRD}


class TestTidyingUp:
    def test_an_interrupted_run_says_what_became_of_its_nodes(self, records: Records) -> None:
        records.begin_run(new_run(FIRST), planned("done", "running", "waiting"))
        later = MOMENT + timedelta(minutes=3)
        records.finish_nodes(FIRST, [finished(FIRST, "done", "recipe")])
        running = NodeChange(node=NodeName("running"), state=NodeState.RUNNING, started_at=later)
        records.change_nodes(FIRST, [running])
        records.mark_interrupted([FIRST, RunId("unknown")])
        run = records.run(FIRST)
        assert (run.status, run.ended_at) == (RunStatus.INTERRUPTED, later)
        done, cancelled, skipped = records.nodes_of(FIRST)
        assert done.state is NodeState.FINISHED
        assert cancelled.state is NodeState.CANCELLED
        assert skipped.state is NodeState.SKIPPED
        assert skipped.reason.startswith("The process that was carrying out the run ended")

    def test_a_run_that_had_hardly_begun_ended_when_it_began(self, records: Records) -> None:
        records.begin_run(new_run(FIRST), planned("a"))
        records.mark_interrupted([FIRST])
        assert records.run(FIRST).ended_at == MOMENT

    def test_old_runs_are_forgotten_with_what_only_they_used(
        self, records: Records, store: Path
    ) -> None:
        ids = [RunId(f"2025010{day}") for day in range(1, 7)]
        for run in ids:
            records.begin_run(new_run(run), planned("own", "shared"))
            own = BlobDigest(run[-1] * 64)
            shared = BlobDigest("a" * 64)
            records.finish_nodes(
                run,
                [
                    finished(run, "own", f"own {run}", blobs=[own]),
                    finished(run, "shared", "shared", blobs=[shared]),
                ],
            )
            # The second one is still running, whatever its age.
            if run != ids[1]:
                records.end_run(run, RunStatus.FINISHED, ended_at=MOMENT)
        records.begin_run(new_run(RunId("2024"), experiment="other/experiment.yaml"), [])
        records.end_run(RunId("2024"), RunStatus.FINISHED, ended_at=MOMENT)
        records.note_dataset(seen(content="d"))
        with SoleUse.begin(store) as alone:
            pruned = records.prune(keep=2, alone=alone)
        assert (pruned.runs, pruned.results) == (3, 3)
        assert [run.id for run in records.runs()] == [ids[5], ids[4], ids[1], "2024"]
        assert {blob[0] for blob in records.referenced_blobs()} == {"6", "5", "2", "a", "d"}
        assert records.nodes_of(ids[0]) == []

    def test_pruning_needs_the_workspace_for_itself(self, records: Records, store: Path) -> None:
        with SoleUse.begin(store) as alone:
            pass
        with pytest.raises(ValueError, match="SoleUse, held"):
            records.prune(keep=1, alone=alone)
        with SoleUse.begin(store / "another") as alone, pytest.raises(ValueError):
            records.prune(keep=1, alone=alone)


def test_many_threads_may_use_the_same_records(records: Records) -> None:
    names = [f"n{number}" for number in range(40)]
    records.begin_run(new_run(FIRST), planned(*names))

    def finish(name: str) -> int:
        records.finish_nodes(FIRST, [finished(FIRST, name, name)])
        return len(records.find_results([RecipeDigest(known) for known in names]))

    with ThreadPoolExecutor(8) as threads:
        assert max(threads.map(finish, names)) == 40
    assert {node.state for node in records.nodes_of(FIRST)} == {"finished"}


def test_records_outlive_the_process_that_made_them(open_records: Callable[[], Records]) -> None:
    with open_records() as records:
        records.begin_run(new_run(FIRST), planned("a"))
        records.finish_nodes(FIRST, [FinishedNode(outcome=finished(FIRST, "a", "1").outcome)])
    with open_records() as records:
        assert records.run(FIRST).id == FIRST
        result = new_result(FIRST, "a", "1")
        assert records.find_results([result.recipe_digest]) == {}
