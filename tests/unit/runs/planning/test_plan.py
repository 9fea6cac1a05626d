"""What a run would do: which nodes, in which order, and what their results are made of."""

import dataclasses
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.environments.environment import EnvironmentSpec
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.named.script_environments import ScriptEnvironments
from studiolo.environments.request import EnvironmentRequest
from studiolo.experiments.experiment import (
    Experiment,
    Node,
    NodeLimits,
    NodeName,
    SavedName,
    Source,
)
from studiolo.experiments.file import read_experiment
from studiolo.experiments.graph import downstream_of
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import ModuleId, PortKind, PortName
from studiolo.modules.errors import ScriptMissingError
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.runs.planning import own_code
from studiolo.runs.planning.plan import Plan, PlannedDataset, PlannedSaved, plan_run
from studiolo.runs.planning.selection import Selection
from studiolo.store.identity import RecipeDigest

SCRIPT = "def azureml_main(a=None, b=None, *, n: int = 1):\n    return a\n"
GRAPH = """\
studiolo: 1
name: A graph
nodes:
  data: {dataset: a.csv}
  clean: {module: execute-python-script, script: clean.py, inputs: {dataset1: data}}
  split: {module: split-data, inputs: {dataset: clean}, parameters: {fraction: 0.5}}
  left:
    module: execute-python-script
    script: left.py
    inputs: {dataset1: split.results_dataset1}
    parameters: {n: 2}
  right: {module: mine, inputs: {dataset: split.results_dataset2}}
  both: {module: add-rows, inputs: {dataset1: left, dataset2: right}}
  other: {dataset: b.csv}
  alone: {module: execute-python-script, script: clean.py, inputs: {dataset1: other}}
"""
NAMES = ("data", "clean", "split", "left", "right", "both", "other", "alone")


class Files:
    """Dataset files, by name, with their contents' digests."""

    def __init__(self, **contents: str) -> None:
        self.contents = {"a.csv": "aa", "b.csv": "bb", **contents}

    def version(self, name: str, version: int | None) -> PlannedDataset:
        digest = self.contents[name] if version is None else f"{name} as it was in {version}"
        return PlannedDataset(name=name, digest=digest)


class Drawn:
    """Draws that a test decides on; none if it doesn't."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        #: The nodes that a draw was asked for: whether again, and whether they have a seed.
        self.asked: dict[str, tuple[bool, bool]] = {}

    def draw(
        self, node: NodeName, undrawn: RecipeDigest, *, again: bool, pinned: bool
    ) -> int | None:
        assert len(undrawn) == 64
        self.asked[node] = again, pinned
        return self.numbers.get(node)


class Saved:
    """Saved models and transforms: any name has one, by version."""

    def __init__(self) -> None:
        self.newest = 1
        self.digests = {1: "one", 2: "two", 3: "one"}

    def version(self, saved: SavedName, version: int | None) -> PlannedSaved:
        number = version or self.newest
        return PlannedSaved(
            saved=saved,
            version=number,
            digest=self.digests[number],
            file=Path("models", saved.name, str(number)),
            place=f"models/{saved.name}/{number}",
        )


class Bench:
    """An experiment's folder whose parts a test changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "experiment"
        self.files = Files()
        self.saved = Saved()
        self.environment = "default"
        self.draws = Drawn()
        self.once = "the first run"
        for folder in (self.folder, root / "modules"):
            folder.mkdir()
        self.write(GRAPH)
        for name in ("clean.py", "left.py"):
            (self.folder / name).write_text(f"# {name}\n{SCRIPT}")
        self.module("def azureml_main(dataset, *, n: int = 1):\n    return dataset, None\n")

    def write(self, text: str) -> None:
        (self.folder / "experiment.yaml").write_text(text, encoding="utf-8")

    def change(self, old: str, new: str) -> None:
        text = (self.folder / "experiment.yaml").read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.write(text.replace(old, new))

    def module(self, source: str) -> None:
        (self.root / "modules" / "mine.py").write_text(source)

    @property
    def experiment(self) -> Experiment:
        return read_experiment(self.folder)

    def plan(self, experiment: Experiment | None = None, **selection: Any) -> Plan:
        chosen = experiment or self.experiment
        return plan_run(
            chosen,
            Catalogue(self.root / "modules"),
            self.files,
            self.saved,
            environments=self,
            draws=self.draws,
            nonce=self.once,
            selection=Selection.of(chosen, **selection) if selection else None,
        )

    def request(
        self,
        metadata: ScriptMetadata,
        *,
        script: Path | None,  # noqa: ARG002
    ) -> EnvironmentRequest:
        spec = EnvironmentSpec(name=metadata.environment or "default", lock=self.environment)
        return EnvironmentRequest.of(metadata, base=spec)

    @property
    def digests(self) -> Mapping[str, str]:
        return {name: step.digest for name, step in self.plan().steps.items()}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


