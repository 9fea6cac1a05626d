"""The Chromium that drives the pages: one that is on the machine; none is ever downloaded."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
VARIABLE = "STUDIOLO_CHROMIUM"


def find_chromium() -> str | None:
    """The executable that STUDIOLO_CHROMIUM names, or else the first one on the path."""
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)
