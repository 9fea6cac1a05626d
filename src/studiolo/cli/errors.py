"""What can go wrong between the command line and the disk."""

from typing import ClassVar

from studiolo.errors import StudioloError


class DeviceFolderError(StudioloError):
    """The folder for the Python device can't be written."""

    code: ClassVar[str] = "device-folder-unwritable"

    def __init__(self, *, folder: str, file: str, reason: str) -> None:
        self.folder = folder
        self.file = file
        self.reason = reason
        super().__init__(
            f'The Python device can\'t be written to the folder "{folder}": {file}: {reason}. '
            "Choose another folder with --device."
        )


class ProgramUnwritableError(StudioloError):
    """The program that an experiment is exported to can't be written."""

    code: ClassVar[str] = "program-unwritable"

    def __init__(self, *, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(
            f'The program can\'t be written to "{file}": {reason}. Choose another file with '
            "--output."
        )
