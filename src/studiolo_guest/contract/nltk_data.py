"""Data of NLTK that the sandbox shows to scripts."""

import os
from types import ModuleType

from studiolo_guest.contract.after_import import adapt_after_import


def install() -> None:
    """Have NLTK read the data that `NLTK_DATA` names, if there are any."""
    if os.environ.get("NLTK_DATA"):
        adapt_after_import({"nltk.pathsec": _trust})


def _trust(pathsec: ModuleType) -> None:
    """Keep NLTK (3.10 and later) from refusing data that belong to a different user.

    It fears that others of the machine write there. In the sandbox nothing can: the folder is
    read-only, and its owner, where that is root, has no name.
    """
    pathsec.ENFORCE = False  # type: ignore[attr-defined]  # the switch that it documents
