"""`studiolo run --json`: a run as a JSON document."""

import json
from dataclasses import asdict
from typing import Any

from studiolo.runs.script_result import ScriptResult


def run_report(result: ScriptResult) -> str:
    """The document, one line at the end; its schema is in docs/reference/run-report.md."""
    return json.dumps(_document(result), indent=2, ensure_ascii=False) + "\n"


def _document(result: ScriptResult) -> dict[str, Any]:
    device = result.device
    return {
        "status": result.status,
        "error": None if result.failure is None else asdict(result.failure),
        "ports": {
            port: {
                "rows": dataset.table.num_rows,
                "columns": [
                    {"name": field.name, "type": str(field.type)} for field in dataset.table.schema
                ],
            }
            for port, dataset in result.datasets.items()
        },
        "device": {
            "console": device.console,
            "console_dropped_bytes": device.console_dropped,
            "images": [
                {"name": image.name, "media_type": image.media_type, "bytes": len(image.content)}
                for image in device.images
            ],
        },
        "log": list(result.log),
        "environment": result.environment,
        "timings": {**asdict(result.timings), "total": result.timings.total},
        "peak_memory_bytes": result.peak_memory,
        "cpu_seconds": result.cpu_seconds,
        "isolation": {
            "asked": result.isolation.asked,
            "level": result.isolation.level,
            "layers": [asdict(layer) for layer in result.isolation.layers],
        },
    }