def test_each_step_stands_after_those_that_it_needs(bench: Bench) -> None:
    plan = bench.plan()
    assert sorted(plan.steps) == sorted(NAMES)
    assert not plan.partial
    seen: set[str] = set()
    for name, step in plan.steps.items():
        assert set(step.needs) <= seen
        seen.add(name)
    assert plan.steps[NodeName("both")].needs == ["left", "right"]


LAYOUTS: Mapping[str, Callable[[Bench], object]] = {
    "a comment of the file": lambda bench: bench.change("nodes:", "# new\nnodes:  # newer"),
    "a node's comment": lambda bench: bench.change(
        "{fraction: 0.5}", "{fraction: 0.5}, comment: c"
    ),
    "the layout": lambda bench: (bench.folder / "layout.json").write_text('{"data": [1, 2]}'),
    "the name": lambda bench: bench.change("A graph", "Another name"),
    "the description": lambda bench: bench.change("name:", "description: new\nname:"),
    "limits": lambda bench: bench.change("{fraction: 0.5}", "{fraction: 0.5}, timeout: 5, cpus: 1"),
    "the order of nodes": lambda bench: bench.write(
        GRAPH.replace("  data: {dataset: a.csv}\n", "") + "  data: {dataset: a.csv}\n"
    ),
    "flow and block style": lambda bench: bench.change(
        "parameters: {n: 2}", "parameters:\n      n: 2"
    ),
    "the first output, spelt out": lambda bench: bench.change(
        "{dataset: clean}", "{dataset: clean.results_dataset}"
    ),
    "a file beside it": lambda bench: (bench.folder / "notes.md").write_text("new"),
}


@pytest.mark.parametrize("what", LAYOUTS)
def test_what_changes_no_result_changes_no_digest(bench: Bench, what: str) -> None:
    before = bench.digests
    LAYOUTS[what](bench)
    assert changed(before, bench.digests) == set()


def test_the_same_number_written_otherwise_is_the_same(bench: Bench) -> None:
    bench.change("fraction: 0.5", "fraction: 1")
    before = bench.digests
    bench.change("fraction: 1", "fraction: 1.0")
    assert changed(before, bench.digests) == set()


