"""Saving over a file that somebody wrote: what is not changed stays as it was typed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.experiments.experiment import Experiment, Node, NodeLimits, NodeName, Source
from studiolo.experiments.file import read_experiment, write_experiment
from studiolo.experiments.reading import read_text
from studiolo.experiments.saved_form import saved_form
from studiolo.experiments.yaml.patch import same
from studiolo.modules.definition import ModuleId, PortName

from .experiments import INPUTS, LIMITS, NAMES, SCALARS, TEXTS, VALUES, modules, nodes

TYPED = """\
# c01 Pima, with comments.
studiolo: 1                      # c02
name:   'Rank the features'      # c03

nodes:   # c04
  # c05
  pima:   {dataset: "pima.csv"   , version:  2}   # c06
  tools:  {dataset: Hello.zip}

  # c07

  rank:
    module:   execute-python-script   # c08
    script: rank_features.py
    inputs: {dataset1: pima,   script_bundle: tools}      # c09
    parameters:    # c10
      # c11
      trees: 0x64   # c12
      columns:
      - plasma  # c13
      # c14
      -   "mass"
      bounds: [ 0.10, 1e3 ]
      query: |  # c15
        select *   -- # no comment
        from t1
      # c16
      nested:
        a: 1   # c17
        b: {c: [1, 2]}
    comment: >
      Ensemble importance,
      one row a feature

    # c18
  last:
    dataset: x.csv
# c19
"""

ODD = [
    TYPED,
    TYPED.replace("\n", "\r\n"),
    "\ufeff" + TYPED,
    f"---  # c00\n{TYPED}...\n# c20\n",
    TYPED.rstrip("\n"),
    TYPED.removesuffix("# c19\n").rstrip("\n"),
    # Everything in braces, over several lines, with commas at the end.
    """\
{ # c01
  studiolo: 1, name: "x",   # c02
  # c03
  nodes: {
    a: {dataset: x.csv,},   # c04
    # c05
    b: {module: m,   # c06
        parameters: {p: [1,   # c07
          2, ],
          q: {"r":1}  # c08
        } # c09
      },
    # c10
  }, # c11
} # c12
""",
    # What goes without saying, said; empty things; lists in lists; a text that keeps its end.
    """\
nodes:
    a:   # c01
        module: m
        port_binding: connected   # c02
        comment: ""   # c03
        inputs: {}
        parameters: {}   # c04
    b:
        parameters:
            deep:
                - - 1   # c05
                  - 2
                -
                    x: 1   # c06
                    y: 2
                - z: |+   # c07
                    text

            empty:   # c08
            other: ~
        module: m   # c09
        comment: |+
            kept

    # c10
    c: {module: m, inputs: {x: a.y, }, memory: 512m, timeout: 90s}   # c11
description: 'it''s'   # c12
name: >-
    folded
    name
