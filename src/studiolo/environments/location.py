"""Where Studiolo keeps what it builds for this machine, rather than for one workspace."""

import os
from pathlib import Path


def studiolo_home() -> Path:
    """The folder of what this machine's Studiolo keeps; it need not exist yet.

    ``STUDIOLO_HOME`` says where. Without it root uses ``/var/lib/studiolo``, because the sandbox
    runs scripts under another user, who cannot enter root's own home folder; everybody else, and
    a root who may not write there (a read-only container), uses ``$XDG_DATA_HOME/studiolo``.
    """
    chosen = os.environ.get("STUDIOLO_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    system = Path("/var/lib/studiolo")
    if os.geteuid() == 0 and _may_be_written(system):
        return system
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    # The XDG specification says that a relative path is to be ignored.
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "studiolo"


def environments_home() -> Path:
    """The folder that holds every environment, each in a folder of its own."""
    return studiolo_home() / "environments"


def _may_be_written(folder: Path) -> bool:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(nearest, os.W_OK | os.X_OK)
