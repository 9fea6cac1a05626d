"""`studiolo diff --json`: how two runs differ, as a JSON document."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from studiolo.cli.history_report import run_facts
from studiolo.datasets.change import Change
from studiolo.runs.comparison import Comparison, NodeComparison, OutputComparison


def diff_report(comparison: Comparison) -> str:
    """The document; its keys are in docs/reference/experiment-report.md."""
    document = {
        "differs": comparison.differs,
        "before": run_facts(comparison.before.record),
        "after": run_facts(comparison.after.record),
        "added": list(comparison.added),
        "removed": list(comparison.removed),
        "nodes": {name: _node(node) for name, node in comparison.nodes.items()},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _node(node: NodeComparison) -> dict[str, Any]:
    script = node.script
    return {
        "differs": node.differs,
        "what": _change(node.what),
        "content": _change(node.content),
        "script": None if script is None else {"diff": "".join(f"{it}\n" for it in script.lines)},
        "parameters": _changes(node.parameters),
        "inputs": _changes(node.inputs),
        "environment": _change(node.environment),
        "settings": _changes(node.settings),
        "state": _change(node.state),
        "rows": _change(node.rows),
        "results": {port: _output(output) for port, output in node.results.items()},
    }


def _output(output: OutputComparison) -> dict[str, Any]:
    sizes = output.sizes
    return {
        "kind": _change(output.kind),
        "table": None if output.table is None else asdict(output.table),
        "bytes": None if sizes is None else {"before": sizes[0], "after": sizes[1]},
    }


def _changes(changes: Mapping[str, Change]) -> dict[str, Any]:
    return {name: asdict(change) for name, change in changes.items()}


def _change(change: Change | None) -> dict[str, Any] | None:
    return None if change is None else asdict(change)
