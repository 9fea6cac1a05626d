"""`studiolo runs --json`: a run history, and what was forgotten of one, as JSON documents."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from studiolo.store.blobs import Swept
from studiolo.store.identity import RunId
from studiolo.store.run_record import Pruned, RunRecord


def history_document(
    runs: Sequence[RunRecord],
    *,
    changes: Mapping[RunId, Sequence[str]],
    experiment: str | None,
    draft: str | None,
    more: bool,
) -> dict[str, Any]:
    """The history; its keys are in docs/reference/experiment-report.md."""
    return {
        "experiment": experiment,
        "draft": None if draft is None else {"name": draft},
        "runs": [{**run_facts(run), "changes": list(changes.get(run.id, ()))} for run in runs],
        "more": more,
    }


def run_facts(run: RunRecord) -> dict[str, Any]:
    """A run without its nodes."""
    return {
        "run": run.id,
        "experiment": run.experiment,
        "name": run.experiment_name,
        "status": run.status,
        "partial": run.partial,
        "started_at": run.started_at.isoformat(),
        "ended_at": None if run.ended_at is None else run.ended_at.isoformat(),
    }


def forgotten_document(pruned: Pruned, swept: Swept) -> dict[str, Any]:
    """The runs and results that `--keep` has removed."""
    return {
        "forgotten": asdict(pruned),
        "removed": {"files": swept.blobs + swept.unfinished, "bytes": swept.size},
    }
