"""`studiolo show --json`: a run, or one of its nodes, as a JSON document."""

import json
from collections.abc import Iterable
from typing import Any

from studiolo.cli.experiment_report import node_document, run_document
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.profile import profile_to_json
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.runs.current_state import CurrentRun
from studiolo.runs.experiment_result import ExperimentResult, NodeResult
from studiolo.runs.node_outputs import NodeOutput
from studiolo.runs.provenance import Provenance


def experiment_shown(result: ExperimentResult, run: CurrentRun, provenance: Provenance) -> str:
    """The document of a run; its keys are in docs/reference/experiment-report.md."""
    nodes = {
        name: {**_provenance(provenance, name), **node_document(node)}
        for name, node in run.nodes.items()
    }
    return _text({**run_document(result), "status": run.record.status, "nodes": nodes})


def experiment_never_run(key: str, experiment: Experiment) -> str:
    """The same for an experiment that has no run."""
    return _text(
        {
            "run": None,
            "experiment": key,
            "name": experiment.name,
            "status": None,
            "partial": False,
            "started_at": None,
            "ended_at": None,
            "nodes": {},
        }
    )


def node_shown(
    run: CurrentRun, node: NodeResult, provenance: Provenance, outputs: Iterable[NodeOutput]
) -> str:
    """The document of a node."""
    record = node.record
    return _text(
        {
            "run": record.run,
            "experiment": run.record.experiment,
            "node": record.node,
            **_provenance(provenance, record.node),
            **node_document(node),
            "console": node.console,
            "ports": {output.port: _port(output) for output in outputs},
        }
    )


def node_never_ran(key: str, node: NodeName) -> str:
    """The same for a node that has not run."""
    return _text({"run": None, "experiment": key, "node": node, "state": None})


def _provenance(provenance: Provenance, node: NodeName) -> dict[str, Any]:
    script = provenance.script(node)
    module = provenance.module(node)
    return {
        "dataset": provenance.what(node) if module is None else None,
        "module": module,
        "script": None if script is None else script.name,
    }


def _port(output: NodeOutput) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": output.kind or "object", "bytes": output.size}
    if output.damage is not None:
        document["damage"] = str(output.damage)
    if output.dataset is not None:
        document["rows"] = output.dataset.table.num_rows
        document["columns"] = _columns(output.dataset)
        profile = output.profile
        document["profile"] = None if profile is None else profile_to_json(profile)
    return document


def _columns(dataset: Dataset) -> list[dict[str, str]]:
    return [
        {
            "name": field.name,
            "type": str(field.type),
            "role": dataset.roles.get(field.name, ColumnRole.FEATURE).value,
        }
        for field in dataset.table.schema
    ]


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
