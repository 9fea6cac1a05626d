"""What an experiment gives to a web service, and the mistakes in it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from studiolo.experiments.experiment import Experiment, Node, NodeName, Source
from studiolo.experiments.web_service.check import ServiceMistake, service_mistakes
from studiolo.experiments.web_service.interface import (
    WEB_SERVICE_INPUT,
    WEB_SERVICE_OUTPUT,
    WebServiceParameter,
    service_interface,
)
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import ModuleId, Parameter, ParameterKind, PortName

PARAMETERS = {
    "trees": Parameter(name="trees", label="", kind=ParameterKind.INTEGER, default=100),
    "leaves": Parameter(name="leaves", label="", kind=ParameterKind.INTEGER, default=100),
    "share": Parameter(name="share", label="", kind=ParameterKind.NUMBER, default=100),
    "mode": Parameter(name="mode", label="", kind=ParameterKind.CHOICE, choices=["a", "b"]),
    "kind": Parameter(name="kind", label="", kind=ParameterKind.CHOICE, choices=["a", "c"]),
    "columns": Parameter(name="columns", label="", kind=ParameterKind.COLUMNS),
    "file": Parameter(name="file", label="", kind=ParameterKind.FILE),
}


def node(called: str, module: str, source: str = "", **parameters: Any) -> Node:
    inputs = {PortName("dataset"): Source(node=NodeName(source))} if source else {}
    return Node(
        name=NodeName(called), module=ModuleId(module), inputs=inputs, parameters=parameters
    )


def experiment(
    *nodes: Node, parameters: Mapping[str, Sequence[tuple[str, str]]] | None = None
) -> Experiment:
    return Experiment(
        name="x",
        nodes={node.name: node for node in nodes},
        web_service_parameters={
            name: [(NodeName(node), parameter) for node, parameter in targets]
            for name, targets in (parameters or {}).items()
        },
        folder=Path(),
    )


INPUT = node("rows", WEB_SERVICE_INPUT)
OUTPUT = node("scored", WEB_SERVICE_OUTPUT, "rows")
RANK = node("rank", "rank", "rows")


def mistakes(graph: Experiment) -> list[ServiceMistake]:
    return list(
        service_mistakes(graph, lambda node: list(PARAMETERS.values()) if node == RANK else None)
    )


def test_an_experiment_that_is_no_service_has_no_interface_and_no_mistakes() -> None:
    plain = experiment(RANK)
    assert mistakes(plain) == []
    interface = service_interface(plain)
    assert (interface.inputs, interface.outputs, interface.parameters) == ({}, {}, [])


def test_the_interface_has_names_nodes_and_parameters() -> None:
    graph = experiment(
        INPUT,
        node("more", WEB_SERVICE_INPUT, name_for_callers="input 2"),
        RANK,
        OUTPUT,
        parameters={"Trees": [("rank", "trees"), ("rank", "leaves")]},
    )
    assert mistakes(graph) == []
    interface = service_interface(graph)
    assert interface.inputs == {"rows": "rows", "input 2": "more"}
    assert interface.outputs == {"scored": "scored"}
    assert interface.parameters == [
        WebServiceParameter(
            name="Trees", targets=[(NodeName("rank"), "trees"), (NodeName("rank"), "leaves")]
        )
    ]


def test_names_are_unique_among_inputs_and_among_outputs() -> None:
    graph = experiment(
        INPUT,
        node("a", WEB_SERVICE_INPUT, name_for_callers="rows"),
        node("b", WEB_SERVICE_INPUT, name_for_callers="a/b"),
        node("c", WEB_SERVICE_OUTPUT, "rows", name_for_callers="rows"),
        node("d", WEB_SERVICE_OUTPUT, "rows", name_for_callers=" d"),
    )
    assert [(found.code, found.node, found.place) for found in mistakes(graph)] == [
        ("web-service-name", name, (name, "parameters", "name_for_callers"))
        for name in ("a", "b", "d")
    ]
    assert mistakes(graph)[0].message == (
        'The nodes "rows" and "a" are both the web-service input "rows". Give one of them another '
        "name."
    )


@pytest.mark.parametrize("graph", [experiment(INPUT), experiment(RANK, parameters={"a": []})])
def test_a_service_without_an_output_is_warned_of(graph: Experiment) -> None:
    (found,) = mistakes(graph)
    assert (found.code, found.is_warning) == ("web-service-output-missing", True)


@pytest.mark.parametrize(
    ("parameters", "code", "says"),
    [
        ({"a": [("rnak", "trees")]}, "node-unknown", 'no node "rnak". Did you mean "rank"?'),
        ({"a": [("rank", "tres")]}, "parameter-unknown", 'no parameter "tres". Did you mean "tree'),
        (
            {"a": [("rank", "trees")], "b": [("rank", "trees")]},
            "web-service-parameter",
            '"b": "rank.trees" is set by "a", too. Delete one of them.',
        ),
        ({"a": [("rank", "columns")]}, "web-service-parameter", "of the kind columns"),
        ({"a": [("rank", "file")]}, "web-service-parameter", "of the kind file"),
        (
            {"a": [("rank", "trees"), ("rank", "share")]},
            "web-service-parameter",
            "take different values: integer and number",
        ),
        (
            {"a": [("rank", "mode"), ("rank", "kind")]},
            "web-service-parameter",
            "take different values: choice and choice",
        ),
    ],
)
def test_mistakes_in_parameters(
    parameters: Mapping[str, Sequence[tuple[str, str]]], code: str, says: str
) -> None:
    (found,) = mistakes(experiment(INPUT, RANK, OUTPUT, parameters=parameters))
    assert found.code == code
    assert says in found.message
    assert found.place == ("/web_service_parameters", list(parameters)[-1])


def test_parameters_with_one_name_have_one_default() -> None:
    graph = experiment(
        node("one", "rank", trees=5),
        node("two", "rank"),
        OUTPUT,
        parameters={"a": [("one", "trees"), ("two", "trees")]},
    )
    (found,) = service_mistakes(graph, lambda _: list(PARAMETERS.values()))
    assert '"one.trees" and "two.trees" are 5 and 100 in the experiment.' in found.message


def test_a_node_whose_parameters_are_unknown_is_left_to_other_findings() -> None:
    graph = experiment(INPUT, OUTPUT, node("x", "gone"), parameters={"a": [("x", "n")]})
    assert mistakes(graph) == []


def test_both_modules_hand_on_what_they_get() -> None:
    for module in (WEB_SERVICE_INPUT, WEB_SERVICE_OUTPUT):
        definition = Catalogue().find(module)
        assert definition.inputs[0].name == "dataset"
        assert [port.name for port in definition.outputs] == ["dataset"]
        assert [parameter.name for parameter in definition.parameters] == ["name_for_callers"]


def test_an_output_returns_one_thing() -> None:
    both = {
        PortName("dataset"): Source(node=NodeName("rows")),
        PortName("trained_model"): Source(node=NodeName("rank")),
    }
    module = ModuleId(WEB_SERVICE_OUTPUT)
    for inputs, code in ((both, "web-service-output"), ({}, "input-missing")):
        output = Node(name=NodeName("scored"), module=module, inputs=inputs)
        (found,) = mistakes(experiment(INPUT, RANK, output))
        assert (found.code, found.node) == (code, "scored")
        assert found.message.endswith("It needs a dataset or a trained model, and returns that.")
