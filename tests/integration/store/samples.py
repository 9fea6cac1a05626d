"""Records as a run would make them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from studiolo.experiments.experiment import NodeName
from studiolo.store.dataset_record import RecordedColumn, SeenDataset
from studiolo.store.identity import (
    BlobDigest,
    KeyHash,
    RecipeDigest,
    RunId,
    VersionDigest,
    new_run_id,
)
from studiolo.store.result_record import KeptImage, NewResult
from studiolo.store.run_record import FinishedNode, NewRun, NodeOutcome, NodeState
from studiolo.store.services.service_record import KeySlot, NewVersion

MOMENT = datetime(2025, 1, 31, 18, 45, 2, 117_042, tzinfo=UTC)
EXPERIMENT = "churn/experiment.yaml"
KEYS = {KeySlot.PRIMARY: KeyHash("first"), KeySlot.SECONDARY: KeyHash("second")}


def new_run(
    run: RunId | None = None, *, experiment: str = EXPERIMENT, partial: bool = False
) -> NewRun:
    return NewRun(
        id=run or new_run_id(datetime.now(UTC)),
        experiment=experiment,
        experiment_name="Churn",
        partial=partial,
        started_at=MOMENT,
        snapshot={"experiment": "name: Churn\n", "scripts": {"rank.py": "# …"}},
        pid=4711,
        host="studio",
    )


def new_result(
    run: RunId,
    node: str,
    recipe: str,
    *,
    blobs: Collection[BlobDigest] = (),
    images: Sequence[KeptImage] = (),
    console: str = "fitted\n",
) -> NewResult:
    return NewResult(
        recipe_digest=RecipeDigest(recipe),
        recipe={"module": "split-data", "parameters": {"fraction": 0.5}},
        outputs={"results_dataset1": {"kind": "dataset", "blobs": sorted(blobs)}},
        console=console,
        log=["A row index was dropped."],
        images=images,
        seconds=1.25,
        cpu_seconds=1.5,
        peak_memory=80 << 20,
        rows=768,
        bytes=5 << 32,
        environment="default",
        isolation="full",
        run=run,
        node=NodeName(node),
        created_at=MOMENT,
        blobs=blobs,
    )


def finished(
    run: RunId, node: str, recipe: str, *, blobs: Collection[BlobDigest] = (), **details: Any
) -> FinishedNode:
    """A node that ran and succeeded, with a result to keep."""
    result = new_result(run, node, recipe, blobs=blobs, **details)
    return FinishedNode(
        outcome=NodeOutcome(
            node=NodeName(node),
            state=NodeState.FINISHED,
            reason="It has never run before.",
            recipe_digest=result.recipe_digest,
            started_at=MOMENT,
            ended_at=MOMENT,
            seconds=result.seconds,
            rows=result.rows,
            bytes=result.bytes,
            console=result.console,
            log=result.log,
            images=list(result.images),
        ),
        result=result,
    )


def seen(name: str = "pima.csv", content: str = "a", **changes: Any) -> SeenDataset:
    facts: dict[str, Any] = {
        "name": name,
        "content": BlobDigest(content * 64),
        "bytes": 23_279,
        "format": "csv",
        "mtime_ns": 1_738_349_102_117_042_001,
        "columns": [RecordedColumn(name="age", type="int64", role="feature")],
        "rows": 768,
    }
    return SeenDataset(**{**facts, **changes})


def new_version(content: str = "a", **changes: Any) -> NewVersion:
    facts: dict[str, Any] = {
        "digest": VersionDigest(content * 64),
        "experiment": "churn-service",
        "schema": {"inputs": {"input1": [{"name": "age", "type": "int64"}]}},
        "row_wise": True,
    }
    return NewVersion(**{**facts, **changes})