CHANGES: Mapping[str, tuple[str, Callable[[Bench], object]]] = {
    "a parameter of a module": ("split", lambda bench: bench.change("0.5", "0.6")),
    "a parameter of a script": ("left", lambda bench: bench.change("n: 2", "n: 3")),
    "a parameter left out": ("left", lambda bench: bench.change("    parameters: {n: 2}\n", "")),
    "a seed": ("split", lambda bench: bench.change("{fraction: 0.5}", "{fraction: 0.5}, seed: 1")),
    "another port": (
        "left",
        lambda bench: bench.change("split.results_dataset1", "split.results_dataset2"),
    ),
    "a script": ("left", lambda bench: (bench.folder / "left.py").write_text(SCRIPT)),
    "a script's packages": (
        "left",
        lambda bench: (bench.folder / "left.py").write_text(
            f'# /// script\n# dependencies = ["humanize"]\n# ///\n{SCRIPT}'
        ),
    ),
    "a module's file": ("right", lambda bench: bench.module("def azureml_main(dataset): ...\n")),
    "a dataset": ("data", lambda bench: bench.files.contents.update({"a.csv": "new"})),
    "a dataset's version": ("data", lambda bench: bench.change("a.csv}", "a.csv, version: 1}")),
    "the binding": (
        "clean",
        lambda bench: bench.change("{dataset1: data}", "{dataset1: data}, port_binding: slot"),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_reaches_what_depends_on_it_and_nothing_else(bench: Bench, what: str) -> None:
    node, change = CHANGES[what]
    before = bench.digests
    change(bench)
    expected = {node, *downstream_of(bench.experiment, [NodeName(node)])}
    assert changed(before, bench.digests) == expected


def test_two_nodes_that_share_a_script_change_together(bench: Bench) -> None:
    before = bench.digests
    (bench.folder / "clean.py").write_text(SCRIPT)
    assert changed(before, bench.digests) == set(NAMES) - {"data", "other"}


def test_another_environment_changes_all_that_runs_in_it(bench: Bench) -> None:
    before = bench.digests
    bench.environment = "newer"
    assert changed(before, bench.digests) == set(NAMES) - {"data", "other"}


@pytest.mark.parametrize(
    ("part", "affected"), [("contract", set(NAMES) - {"data", "other"}), ("reader", set(NAMES))]
)
def test_another_studiolo_makes_results_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, part: str, affected: Collection[str]
) -> None:
    before = bench.digests
    monkeypatch.setattr(own_code, part, lambda: "newer")
    assert changed(before, bench.digests) == affected


def test_what_reads_data_itself_depends_on_the_reader(bench: Bench) -> None:
    for node in (
        "{module: import-data, parameters: {file: a.csv}}",
        "{module: enter-data-manually, parameters: {data: '1,2'}}",
    ):
        bench.write(f"studiolo: 1\nname: x\nnodes:\n  in: {node}\n")
        (step,) = bench.plan().steps.values()
        assert step.recipe["reader"] == own_code.reader()


def test_equal_nodes_have_equal_digests_whatever_they_are_called(bench: Bench) -> None:
    bench.write(GRAPH.replace("  other: {dataset: b.csv}", "  other: {dataset: a.csv}"))
    digests = bench.digests
    assert digests["other"] == digests["data"]
    assert digests["alone"] == digests["clean"]


def test_a_dataset_that_a_parameter_names_counts_with_its_name(bench: Bench) -> None:
    text = "studiolo: 1\nname: x\nnodes: {in: {module: import-data, parameters: {file: %s}}}\n"
    digests = set()
    bench.files = Files(**{"a.tsv": "aa"})
    for name in ("a.csv", "b.csv", "a.tsv"):
        bench.write(text % name)
        (step,) = bench.plan().steps.values()
        assert step.files == {"file": bench.files.version(name, None)}
        assert step.parameters == {}
        digests.add(step.digest)
    # The same bytes are another dataset if they are read in another format.
    assert len(digests) == 3


def test_a_draw_is_asked_for_by_all_that_draws(bench: Bench) -> None:
    bench.change("{fraction: 0.5}", "{fraction: 0.5}, seed: 5")
    bench.plan(only=["left"], start=["right"])
    # Not by datasets, nor by a module that says that it draws nothing.
    assert bench.draws.asked == {
        "clean": (False, False),
        "split": (False, True),
        "left": (True, False),
        "right": (True, False),
    }


def test_a_module_whose_own_seed_is_given_draws_nothing(bench: Bench) -> None:
    bench.change("{fraction: 0.5}", "{random_seed: 7}")
    bench.plan()
    assert set(bench.draws.asked) == {"clean", "left", "right", "alone"}
    bench.change("{random_seed: 7}", "{random_seed: 0}")
    bench.plan()
    assert "split" in bench.draws.asked


@pytest.mark.parametrize("node", ["clean", "split", "left"])
def test_a_draw_changes_a_node_and_all_that_comes_after_it(bench: Bench, node: str) -> None:
    before = bench.digests
    bench.draws.numbers[node] = 42
    after = bench.plan().steps
    assert changed(before, bench.digests) == {
        node,
        *downstream_of(bench.experiment, [NodeName(node)]),
    }
    assert after[NodeName(node)].seed == after[NodeName(node)].draw == 42


def test_a_draw_that_is_written_down_as_the_seed_changes_nothing(bench: Bench) -> None:
    bench.draws.numbers["split"] = 42
    before = bench.digests
    bench.draws.numbers.clear()
    bench.change("{fraction: 0.5}", "{fraction: 0.5}, seed: 42")
    assert bench.digests == before


def test_a_seed_stays_where_a_node_with_one_ran_again(bench: Bench) -> None:
    bench.change("{fraction: 0.5}", "{fraction: 0.5}, seed: 5")
    before = bench.digests
    bench.draws.numbers["split"] = 42
    step = bench.plan().steps[NodeName("split")]
    assert (step.seed, step.draw) == (5, 42)
    assert changed(before, bench.digests) == {"split", "left", "right", "both"}


def test_what_may_give_something_else_each_time_is_never_kept(bench: Bench) -> None:
    bench.module(
        "# /// script\n# [tool.studiolo]\n# deterministic = false\n# ///\n"
        "def azureml_main(dataset): ...\n"
    )
    plan = bench.plan()
    assert [name for name, step in plan.steps.items() if not step.may_be_kept] == ["right"]
    before = bench.digests
    assert changed(before, bench.digests) == set(), "within one run it stays what it is"
    bench.once = "the second run"
    assert changed(before, bench.digests) == {"right", "both"}


def test_what_writes_a_file_is_never_kept(bench: Bench) -> None:
    bench.change(
        "  other:",
        "  out: {module: export-data, inputs: {dataset: both}, parameters: {file: o.csv}}"
        "\n  other:",
    )
    plan = bench.plan()
    assert [name for name, step in plan.steps.items() if not step.may_be_kept] == ["out"]


@pytest.mark.parametrize(
    ("asked", "takes_part", "runs_again"),
    [
        ({}, NAMES, ()),
        ({"again": True}, NAMES, NAMES),
        ({"to": ["split"]}, ("data", "clean", "split"), ()),
        ({"to": ["split", "alone"]}, ("data", "clean", "split", "other", "alone"), ()),
        ({"to": ["split"], "again": True}, ("data", "clean", "split"), ("data", "clean", "split")),
        ({"only": ["split"]}, ("data", "clean", "split"), ("split",)),
        ({"only": ["data"]}, ("data",), ("data",)),
        (
            {"start": ["split"]},
            ("data", "clean", "split", "left", "right", "both"),
            ("split", "left", "right", "both"),
        ),
        ({"start": ["other"]}, ("other", "alone"), ("other", "alone")),
        (
            {"start": ["right"], "only": ["alone"]},
            NAMES,
            ("right", "both", "alone"),
        ),
    ],
)
def test_a_selection_says_which_nodes_run_and_which_again(
    bench: Bench,
    asked: dict[str, Any],
    takes_part: Collection[str],
    runs_again: Collection[str],
) -> None:
    plan = bench.plan(**asked)
    assert set(plan.steps) == set(takes_part)
    assert plan.partial == (set(takes_part) != set(NAMES))
    again = {name for name, step in plan.steps.items() if not step.may_be_kept}
    assert again == set(runs_again)


def test_a_part_of_an_experiment_is_made_of_the_same_as_the_whole(bench: Bench) -> None:
    whole = bench.digests
    for name, step in bench.plan(to=["left"], again=True).steps.items():
        assert step.digest == whole[name]


def test_a_script_that_was_taken_away_is_an_error(bench: Bench) -> None:
    (bench.folder / "left.py").unlink()
    with pytest.raises(ScriptMissingError, match=r"left\.py"):
        bench.plan()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.csv", PortKind.DATASET), ("A.ZIP", PortKind.ZIP), ("a.parquet", PortKind.DATASET)],
)
def test_a_zip_is_handed_on_as_it_is(name: str, kind: PortKind) -> None:
    assert PlannedDataset(name=name, digest="").kind is kind


