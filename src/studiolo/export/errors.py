"""Errors of programs that experiments are exported to."""

from typing import ClassVar

from studiolo.errors import StudioloError


class ExportFormatError(StudioloError):
    """An exported program would have to read or write a file that only Studiolo can."""

    code: ClassVar[str] = "export-format"

    def __init__(self, *, file: str) -> None:
        self.file = file
        stem = file.rpartition(".")[0] or file
        super().__init__(
            f'Without Studiolo, a program does not treat "{file}" as Studiolo does: exported '
            "programs read and write CSV, TSV, plain text, JSON lines, Parquet, Arrow and Feather. "
            f'Convert it (studiolo convert "{file}" "{stem}.parquet"), and name that file in the '
            "experiment."
        )


class ExportDeviceError(StudioloError):
    """An exported program would have to return what a script printed and drew."""

    code: ClassVar[str] = "export-device"

    def __init__(self, *, node: str) -> None:
        self.node = node
        super().__init__(
            f'The Python device of the node "{node}" is connected, and only Studiolo can return '
            "what a script printed and drew. Take that connection away, or leave out the node "
            "behind it."
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
