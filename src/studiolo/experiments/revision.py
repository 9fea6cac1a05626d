"""Revisions: which state of a file an edit was made from."""

import hashlib
from pathlib import Path
from typing import Final, NewType

#: The SHA-256 of a file's bytes, as hexadecimal digits; `UNSAVED` where there is no file.
Revision = NewType("Revision", str)
UNSAVED: Final = Revision("unsaved")


def revision_of(content: bytes) -> Revision:
    """The revision of a file with this content."""
    return Revision(hashlib.sha256(content).hexdigest())


def revision_at(path: Path) -> Revision:
    """The revision of the file at a path, which may be missing.

    Raises:
        OSError: It can't be read.
    """
    try:
        return revision_of(path.read_bytes())
    except FileNotFoundError:
        return UNSAVED
