"""Frees the disk space of a workspace's runs and results."""

from pathlib import Path

from studiolo.environments.removal import size_on_disk
from studiolo.workspace import state_folder
from studiolo.workspace.workspace import Workspace


def stored_bytes(root: Path) -> int:
    """The bytes that the workspace of this folder takes for runs and results; nothing is opened."""
    return size_on_disk(root / state_folder.NAME)


def forget_runs(root: Path, *, keep: int) -> int:
    """Forget all but the newest runs of each experiment; the bytes that are free again.

    Raises:
        WorkspaceInUseError: Another process uses the workspace. Nothing is forgotten.
    """
    before = stored_bytes(root)
    with Workspace(root) as workspace:
        workspace.runs.forget(keep=keep)
        return max(before - stored_bytes(root), 0)
