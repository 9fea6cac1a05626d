"""Experiments as documents: all that a canvas draws, without anything left to guess."""

from collections.abc import Mapping, Sequence
from typing import cast

from typing_extensions import TypedDict

from studiolo.datasets.change import Change
from studiolo.documents.findings import FindingDocument, finding_document
from studiolo.documents.module import (
    ParameterDeclaration,
    PortDeclaration,
    parameter_declaration,
    port_declaration,
)
from studiolo.documents.run import RunSummary, run_summary
from studiolo.errors import Fact
from studiolo.experiments.difference import ExperimentDifference
from studiolo.experiments.experiment import Experiment, Node, NodeName, Source
from studiolo.experiments.json_value import Json
from studiolo.experiments.saved_form import node_form
from studiolo.modules.definition import PYTHON_DEVICE
from studiolo.workspace.studio.listing import ListedExperiment
from studiolo.workspace.studio.node_ports import NodePorts
from studiolo.workspace.studio.opened import OpenedExperiment
from studiolo.workspace.studio.standing import NodeStanding


class WireDocument(TypedDict):
    """The beginning of a wire."""

    node: str
    #: The output, also where the file leaves it out because it is the first.
    port: str


class InputDocument(PortDeclaration):
    """An input of a node."""

    wire: WireDocument | None
    #: Whether the module has such an input. One that it does not have is shown so that its wire can
    #: be cut.
    known: bool


class GraphNode(TypedDict):
    """A node of an experiment."""

    name: str
    #: `module`, `dataset`, `trained_model` or `transform`.
    kind: str
    #: What people see: the name of its module, or of the file or the saved object that it is.
    title: str
    #: Its module's place in the palette.
    category: Sequence[str]
    #: Its module's id.
    module: str | None
    #: The file of its script, beside the experiment.
    script: str | None
    comment: str
    #: The keys and values of the node in the experiment's file: what an edit `add_node` takes.
    form: Mapping[str, Json]
    #: The values that the file gives.
    parameters: Mapping[str, Json]
    #: The parameters that it can have: those of its module, or those that its script declares.
    declared: Sequence[ParameterDeclaration]
    inputs: Sequence[InputDocument]
    outputs: Sequence[PortDeclaration]
    #: Why its module or its script can't be used.
    broken: str | None


class NodeStateDocument(TypedDict):
    """The newest outcome of a node."""

    #: `finished`, `kept` or `failed`.
    state: str
    #: Whether the node would give the same again; null if that is not known.
    up_to_date: bool | None
    #: The run that had the outcome.
    run: str
    #: Of a kept result, the run that made it.
    from_run: str | None
    reason: str
    rows: int | None
    seconds: float | None
    #: Of a failure: what went wrong, its code, and what it is about.
    error: str | None
    error_code: str | None
    error_subject: str | None
    #: What it is made of, by name; empty where that is not known.
    error_facts: Mapping[str, Fact]
    #: The class of the exception; empty if there was none.
    error_type: str
    #: The line of the script that it was raised at, from 1.
    error_line: int | None
    #: The outputs at which the script left nothing.
    empty_outputs: Sequence[str]


class PositionDocument(TypedDict):
    """The upper left corner of a node, in pixels at a zoom of 1; y goes down."""

    x: float
    y: float


class ExperimentDocument(TypedDict):
    """An experiment."""

    #: The name of its folder.
    name: str
    #: The name that people see.
    title: str
    description: str
    #: Of its file; edits name the revision that they were made from.
    revision: str
    #: Which graph this is: `current`; `last-good` if the file can't be read now; `partial` if how
    #: it was before is not known either.
    shown: str
    nodes: Sequence[GraphNode]
    positions: Mapping[str, PositionDocument]
    findings: Sequence[FindingDocument]
    #: By node; a node that has never run has none.
    states: Mapping[str, NodeStateDocument]
    #: What callers of its web service may set: by name, the targets as `node.parameter`.
    web_service_parameters: Mapping[str, Sequence[str]]


class ListedExperimentDocument(TypedDict):
    """An experiment in the list of all."""

    name: str
    title: str
    description: str
    changed_at: str
    #: Null if its file can't be read now.
    nodes: int | None
    last_run: RunSummary | None


class ExperimentsDocument(TypedDict):
    """The experiments of a workspace, the one that was changed last first."""

    experiments: Sequence[ListedExperimentDocument]


class SampleDocument(TypedDict):
    """A sample."""

    name: str
    title: str
    description: str
    nodes: int


class SamplesDocument(TypedDict):
    """The samples that can be opened."""

    samples: Sequence[SampleDocument]


class VersionsDiffer(TypedDict):
    """A value that two versions of an experiment have differently, as JSON text."""

    #: Empty for what is not a node's.
    node: str
    #: `added`, `removed`, or a key such as `parameters.trees`.
    key: str
    theirs: Json
    ours: Json


