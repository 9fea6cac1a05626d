"""A node of a run as a document: in short among the others, and in full with its outputs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NotRequired

from typing_extensions import TypedDict

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.profile import ProfileDocument, profile_document
from studiolo.documents.column import ColumnDocument
from studiolo.documents.failure import FailureDocument, failure_document
from studiolo.documents.script_run import ConnectionDocument, network_document
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortKind
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.history.node_outputs import NodeOutput
from studiolo.runs.history.provenance import Provenance


class PortSummary(TypedDict):
    """An output as it is recorded."""

    #: `dataset` or `object`.
    kind: str
    #: Of a dataset.
    rows: NotRequired[int]
    columns: NotRequired[Sequence[ColumnDocument]]


class PortDocument(PortSummary):
    """An output that was looked at."""

    #: None if it is damaged.
    bytes: int | None
    #: Why it can't be looked at.
    damage: NotRequired[str]
    #: None if the dataset is too large for one.
    profile: NotRequired[ProfileDocument | None]


class NodeFacts(TypedDict):
    """A node of a run without its outputs."""

    #: A dataset node's file.
    dataset: str | None
    #: The name of a saved model, and of a saved transform.
    trained_model: str | None
    transform: str | None
    #: The id of a module node's module.
    module: str | None
    #: The script that the node brought along.
    script: str | None
    state: str
    #: Why it ran, or did not: a sentence.
    reason: str
    draw: int | None
    #: Of a kept result, the run that made it.
    from_run: str | None
    started_at: str | None
    ended_at: str | None
    seconds: float | None
    #: Of all its datasets together.
    rows: int | None
    #: Of all its outputs together.
    bytes: int | None
    peak_memory_bytes: int | None
    cpu_seconds: float | None
    #: The names of the pictures that it drew.
    images: Sequence[str]
    log: Sequence[str]
    #: What it talked to in the network in this run, and what it was refused.
    network: Sequence[ConnectionDocument]
    error: FailureDocument | None


class NodeDocument(NodeFacts):
    """A node among the others of its run."""

    ports: Mapping[str, PortSummary]


class NodeDetailDocument(NodeFacts):
    """A node for itself, with its console and its outputs."""

    run: str
    experiment: str
    node: str
    console: str
    ports: Mapping[str, PortDocument]


class NodeNeverRanDocument(TypedDict):
    """A node that has not run."""

    run: None
    experiment: str
    node: str
    state: None


def node_document(
    node: NodeResult, provenance: Provenance, *, variables: bool = False
) -> NodeDocument:
    """The document of a node among the others of its run, or with its variables for itself."""
    ports = {port: _port_summary(node, port) for port in node.ports}
    return {**_facts(node, provenance, variables=variables), "ports": ports}


def node_detail_document(
    run: CurrentRun, node: NodeResult, provenance: Provenance, outputs: Iterable[NodeOutput]
) -> NodeDetailDocument:
    """The document of a node for itself."""
    return {
        "run": node.record.run,
        "experiment": run.record.experiment,
        "node": node.record.node,
        **_facts(node, provenance, variables=True),
        "console": node.console,
        "ports": {output.port: _port(output) for output in outputs},
    }


def never_ran_document(key: str, node: NodeName) -> NodeNeverRanDocument:
    """The same for a node that has not run."""
    return {"run": None, "experiment": key, "node": node, "state": None}


def _facts(node: NodeResult, provenance: Provenance, *, variables: bool) -> NodeFacts:
    record = node.record
    script = provenance.script(record.node)
    module = provenance.module(record.node)
    saved = provenance.saved(record.node)
    what = provenance.what(record.node)
    return {
        "dataset": what if module is None and saved is None else None,
        "trained_model": what if saved is PortKind.MODEL else None,
        "transform": what if saved is PortKind.TRANSFORM else None,
        "module": module,
        "script": None if script is None else script.name,
        "state": record.state,
        "reason": record.reason,
        "draw": record.draw,
        "from_run": record.from_run,
        "started_at": _moment(record.started_at),
        "ended_at": _moment(record.ended_at),
        "seconds": record.seconds,
        "rows": record.rows,
        "bytes": record.bytes,
        "peak_memory_bytes": record.peak_memory,
        "cpu_seconds": record.cpu_seconds,
        "images": [image.name for image in record.images or ()],
        "log": list(node.log),
        "network": network_document(node.network),
        "error": failure_document(node.failure, variables=variables),
    }


def _port_summary(node: NodeResult, port: str) -> PortSummary:
    assert node.kept is not None
    entry = node.kept.outputs[port]
    if entry["kind"] != "dataset":
        return {"kind": "object"}
    columns: list[ColumnDocument] = [
        {"name": column["name"], "type": column["type"]} for column in entry["columns"]
    ]
    return {"kind": "dataset", "rows": entry["rows"], "columns": columns}


def _port(output: NodeOutput) -> PortDocument:
    document: PortDocument = {"kind": output.kind or "object", "bytes": output.size}
    if output.damage is not None:
        document["damage"] = str(output.damage)
    if output.dataset is not None:
        profile = output.profile
        document["rows"] = output.dataset.table.num_rows
        document["columns"] = _columns(output.dataset)
        document["profile"] = None if profile is None else profile_document(profile)
    return document


def _columns(dataset: Dataset) -> list[ColumnDocument]:
    return [
        {
            "name": field.name,
            "type": str(field.type),
            "role": dataset.roles.get(field.name, ColumnRole.FEATURE).value,
        }
        for field in dataset.table.schema
    ]


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
