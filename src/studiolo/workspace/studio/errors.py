"""Errors in what a canvas asks for."""

from collections.abc import Sequence
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.suggestions import those_known


class EditsOutdatedError(StudioloError):
    """Edits were made from a version of an experiment that is not known any more."""

    code: ClassVar[str] = "edits-outdated"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'The experiment "{name}" has changed since these edits were made, so they were not '
            "saved. Look at its present version, and make them there."
        )


class SampleUnknownError(StudioloError):
    """There is no sample of that name."""

    code: ClassVar[str] = "sample-unknown"

    def __init__(self, *, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f'There is no sample "{name}".{those_known(known)}')


class RemovedUnknownError(StudioloError):
    """There is no removed experiment of that name to bring back."""

    code: ClassVar[str] = "removed-unknown"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f'There is no removed experiment "{name}" to bring back.')


class ScriptNameError(StudioloError):
    """A file of an experiment is not a script that can be looked at or edited."""

    code: ClassVar[str] = "script-name"

    def __init__(self, *, file: str) -> None:
        self.file = file
        super().__init__(
            f'"{file}" is not a script of this experiment. A script is a file in the experiment\'s '
            'folder whose name ends in ".py".'
        )


class JobRefusedError(StudioloError):
    """A batch job can't be begun with these inputs and parameters."""

    code: ClassVar[str] = "job-refused"

    def __init__(self, *, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


class JobOutputMissingError(StudioloError):
    """A batch job has no such file to be read."""

    code: ClassVar[str] = "job-output-missing"

    def __init__(self, *, job: str, output: str) -> None:
        self.job = job
        self.output = output
        super().__init__(
            f'The batch job has no file "{output[:100]}". It is there once the job has finished, '
            "and until the job is forgotten."
        )


class RowFilterError(StudioloError):
    """Rows of a dataset can't be found or sorted in this way."""

    code: ClassVar[str] = "row-filter"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The rows can't be shown this way: {reason}.")


class ImageUnknownError(StudioloError):
    """A node has no such picture."""

    code: ClassVar[str] = "image-unknown"

    def __init__(self, *, node: str, number: int) -> None:
        self.node = node
        self.number = number
        super().__init__(f'The node "{node}" has no picture {number}.')


class PublicationUnknownError(StudioloError):
    """There is no such publication."""

    code: ClassVar[str] = "publication-unknown"

    def __init__(self, *, publication: str) -> None:
        self.publication = publication
        super().__init__(
            "This publication is not known here any more. The service itself says which versions "
            "it has."
        )


class NotScoredError(StudioloError):
    """A dataset can't be evaluated."""

    code: ClassVar[str] = "not-scored"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The dataset can't be evaluated: {reason}.")


class ColumnConversionError(StudioloError):
    """A column of an upload can't have the type that was chosen for it."""

    code: ClassVar[str] = "column-conversion"

    def __init__(self, *, column: str, wanted: str, reason: str) -> None:
        self.column = column
        self.wanted = wanted
        self.reason = reason
        super().__init__(
            f'The column "{column[:100]}" can\'t become {wanted[:20]}: {reason[:300]}. Nothing was '
            "stored. Choose another type for it."
        )
