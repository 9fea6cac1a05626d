"""A run of an experiment as a document: the same wherever a run is described."""

from collections.abc import Mapping
from datetime import datetime

from typing_extensions import TypedDict

from studiolo.documents.node import NodeDocument, node_document
from studiolo.experiments.experiment import Experiment
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.provenance import Provenance
from studiolo.store.run_record import RunRecord


class RunSummary(TypedDict):
    """A run without its nodes."""

    #: Its id; None, as the next keys that may be, if the experiment has not been run.
    run: str | None
    #: The experiment's folder, relative to the workspace.
    experiment: str
    #: What the experiment was called then.
    name: str
    status: str | None
    #: Whether only some of the nodes were asked for.
    partial: bool
    #: `console` or `debugger`, if the run only made what such a session of a node needs.
    prepares: str | None
    #: ISO 8601, in UTC.
    started_at: str | None
    ended_at: str | None


class RunDocument(RunSummary):
    """A run with the nodes that took part, each after those that it needs."""

    nodes: Mapping[str, NodeDocument]


def run_summary(record: RunRecord) -> RunSummary:
    """The summary of a run."""
    return {
        "run": record.id,
        "experiment": record.experiment,
        "name": record.experiment_name,
        "status": record.status,
        "partial": record.partial,
        "prepares": record.prepares,
        "started_at": record.started_at.isoformat(),
        "ended_at": _moment(record.ended_at),
    }


def run_document(run: CurrentRun, provenance: Provenance) -> RunDocument:
    """The document of a run as it is now."""
    documents: dict[str, NodeDocument] = {
        name: node_document(node, provenance) for name, node in run.nodes.items()
    }
    return {**run_summary(run.record), "nodes": documents}


def never_run_document(key: str, experiment: Experiment) -> RunDocument:
    """The same for an experiment that has no run."""
    return {
        "run": None,
        "experiment": key,
        "name": experiment.name,
        "status": None,
        "partial": False,
        "prepares": None,
        "started_at": None,
        "ended_at": None,
        "nodes": {},
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
