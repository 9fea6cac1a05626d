"""Any experiments, for property tests."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from studiolo.experiments.experiment import (
    Experiment,
    Node,
    NodeLimits,
    NodeName,
    Source,
    is_saved_name,
)
from studiolo.modules.definition import ModuleId, PortName

LINES = st.lists(st.text(max_size=4) | st.text(" \ta#|\x1b", max_size=4), max_size=4)
TEXTS = (
    st.text(max_size=20)
    | LINES.map("\n".join)
    | st.sampled_from(
        [
            "yes",
            "no",
            "1",
            "1_000",
            "1:30",
            "null",
            "~",
            "a: b",
            "a #b",
            "- x",
            "데이터",
            "a\nb\n",
            " a",
        ]
    )
)
NAMES = (
    st.text(max_size=12) | st.sampled_from(["yes", "1", "null", "당뇨 데이터", "a: b", "#a", "[x]"])
).filter(
    lambda name: (
        bool(name) and name == name.strip() and name.isprintable() and not {".", "/"} & set(name)
    )
)
FILES = st.sampled_from(["x.csv", "Hello.zip", "a b.csv", "folder/1.csv", "no", "데이터.csv"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXTS, values, max_size=3),
    max_leaves=8,
)
PARAMETERS = st.dictionaries(TEXTS, VALUES, max_size=4)
SOURCES = st.builds(
    Source,
    node=NAMES.map(NodeName),
    port=st.none() | st.sampled_from(["results_dataset", "1"]).map(PortName),
)
INPUTS = st.dictionaries(TEXTS.map(PortName), SOURCES, max_size=3)
LIMITS = st.builds(
    NodeLimits,
    timeout=st.none() | st.integers(1, 100_000),
    memory=st.none() | st.integers(64 << 20, 1 << 40) | st.integers(1, 99).map(lambda n: n << 30),
    cpus=st.none() | st.integers(1, 64),
)


SERVICE_NAMES = TEXTS.filter(lambda name: bool(name.strip()) and name.isprintable())
TARGETS = st.lists(
    st.tuples(NAMES.map(NodeName), TEXTS.filter(bool)), min_size=1, max_size=2, unique=True
)


def datasets(name: NodeName) -> st.SearchStrategy[Node]:
    version = st.none() | st.integers(1, 9)
    return st.builds(Node, name=st.just(name), dataset=FILES, version=version, comment=TEXTS)


def saved(name: NodeName) -> st.SearchStrategy[Node]:
    version = st.none() | st.integers(1, 9)
    names = NAMES.filter(is_saved_name)
    model = st.builds(Node, name=st.just(name), trained_model=names, version=version, comment=TEXTS)
    return model | st.builds(
        Node, name=st.just(name), transform=names, version=version, comment=TEXTS
    )


def modules(name: NodeName) -> st.SearchStrategy[Node]:
    return st.builds(
        Node,
        name=st.just(name),
        module=st.sampled_from(["split-data", "1"]).map(ModuleId),
        script=st.none() | FILES,
        inputs=INPUTS,
        parameters=PARAMETERS,
        port_binding=st.sampled_from(["connected", "slot"]),
        environment=st.none() | st.just("classic"),
        seed=st.none() | st.integers(0, 2**32 - 1),
        limits=LIMITS,
        comment=TEXTS,
    )


def nodes(name: NodeName) -> st.SearchStrategy[Node]:
    return datasets(name) | saved(name) | modules(name)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    names = draw(st.lists(NAMES.map(NodeName), max_size=4, unique=True))
    return Experiment(
        name=draw(TEXTS.filter(str.strip)),
        description=draw(TEXTS),
        nodes={name: draw(nodes(name)) for name in names},
        web_service_parameters=draw(st.dictionaries(SERVICE_NAMES, TARGETS, max_size=2)),
        folder=Path(),
    )


EXPERIMENTS = experiments()
