"""The id of a workspace, by which a database knows whose records it holds."""

from pathlib import Path

from studiolo.files.whole_file import replacing
from studiolo.store.errors import store_errors
from studiolo.store.folder import make_private_folder
from studiolo.store.identity import random_id


def file(store: Path) -> Path:
    """Where it is kept."""
    return store / "workspace-id"


def known(store: Path) -> str | None:
    """The id; None if the workspace has none yet.

    Raises:
        RecordsUnusableError: It can't be read.
    """
    with store_errors(store, purpose="its id can't be read"):
        try:
            return file(store).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None


def new(store: Path) -> str:
    """Give the workspace an id, and remember it.

    Raises:
        RecordsReadOnlyError: The workspace can't be written.
    """
    made = random_id()
    with store_errors(store, purpose="it can't be given an id"):
        make_private_folder(store)
        with replacing(file(store)) as stream:
            stream.write(made.encode())
    return made
