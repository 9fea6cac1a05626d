from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.experiments.experiment import Experiment, Node, NodeName, Source
from studiolo.experiments.graph import (
    Edge,
    downstream_of,
    edges,
    find_cycles,
    topological_order,
    upstream_of,
)
from studiolo.modules.definition import ModuleId, PortName


def graph(sources: Mapping[str, str]) -> Experiment:
    """An experiment of nodes with the names of the nodes, one letter each, that they take."""
    nodes = {
        NodeName(name): Node(
            name=NodeName(name),
            module=ModuleId("m"),
            inputs={
                PortName(f"in{number}"): Source(node=NodeName(source))
                for number, source in enumerate(taken)
            },
        )
        for name, taken in sources.items()
    }
    return Experiment(name="graph", nodes=nodes, folder=Path())


def names(*letters: str) -> list[NodeName]:
    return [NodeName(letter) for letter in letters]


def chain(length: int, *, closed: bool = False) -> Experiment:
    first = [Source(node=NodeName(f"n{length - 1}"))] if closed else []
    takes = [first, *([Source(node=NodeName(f"n{number}"))] for number in range(length - 1))]
    nodes = {
        NodeName(f"n{number}"): Node(
            name=NodeName(f"n{number}"),
            module=ModuleId("m"),
            inputs={PortName("in"): source for source in sources},
        )
        for number, sources in enumerate(takes)
    }
    return Experiment(name="chain", nodes=nodes, folder=Path())


def test_edges_are_in_the_order_of_the_file() -> None:
    assert list(edges(graph({"b": "ax", "a": ""}))) == [
        Edge(source=Source(node=NodeName("a")), target=NodeName("b"), port=PortName("in0")),
        Edge(source=Source(node=NodeName("x")), target=NodeName("b"), port=PortName("in1")),
    ]


@pytest.mark.parametrize(
    ("sources", "order"),
    [
        ({"a": "", "b": "a", "c": "b"}, "abc"),
        ({"c": "b", "a": "", "b": ""}, "abc"),
        ({"d": "", "c": "d", "b": "", "a": "b"}, "dcba"),
        ({"a": "x", "b": "aa"}, "ab"),
        ({"a": "", "b": "c", "c": "b", "d": "c"}, "a"),
        ({}, ""),
    ],
)
def test_topological_order_keeps_to_the_file_where_it_can(
    sources: Mapping[str, str], order: str
) -> None:
    assert topological_order(graph(sources)) == list(order)


@pytest.mark.parametrize(
    ("sources", "cycles"),
    [
        ({"a": "", "b": "a"}, []),
        ({"a": "a"}, ["a"]),
        ({"a": "c", "b": "a", "c": "b"}, ["abc"]),
        ({"a": "b", "b": "a", "c": "ad", "d": "c"}, ["ab", "cd"]),
        ({"a": "x"}, []),
        # A diamond is none.
        ({"a": "", "b": "a", "c": "a", "d": "bc"}, []),
        # Of two circles that share a node, one is named.
        ({"a": "bc", "b": "a", "c": "a"}, ["ab"]),
    ],
)
def test_cycles(sources: Mapping[str, str], cycles: list[str]) -> None:
    assert find_cycles(graph(sources)) == [list(cycle) for cycle in cycles]


def test_upstream_and_downstream() -> None:
    experiment = graph({"a": "", "b": "a", "c": "b", "d": "b", "e": ""})
    assert upstream_of(experiment, names("d")) == {"a", "b"}
    assert upstream_of(experiment, names("d", "b", "e")) == {"a", "b"}
    assert downstream_of(experiment, names("a")) == {"b", "c", "d"}
    assert downstream_of(experiment, names("c", "e")) == set()
    assert upstream_of(graph({"a": "b", "b": "a"}), names("a")) == {"a", "b"}


def test_no_chain_is_too_long() -> None:
    experiment = chain(10_000)
    assert topological_order(experiment) == list(experiment.nodes)
    assert len(upstream_of(experiment, names("n9999"))) == 9_999
    assert len(downstream_of(experiment, names("n0"))) == 9_999
    assert find_cycles(experiment) == []
    [cycle] = find_cycles(chain(10_000, closed=True))
    assert len(cycle) == 10_000


GRAPHS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.text(st.sampled_from("abcdefgh"), max_size=4)
)


@given(GRAPHS)
def test_any_graph_is_either_in_order_or_has_a_cycle(sources: Mapping[str, str]) -> None:
    experiment = graph(sources)
    order = topological_order(experiment)
    cycles = find_cycles(experiment)
    assert bool(cycles) == (len(order) < len(experiment.nodes))
    for name in order:
        assert upstream_of(experiment, [name]) <= set(order[: order.index(name)])
    for cycle in cycles:
        for source, target in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert source in sources[target]
    in_cycles = [name for cycle in cycles for name in cycle]
    assert len(in_cycles) == len(set(in_cycles))
    assert set(in_cycles).isdisjoint(order)


@given(GRAPHS)
def test_upstream_is_the_opposite_of_downstream(sources: Mapping[str, str]) -> None:
    experiment = graph(sources)
    for name in experiment.nodes:
        for other in experiment.nodes:
            is_upstream = other in upstream_of(experiment, [name])
            assert is_upstream == (name in downstream_of(experiment, [other]))
