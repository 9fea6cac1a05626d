"""Errors of batches."""

import errno
from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError


class BatchError(StudioloError):
    """The family of all errors of a batch."""

    code: ClassVar[str] = "batch-error"


class BatchInputError(BatchError):
    """A piece of the input can't be read."""

    code: ClassVar[str] = "batch-input"

    def __init__(self, *, place: str, problem: str) -> None:
        #: Where the piece is in the file.
        self.place = place
        self.problem = problem
        super().__init__(f"{place}: {problem}")


class BatchFolderError(BatchError):
    """The disk does not take what a batch has scored."""

    code: ClassVar[str] = "batch-folder"

    def __init__(self, *, folder: Path, error: OSError) -> None:
        self.folder = folder
        self.reason = reason = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            advice = "Free some space and start the batch again: the pieces scored so far are kept."
        else:
            advice = "Check the disk and the permissions, and start the batch again."
        super().__init__(
            f'What the batch has scored can\'t be kept in "{folder}": {reason}. No output was '
            f"written. {advice}"
        )


class BatchPiecesDifferError(BatchError):
    """Pieces of a batch have results that don't fit together."""

    code: ClassVar[str] = "batch-pieces-differ"

    def __init__(self, *, output: str, problem: str) -> None:
        self.output = output
        self.problem = problem
        super().__init__(
            f'The pieces of the output "{output}" don\'t fit together: {problem}. Score the rows '
            'in one piece: publish the experiment with "--whole".'
        )


class BatchHeldError(BatchError):
    """Another process is at work on the same batch."""

    code: ClassVar[str] = "batch-held"

    def __init__(self) -> None:
        super().__init__("Another process is at work on this batch. Wait until it has ended.")


class BatchModelFileError(BatchError):
    """A trained model is to be written to a file that is not called like one."""

    code: ClassVar[str] = "batch-model-file"

    def __init__(self, *, output: str) -> None:
        self.output = output
        super().__init__(
            f'"{output}" can\'t be the file of a trained model. Choose a name that ends in '
            ".ilearner, as in the classic studio."
        )


class BatchOutputError(BatchError):
    """The output of a batch can't be where it is to be."""

    code: ClassVar[str] = "batch-output"

    def __init__(self, *, output: str) -> None:
        self.output = output
        super().__init__(
            f'"{output}" is an input of the batch, and can\'t be its output as well. Name another '
            "file."
        )
