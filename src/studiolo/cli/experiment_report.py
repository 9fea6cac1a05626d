"""`studiolo run EXPERIMENT --json`: a run of an experiment as a JSON document."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from studiolo.runs.experiment_result import ExperimentResult, NodeResult


def experiment_report(result: ExperimentResult) -> str:
    """The document, one line at the end; its keys are in docs/reference/experiment-report.md."""
    return json.dumps(run_document(result), indent=2, ensure_ascii=False) + "\n"


def run_document(result: ExperimentResult) -> dict[str, Any]:
    """The same as plain dicts and lists."""
    record = result.record
    return {
        "run": record.id,
        "experiment": record.experiment,
        "name": record.experiment_name,
        "status": record.status,
        "partial": record.partial,
        "started_at": _moment(record.started_at),
        "ended_at": _moment(record.ended_at),
        "nodes": {name: node_document(node) for name, node in result.nodes.items()},
    }


def node_document(node: NodeResult) -> dict[str, Any]:
    """One node of it."""
    record = node.record
    failure = node.failure
    return {
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
        "cpu_seconds": node.cpu_seconds,
        "ports": {port: _port(node, port) for port in node.ports},
        "images": [image.name for image in record.images or ()],
        "log": list(node.log),
        "error": None if failure is None else asdict(failure),
    }


def _port(node: NodeResult, port: str) -> dict[str, Any]:
    assert node.kept is not None
    entry = node.kept.outputs[port]
    if entry["kind"] != "dataset":
        return {"kind": "object"}
    columns = [{"name": c["name"], "type": c["type"]} for c in entry["columns"]]
    return {"kind": "dataset", "rows": entry["rows"], "columns": columns}


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
