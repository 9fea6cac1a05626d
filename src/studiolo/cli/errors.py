"""Errors between the command line and the disk."""

from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.store.run_record import RunRecord


class DeviceFolderError(StudioloError):
    """The folder for the Python device can't be written."""

    code: ClassVar[str] = "device-folder-unwritable"

    def __init__(self, *, folder: str, file: str, reason: str) -> None:
        self.folder = folder
        self.file = file
        self.reason = reason
        super().__init__(
            f'The images and the console can\'t be written to the folder "{folder}": {file}: '
            f"{reason}. Choose another folder with --device."
        )


class RunsTooFewError(StudioloError):
    """There are no two runs that could be compared."""

    code: ClassVar[str] = "runs-too-few"

    def __init__(self, *, first: RunRecord | None) -> None:
        self.first = first
        found = "nothing has been run yet"
        if first is not None:
            found = f"{first.experiment} has no run before {first.id}"
        super().__init__(
            f"A comparison needs two runs, but {found}. Run it again after a change, or name two "
            'runs that "studiolo runs" lists.'
        )