studiolo: 1
""",
]


def save(folder: Path, text: str, change: Any) -> str:
    file = folder / "experiment.yaml"
    file.write_bytes(text.encode())
    write_experiment(change(read_experiment(folder)), folder)
    return file.read_bytes().decode()


def with_node(experiment: Experiment, name: str, **changes: Any) -> Experiment:
    node = replace(experiment.nodes[NodeName(name)], **changes)
    return replace(experiment, nodes={**experiment.nodes, node.name: node})


def with_parameters(experiment: Experiment, name: str, **values: Any) -> Experiment:
    before = experiment.nodes[NodeName(name)].parameters
    return with_node(experiment, name, parameters={**before, **values})


def without(experiment: Experiment, *names: str) -> Experiment:
    nodes = {name: node for name, node in experiment.nodes.items() if name not in names}
    return replace(experiment, nodes=nodes)


DATASET = Node(name=NodeName("new"), dataset="new.csv")
MODULE = Node(
    name=NodeName("split"),
    module=ModuleId("split-data"),
    inputs={PortName("dataset"): Source(node=NodeName("pima"))},
    parameters={"fraction": 0.5},
)
CHANGES: Mapping[str, tuple[Any, list[tuple[str, str]]]] = {
    "a name keeps its quotes": (
        lambda it: replace(it, name="It's new"),
        [("'Rank the features'", "'It''s new'")],
    ),
    "a description comes after the name": (
        lambda it: replace(it, description="What for"),
        [("# c03\n", "# c03\ndescription: What for\n")],
    ),
    "a scalar in braces": (
        lambda it: with_node(it, "pima", version=3),
        [("version:  2", "version:  3")],
    ),
    "a key in braces": (
        lambda it: with_node(it, "tools", version=1),
        [("{dataset: Hello.zip}", "{dataset: Hello.zip, version: 1}")],
    ),
    "a key taken out of braces": (
        lambda it: with_node(it, "pima", version=None),
        [('"pima.csv"   , version:  2', '"pima.csv"')],
    ),
    "an edge": (
        lambda it: with_node(it, "rank", inputs={PortName("dataset1"): Source(node=NodeName("x"))}),
        [("{dataset1: pima,   script_bundle: tools}", "{dataset1: x}")],
    ),
    "a number": (
        lambda it: with_parameters(it, "rank", trees=200),
        [("0x64", "200")],
    ),
    "an item of a list": (
        lambda it: with_parameters(it, "rank", columns=["plasma", "age"]),
        [('"mass"', '"age"')],
    ),
    "an item more, in front": (
        lambda it: with_parameters(it, "rank", columns=["age", "plasma", "mass"]),
        [("      - plasma", "      - age\n      - plasma")],
    ),
    "an item less": (
        lambda it: with_parameters(it, "rank", columns=["mass"]),
        [("      - plasma  # c13\n", "")],
    ),
    "a number in brackets": (
        lambda it: with_parameters(it, "rank", bounds=[0.1, 5]),
        [("1e3", "5")],
    ),
    "lines of a text": (
        lambda it: with_parameters(it, "rank", query="select 1\nfrom t2\n"),
        [("select *   -- # no comment\n        from t1", "select 1\n        from t2")],
    ),
    "a text of one line for many": (
        lambda it: with_parameters(it, "rank", query="select 1"),
        [("|  # c15\n        select *   -- # no comment\n        from t1", "select 1  # c15")],
    ),
    "a new parameter": (
        lambda it: with_parameters(it, "rank", more=True),
        [("b: {c: [1, 2]}\n", "b: {c: [1, 2]}\n      more: true\n")],
    ),
    "something deep inside": (
        lambda it: with_parameters(it, "rank", nested={"a": 1, "b": {"c": [1, 3]}}),
        [("[1, 2]", "[1, 3]")],
    ),
    "a mapping that becomes a number": (
        lambda it: with_parameters(it, "rank", bounds=7),
        [("[ 0.10, 1e3 ]", "7")],
    ),
    "limits": (
        lambda it: with_node(it, "rank", limits=NodeLimits(timeout=600, memory=4 << 30)),
        [("a feature\n", "a feature\n    timeout: 10m\n    memory: 4GiB\n")],
    ),
    "a dataset at the end": (
        lambda it: replace(it, nodes={**it.nodes, DATASET.name: DATASET}),
        [("dataset: x.csv\n", "dataset: x.csv\n  new: {dataset: new.csv}\n")],
    ),
    "a module between others": (
        lambda it: replace(
            it,
            nodes={
                name: node
                for before, after in it.nodes.items()
                for name, node in [(before, after)] + [(MODULE.name, MODULE)] * (before == "tools")
            },
        ),
        [
            (
                "Hello.zip}\n",
                "Hello.zip}\n  split:\n    module: split-data\n    inputs: {dataset: pima}\n"
                "    parameters:\n      fraction: 0.5\n",
            )
        ],
    ),
    "a node less; the comment above it stays": (
        lambda it: without(it, "tools"),
        [("  tools:  {dataset: Hello.zip}\n", "")],
    ),
    "the first node less": (
        lambda it: without(it, "pima"),
        [('  pima:   {dataset: "pima.csv"   , version:  2}   # c06\n', "")],
    ),
    "the order, which is the file's": (
        lambda it: replace(it, nodes=dict(reversed(it.nodes.items()))),
        [],
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_save_changes_only_what_changed(tmp_path: Path, change: str, newline: str) -> None:
    changed, expected = CHANGES[change]
    text = TYPED
    for old, new in expected:
        assert text.count(old) == 1
        text = text.replace(old, new)
    saved = save(tmp_path, TYPED.replace("\n", newline), changed)
    assert saved == text.replace("\n", newline)


def test_the_first_node_of_all(tmp_path: Path) -> None:
    text = "studiolo: 1\nname: x   # why\nnodes: {}   # none yet\n"
    saved = save(tmp_path, text, lambda it: replace(it, nodes={MODULE.name: MODULE}))
    assert saved == (
        "studiolo: 1\nname: x   # why\nnodes:   # none yet\n  split:\n    module: split-data\n"
        "    inputs: {dataset: pima}\n    parameters:\n      fraction: 0.5\n"
    )


def test_the_last_node_of_all(tmp_path: Path) -> None:
    text = "studiolo: 1\nname: x\nnodes:\n  a: {dataset: x.csv}\n"
    saved = save(tmp_path, text, lambda it: replace(it, nodes={}))
    assert saved == "studiolo: 1\nname: x\nnodes: {}\n"


def test_what_nobody_writes_is_saved_all_the_same(tmp_path: Path) -> None:
    text = "? studiolo\n: 1\n? name\n: x\n? nodes\n: ? a\n  : {dataset: x.csv}\n"
    save(tmp_path, text, lambda it: replace(it, name="y", description="z", nodes={}))
    found = read_experiment(tmp_path)
    assert (found.name, found.description, found.nodes) == ("y", "z", {})


@st.composite
def changed_values(draw: st.DrawFn, value: Any) -> Any:
    """The value, or one that differs in what it says but still has all of its parts."""
    if isinstance(value, dict):
        inside = {key: draw(changed_values(part)) for key, part in value.items()}
        return inside | draw(st.dictionaries(TEXTS, VALUES, max_size=1)) | inside
    if isinstance(value, list):
        inside_list = [draw(changed_values(part)) for part in value]
        return inside_list + draw(st.lists(VALUES, max_size=1))
    return draw(st.just(value) | SCALARS)


@st.composite
def changed(draw: st.DrawFn, experiment: Experiment) -> Experiment:
    """Anything changed or added, nothing taken away."""
    after: dict[NodeName, Node] = {}
    for name, node in experiment.nodes.items():
        if draw(st.booleans()):
            added = draw(NAMES.map(NodeName))
            if added not in experiment.nodes:
                after[added] = draw(nodes(added))
        changes: dict[str, Any] = {}
        if draw(st.booleans()):
            changes["comment"] = draw(TEXTS.filter(bool))
        if node.module is not None and draw(st.booleans()):
            changes |= {
                "inputs": {**node.inputs, **draw(INPUTS)},
                "parameters": draw(changed_values(node.parameters)),
                "limits": draw(st.just(node.limits) | LIMITS),
            }
        after[name] = replace(node, **changes)
    return replace(
        experiment,
        name=draw(st.just(experiment.name) | TEXTS.filter(str.strip)),
        description=draw(st.just(experiment.description) | TEXTS.filter(bool)),
        nodes=after,
    )


def comments(text: str) -> list[str]:
    return re.findall(r"# c\d\d", text)


@pytest.mark.parametrize("text", ODD)
@given(data=st.data())
def test_any_change_keeps_all_comments_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, text: str
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    wanted: list[Experiment] = []

    def change(experiment: Experiment) -> Experiment:
        wanted.append(data.draw(changed(experiment)))
        return wanted[0]

    saved = save(folder, text, change)
    assert same(saved_form(read_experiment(folder)), saved_form(wanted[0]))
    assert comments(saved) == comments(text)


@pytest.mark.parametrize("text", ODD)
@given(data=st.data())
def test_any_nodes_can_be_taken_away_and_put_in(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, text: str
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    wanted: list[Experiment] = []

    def change(experiment: Experiment) -> Experiment:
        taken = data.draw(st.sets(st.sampled_from(list(experiment.nodes))))
        after = dict(without(experiment, *taken).nodes)
        for name in data.draw(st.lists(NAMES.map(NodeName), max_size=2)):
            after[name] = data.draw(nodes(name))
        for name in list(after):
            if after[name].module is not None and data.draw(st.booleans()):
                after[name] = data.draw(modules(name))
        wanted.append(replace(experiment, nodes=after, description=""))
        return wanted[0]

    saved = save(folder, text, change)
    assert same(saved_form(read_experiment(folder)), saved_form(wanted[0]))
    assert set(comments(saved)) <= set(comments(text))


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("name", ["c", "a new name", "1"])
def test_a_renamed_node_keeps_its_text(tmp_path: Path, text: str, name: str) -> None:
    """Only names change: the node's own, and those in the inputs of nodes after it."""
    file = tmp_path / "experiment.yaml"
    file.write_bytes(text.encode())
    before = read_experiment(tmp_path)
    for node in before.nodes:
        if NodeName(name) in before.nodes:
            continue
        after = renamed(before, node, NodeName(name))
        file.write_bytes(text.encode())
        write_experiment(after, tmp_path, renamed={node: NodeName(name)})
        assert same(saved_form(read_experiment(tmp_path)), saved_form(after))
        now = file.read_bytes().decode()
        assert re.findall(r"# c\d\d", now) == re.findall(r"# c\d\d", text)
        lines = zip(text.splitlines(), now.splitlines(), strict=True)
        assert all(len(set(pair)) == 1 or re.search(rf"\b{node}\b", pair[0]) for pair in lines)