def experiment_document(opened: OpenedExperiment) -> ExperimentDocument:
    """The document of an experiment that is open."""
    experiment = opened.experiment
    return {
        "name": opened.name,
        "title": experiment.name,
        "description": experiment.description,
        "revision": opened.revision,
        "shown": opened.shown.value,
        "nodes": [
            _node(node, opened.ports[name], opened.ports) for name, node in experiment.nodes.items()
        ],
        "positions": {
            name: {"x": place.x, "y": place.y}
            for name, place in opened.layout.positions.items()
            if name in experiment.nodes
        },
        "findings": [finding_document(finding) for finding in opened.findings],
        "states": {
            name: _state(standing, opened.ports.get(name))
            for name, standing in opened.standings.items()
        },
        "web_service_parameters": {
            name: [f"{node}.{parameter}" for node, parameter in targets]
            for name, targets in experiment.web_service_parameters.items()
        },
    }


def experiments_document(listed: Sequence[ListedExperiment]) -> ExperimentsDocument:
    """The document of the list of all."""
    return {"experiments": [_listed(one) for one in listed]}


def samples_document(samples: Sequence[Experiment]) -> SamplesDocument:
    """The document of the samples."""
    return {
        "samples": [
            {
                "name": sample.folder.name,
                "title": sample.name,
                "description": sample.description,
                "nodes": len(sample.nodes),
            }
            for sample in samples
        ]
    }


def versions_differ(found: ExperimentDifference) -> list[VersionsDiffer]:
    """Their version of an experiment and ours, value by value."""
    differ = [_differs("", key, change) for key, change in found.values.items()]
    for name, node in found.nodes.items():
        if node.theirs is None:
            differ.append(_differs(name, "added", Change(before=None, after=name)))
        elif node.ours is None:
            differ.append(_differs(name, "removed", Change(before=name, after=None)))
        else:
            differ += [_differs(name, key, change) for key, change in node.values.items()]
    return differ


def _differs(node: str, key: str, change: Change) -> VersionsDiffer:
    return {"node": node, "key": key, "theirs": change.before, "ours": change.after}


def _node(node: Node, own: NodePorts, ports: Mapping[NodeName, NodePorts]) -> GraphNode:
    named = node.dataset or (None if node.saved is None else node.saved.name)
    form = node_form(node)
    return {
        "name": node.name,
        # One that does not say what it is has a finding that asks for it.
        "kind": node.kinds[0] if node.kinds else "module",
        "title": named or (own.module.name if own.module else node.module or node.name),
        "category": [] if own.module is None else list(own.module.category),
        "module": node.module,
        "script": node.script,
        "comment": node.comment,
        "form": form,
        "parameters": cast("Mapping[str, Json]", form.get("parameters", {})),
        "declared": [parameter_declaration(parameter) for parameter in own.parameters],
        "inputs": _inputs(node, own, ports),
        "outputs": [port_declaration(port) for port in own.outputs],
        "broken": None if own.error is None else str(own.error),
    }


def _inputs(node: Node, own: NodePorts, ports: Mapping[NodeName, NodePorts]) -> list[InputDocument]:
    inputs: list[InputDocument] = [
        {
            **port_declaration(port),
            "wire": _wire(node.inputs.get(port.name), ports),
            "known": True,
        }
        for port in own.inputs
    ]
    known = {port.name for port in own.inputs}
    for name, source in node.inputs.items():
        if name not in known:
            wire = _wire(source, ports)
            unknown: InputDocument = {
                "name": name,
                "label": name,
                "kind": "dataset",
                "optional": True,
                "wire": wire,
                "known": False,
            }
            inputs.append(unknown)
    return inputs


def _wire(source: Source | None, ports: Mapping[NodeName, NodePorts]) -> WireDocument | None:
    if source is None:
        return None
    begins = ports.get(source.node)
    first = "" if begins is None or not begins.outputs else begins.outputs[0].name
    return {"node": source.node, "port": source.port or first}


def _state(standing: NodeStanding, ports: NodePorts | None) -> NodeStateDocument:
    record, left = standing.record, standing.outputs
    outputs = [] if ports is None or left is None else [port.name for port in ports.outputs]
    failure = record.failure or {}
    frames = failure.get("frames") or [{}]
    return {
        "state": record.state.value,
        "up_to_date": standing.up_to_date,
        "run": record.run,
        "from_run": record.from_run,
        "reason": record.reason,
        "rows": record.rows,
        "seconds": record.seconds,
        "error": failure.get("message"),
        "error_code": failure.get("code"),
        "error_subject": failure.get("subject"),
        "error_facts": failure.get("facts") or {},
        "error_type": failure.get("exception_type", ""),
        "error_line": frames[-1].get("line"),
        "empty_outputs": [
            name for name in outputs if name not in (left or ()) and name != PYTHON_DEVICE
        ],
    }


def _listed(one: ListedExperiment) -> ListedExperimentDocument:
    experiment = one.experiment
    return {
        "name": one.name,
        "title": one.name if experiment is None else experiment.name,
        "description": "" if experiment is None else experiment.description,
        "changed_at": one.changed_at.isoformat(),
        "nodes": None if experiment is None else len(experiment.nodes),
        "last_run": None if one.last_run is None else run_summary(one.last_run),
    }
