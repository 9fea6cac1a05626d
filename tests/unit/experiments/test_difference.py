"""The differences between two versions of an experiment."""

from pathlib import Path
from typing import Any

from studiolo.datasets.change import Change
from studiolo.experiments.difference import ChangedBy, difference
from studiolo.experiments.experiment import Experiment, Node, NodeName, Source
from studiolo.modules.definition import ModuleId, PortName


def experiment(*nodes: Node, **given: Any) -> Experiment:
    named = {node.name: node for node in nodes}
    return Experiment(**{"name": "one", "nodes": named, "folder": Path("one"), **given})


def train(name: str = "train", source: str = "split", **parameters: Any) -> Node:
    return Node(
        name=NodeName(name),
        module=ModuleId("train-model"),
        inputs={PortName("dataset"): Source(node=NodeName(source))},
        parameters=parameters,
    )


def test_versions_that_say_the_same_do_not_differ() -> None:
    found = difference(experiment(train(trees=1)), experiment(train(trees=1)), base=None)
    assert (found.values, found.nodes) == ({}, {})


def test_a_node_differs_by_the_keys_of_its_file() -> None:
    found = difference(
        experiment(train(trees=1, depth=3), name="theirs"),
        experiment(train(trees=True, depth=3, source="clean")),
        base=None,
    )
    assert found.values == {"name": Change(before="theirs", after="one")}
    node = found.nodes[NodeName("train")]
    assert node.values.keys() == {"parameters.trees", "inputs.dataset"}
    assert node.values["inputs.dataset"] == Change(before="split", after="clean")
    assert node.values["parameters.trees"].after is True
    assert node.changed_by is None


def test_a_node_that_only_one_of_them_has() -> None:
    found = difference(experiment(train("a")), experiment(train("b")), base=None)
    assert list(found.nodes) == ["a", "b"]
    assert found.nodes[NodeName("a")].ours is None
    assert found.nodes[NodeName("b")].theirs is None


def test_a_deleted_file_has_no_nodes() -> None:
    found = difference(None, experiment(train()), base=None)
    assert found.nodes[NodeName("train")].theirs is None


def test_the_common_version_tells_who_changed_a_node() -> None:
    base = experiment(train("a"), train("b"), train("c"), train("d"))
    theirs = experiment(train("a", trees=1), train("b"), train("c", trees=1), train("d"))
    ours = experiment(train("a"), train("b", trees=2), train("c", trees=2))
    found = difference(theirs, ours, base=base)
    assert {str(name): node.changed_by for name, node in found.nodes.items()} == {
        "a": ChangedBy.THEM,
        "b": ChangedBy.US,
        "c": ChangedBy.BOTH,
        "d": ChangedBy.US,
    }
