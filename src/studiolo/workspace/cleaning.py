"""Frees the disk space of a workspace's runs and results."""

from pathlib import Path

from studiolo.files.leftovers import leftovers_below, remove_leftover
from studiolo.files.size_on_disk import size_on_disk
from studiolo.workspace.folder import state_folder
from studiolo.workspace.jobs.forgetting import forget_jobs
from studiolo.workspace.workspace import Workspace


def stored_bytes(root: Path) -> int:
    """The bytes that the workspace of this folder takes for runs and results; nothing is opened.

    What processes that were killed left unfinished elsewhere in it counts, too.
    """
    places = [root / state_folder.NAME, *leftovers_below(root)]
    return sum(size_on_disk(place) for place in places)


def forget_runs(root: Path, *, keep: int) -> int:
    """Forget all but the newest runs of each experiment, and remove leftovers; the bytes freed.

    Batch jobs that ended more than a week ago are forgotten, too, with their files.

    Raises:
        WorkspaceInUseError: Another process uses the workspace. Nothing is forgotten.
    """
    before = stored_bytes(root)
    for file in leftovers_below(root):
        remove_leftover(file)
    with Workspace(root) as workspace:
        workspace.runs.forget(keep=keep)
        forget_jobs(workspace.batch_jobs, workspace.services.batch_folder)
        return max(before - stored_bytes(root), 0)
