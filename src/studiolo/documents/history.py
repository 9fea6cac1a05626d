"""A run history, and what was forgotten of one, as documents."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from studiolo.documents.run import RunSummary, run_summary
from studiolo.store.identity import RunId
from studiolo.store.run_record import RunRecord
from studiolo.workspace.folder.history import Forgotten


class DraftDocument(TypedDict):
    """The draft: the experiment as its file has it now."""

    name: str


class HistoryRun(RunSummary):
    """A run in a history."""

    #: What was new in it, a phrase each.
    changes: Sequence[str]


class HistoryDocument(TypedDict):
    """The history of an experiment, or of a workspace."""

    #: None for a workspace.
    experiment: str | None
    draft: DraftDocument | None
    #: Newest first.
    runs: Sequence[HistoryRun]
    #: Whether there are older ones.
    more: bool


class ForgottenRecords(TypedDict):
    """The numbers of runs and results that were forgotten."""

    runs: int
    results: int


class RemovedFiles(TypedDict):
    """The number of files that were removed from the disk, and their size."""

    files: int
    bytes: int


class ForgottenDocument(TypedDict):
    """The runs and results that were removed."""

    forgotten: ForgottenRecords
    removed: RemovedFiles


def history_document(
    runs: Sequence[RunRecord],
    *,
    changes: Mapping[RunId, Sequence[str]],
    experiment: str | None,
    draft: str | None,
    more: bool,
) -> HistoryDocument:
    """The document of a history."""
    return {
        "experiment": experiment,
        "draft": None if draft is None else {"name": draft},
        "runs": [{**run_summary(run), "changes": list(changes.get(run.id, ()))} for run in runs],
        "more": more,
    }


def forgotten_document(forgotten: Forgotten) -> ForgottenDocument:
    """The document of what `studiolo runs --keep` has removed."""
    return {
        "forgotten": {"runs": forgotten.runs, "results": forgotten.results},
        "removed": {"files": forgotten.files, "bytes": forgotten.size},
    }
