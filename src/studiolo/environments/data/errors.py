"""Errors in the data that a workspace keeps for libraries."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.suggestions import did_you_mean

_LISTED = 20


class DataUnknownError(StudioloError):
    """Data are asked for that are not there."""

    code: ClassVar[str] = "environment-data-unknown"

    def __init__(self, *, name: str, place: str, known: Sequence[str], advice: str = "") -> None:
        self.name = name
        self.known = known
        listed = ", ".join(known[:_LISTED]) + (", …" if len(known) > _LISTED else "")
        has = f"It has: {listed}." if known else "It has none."
        suggested = did_you_mean(name, known)
        super().__init__(f'{place} has no data "{name}".{suggested} {has} {advice}'.rstrip())


class DataUnreadableError(StudioloError):
    """The folder or the zip that data are to come from can't be used."""

    code: ClassVar[str] = "environment-data-unreadable"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f'The data in "{path}" can\'t be used: {reason}.')


class DataDownloadError(StudioloError):
    """Data can't be downloaded; nothing was added."""

    code: ClassVar[str] = "environment-data-download"

    def __init__(self, *, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(
            f'Nothing was added: "{address}" can\'t be used: {reason.rstrip(".")}. Without the '
            "network, make the data elsewhere by `python -m nltk.downloader -d nltk_data NAME`, "
            "and add them with --from nltk_data."
        )


class DataFolderError(StudioloError):
    """The folder where a workspace keeps data can't be used."""

    code: ClassVar[str] = "environment-data-folder-unusable"

    def __init__(self, *, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"The workspace's data in \"{folder}\" can't be used: {reason}.")


class DataHomeError(StudioloError):
    """The data of a version of a service can't be unpacked on this machine."""

    code: ClassVar[str] = "environment-data-home-unusable"

    def __init__(self, *, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(
            f"The data of NLTK that a version of the service keeps can't be unpacked into "
            f'"{folder}": {reason}. Make room there, or set STUDIOLO_HOME to a folder that you '
            "may write to."
        )