def test_limits_of_a_node_are_left_to_it(bench: Bench) -> None:
    bench.change("{fraction: 0.5}", "{fraction: 0.5}, memory: 1GiB")
    limits = bench.plan().steps[NodeName("split")].node.limits
    assert limits == NodeLimits(memory=1 << 30)


@st.composite
def graphs(draw: st.DrawFn) -> Mapping[NodeName, Node]:
    """Nodes of the module `add-rows` over datasets, wired at random."""
    names = [NodeName(f"n{number}") for number in range(draw(st.integers(1, 8)))]
    nodes = {}
    for number, name in enumerate(names):
        before = names[:number]
        if not before or draw(st.booleans()):
            nodes[name] = Node(name=name, dataset=draw(st.sampled_from(["a.csv", "b.csv"])))
        else:
            sources = st.sampled_from(before)
            nodes[name] = Node(
                name=name,
                module=ModuleId("add-rows"),
                inputs={
                    PortName(port): Source(node=draw(sources)) for port in ("dataset1", "dataset2")
                },
            )
    return nodes


@given(graphs(), st.data())
def test_in_any_graph_a_change_reaches_exactly_what_is_downstream(
    nodes: Mapping[NodeName, Node], data: st.DataObject
) -> None:
    victim = data.draw(st.sampled_from(sorted(nodes)))
    node = nodes[victim]
    changed_node = (
        dataclasses.replace(node, seed=1)
        if node.dataset is None
        else dataclasses.replace(node, dataset="c.csv")
    )
    altered = {**nodes, victim: changed_node}
    before, after = (digests_of(graph) for graph in (nodes, altered))
    experiment = Experiment(name="any", nodes=nodes, folder=Path())
    assert changed(before, after) == {victim, *downstream_of(experiment, [victim])}


def digests_of(nodes: Mapping[NodeName, Node]) -> Mapping[str, str]:
    plan = plan_run(
        Experiment(name="any", nodes=nodes, folder=Path()),
        Catalogue(),
        Files(**{"c.csv": "cc"}),
        Saved(),
        environments=ScriptEnvironments(NamedEnvironments(None)),
        draws=Drawn(),
        nonce="",
    )
    return {name: step.digest for name, step in plan.steps.items()}


def test_a_saved_model_counts_by_its_content(bench: Bench) -> None:
    bench.change(
        "  other: {dataset: b.csv}",
        "  other: {dataset: b.csv}\n"
        "  model: {trained_model: diabetes}\n"
        "  score: {module: score-model, inputs: {trained_model: model, dataset: data}}",
    )
    before = bench.digests
    assert bench.plan().steps[NodeName("score")].sources == {
        PortName("trained_model"): ("model", "trained_model"),
        PortName("dataset"): ("data", "dataset"),
    }
    bench.saved.newest = 2
    assert changed(before, bench.digests) == {"model", "score"}
    bench.saved.newest = 3
    assert changed(before, bench.digests) == set()
    bench.change("{trained_model: diabetes}", "{trained_model: diabetes, version: 1}")
    assert changed(before, bench.digests) == set()
