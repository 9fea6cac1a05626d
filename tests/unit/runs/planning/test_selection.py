"""Which nodes a run is asked for, in the words of the command line."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.experiments.experiment import Experiment, Node, NodeName, Source
from studiolo.experiments.graph import downstream_of, upstream_of
from studiolo.modules.definition import ModuleId, PortName
from studiolo.runs.errors import NodeUnknownError
from studiolo.runs.planning.selection import Selection


def experiment(needs: Mapping[str, Collection[str]]) -> Experiment:
    nodes = {
        NodeName(name): Node(
            name=NodeName(name),
            module=ModuleId("any"),
            inputs={PortName(f"in{n}"): Source(node=NodeName(s)) for n, s in enumerate(sources)},
        )
        for name, sources in needs.items()
    }
    return Experiment(name="any", nodes=nodes, folder=Path())


#: a → b → c, and d apart.
CHAIN = experiment({"a": [], "b": ["a"], "c": ["b"], "d": []})


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    names = [f"n{number}" for number in range(draw(st.integers(1, 8)))]
    return experiment(
        {
            name: draw(st.lists(st.sampled_from(names[:number]), max_size=3)) if number else []
            for number, name in enumerate(names)
        }
    )


@given(experiments(), st.data())
def test_what_is_asked_for_takes_along_what_it_needs(
    asked: Experiment, data: st.DataObject
) -> None:
    names = st.lists(st.sampled_from(sorted(asked.nodes)), max_size=2)
    to, only, start = data.draw(names), data.draw(names), data.draw(names)
    again = data.draw(st.booleans())
    chosen = Selection.of(asked, to=to, only=only, start=start, again=again)
    wanted = set(chosen.wanted(asked))

    assert wanted == set(asked.nodes) or (to or only or start)
    assert wanted >= {*to, *only, *start}
    assert upstream_of(asked, wanted) <= wanted
    after = {*start, *downstream_of(asked, map(NodeName, start))}
    assert chosen.again <= wanted
    assert chosen.again == (wanted if again else {*only, *after})


def test_without_a_word_all_nodes_run_and_none_again() -> None:
    chosen = Selection.of(CHAIN)
    assert chosen == Selection()
    assert list(chosen.wanted(CHAIN)) == ["a", "b", "c", "d"]


def test_again_alone_is_said_of_all() -> None:
    assert Selection.of(CHAIN, again=True).again == set(CHAIN.nodes)


@pytest.mark.parametrize("word", ["to", "only", "start"])
def test_a_name_that_no_node_has_is_an_error_with_a_suggestion(word: str) -> None:
    named = experiment({"split": [], "rank features": []})
    with pytest.raises(
        NodeUnknownError, match=r'no node "splt"\..* Did you mean "split"'
    ) as caught:
        Selection.of(named, **{word: ["rank features", "splt"]})  # type: ignore[arg-type]  # by word
    assert (caught.value.node, caught.value.known) == ("splt", ("split", "rank features"))


def test_of_many_nodes_an_error_lists_some() -> None:
    many = experiment({f"n{number}": [] for number in range(100)})
    with pytest.raises(NodeUnknownError, match=r'There are "n0", .*, "n7" and 92 more\.'):
        Selection.of(many, to=["another"])


def test_a_long_chain_needs_no_deep_stack() -> None:
    long = experiment({str(n): [str(n - 1)] if n else [] for n in range(20_000)})
    assert len(Selection.of(long, to=["19999"]).wanted(long)) == 20_000
    assert len(Selection.of(long, start=["0"]).again) == 20_000