def test_names_that_are_passed_on_stay_with_their_text(tmp_path: Path) -> None:
    def change(experiment: Experiment) -> Experiment:
        swapped = renamed(without(experiment, "tools"), NodeName("pima"), NodeName("tools"))
        return replace(
            swapped,
            nodes={**swapped.nodes, NodeName("pima"): replace(DATASET, name=NodeName("pima"))},
        )

    file = tmp_path / "experiment.yaml"
    file.write_bytes(TYPED.encode())
    after = change(read_experiment(tmp_path))
    write_experiment(after, tmp_path, renamed={NodeName("pima"): NodeName("tools")})
    text = file.read_text()
    assert '  tools:   {dataset: "pima.csv"   , version:  2}   # c06\n' in text
    assert "  pima: {dataset: new.csv}\n" in text
    assert "Hello.zip" not in text
    assert saved_form(read_experiment(tmp_path)) == saved_form(after)


def renamed(experiment: Experiment, node: NodeName, name: NodeName) -> Experiment:
    def source(one: Source) -> Source:
        return replace(one, node=name) if one.node == node else one

    nodes = {
        name if other == node else other: replace(
            found,
            name=name if other == node else other,
            inputs={port: source(one) for port, one in found.inputs.items()},
        )
        for other, found in experiment.nodes.items()
    }
    return replace(experiment, nodes=nodes)


def test_a_second_change_reads_only_what_it_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading is what an edit of a large experiment costs most."""
    read: list[str] = []

    def counting(text: str, **places: Any) -> Any:
        read.append(text)
        return read_text(text, **places)

    monkeypatch.setattr("studiolo.experiments.file.read_text", counting)
    (tmp_path / "experiment.yaml").write_text(TYPED)
    experiment = read_experiment(tmp_path)
    for name in ("First", "Second"):
        read.clear()
        write_experiment(replace(experiment, name=name), tmp_path)
        assert [name in text for text in read] == [True]
