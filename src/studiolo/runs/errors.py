"""Errors in the request for a run."""

from collections.abc import Sequence
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.suggestions import did_you_mean, those_known


class RunFailedError(StudioloError):
    """A result was asked of a run that failed."""

    code: ClassVar[str] = "run-failed"

    def __init__(self, *, failure_code: str, message: str) -> None:
        self.failure_code = failure_code
        super().__init__(
            f"The run failed, so it has no results: {message} "
            "Look at `result.failure` before you ask for them."
        )


class ResultMissingError(StudioloError):
    """A result port was asked for that the script left empty."""

    code: ClassVar[str] = "result-missing"

    def __init__(self, *, port: str, returned: int) -> None:
        self.port = port
        self.returned = returned
        frames = "one data frame" if returned == 1 else f"{returned} data frames"
        super().__init__(
            f"The port {port} is empty: azureml_main returned {frames}. "
            "A second one in the returned tuple goes to results_dataset2."
        )


class DatasetUnsuitableError(StudioloError):
    """Something was connected to a dataset port that is not a dataset."""

    code: ClassVar[str] = "dataset-unsuitable"

    def __init__(self, *, port: str, found: str) -> None:
        self.port = port
        self.found = found
        super().__init__(
            f"{port} must be a path, a Dataset, a pyarrow Table or a pandas DataFrame, not {found}."
        )


class FrameUnsuitableError(StudioloError):
    """A pandas frame that was handed in holds what a dataset cannot."""

    code: ClassVar[str] = "frame-unsuitable"

    def __init__(self, *, column: str, row: int | None, found: str, way_out: str) -> None:
        self.column = column
        self.row = row
        self.found = found
        self.way_out = way_out
        where = "" if row is None else f", row {row} (counted from 0),"
        super().__init__(
            f"The column {column!r} of the given frame{where} holds {found}. A dataset holds "
            "booleans, numbers, text, bytes, dates, timestamps, durations and categories of "
            f"these. {way_out}"
        )


class ExportPathError(StudioloError):
    """A module is to write a file somewhere else than into the workspace's datasets."""

    code: ClassVar[str] = "export-path"

    def __init__(self, *, file: str, linked: bool = False) -> None:
        self.file = file
        self.linked = linked
        super().__init__(
            f'A symbolic link leads "{file}" out of the workspace\'s datasets folder. Give another '
            "name, or replace the link with a real folder or file."
            if linked
            else f'"{file}" is not a file of the workspace\'s datasets folder. Give a name such as '
            '"result.csv", without ".." and without a "/" at its beginning.'
        )


class ExportExistsError(StudioloError):
    """A module is to write a file that is there already."""

    code: ClassVar[str] = "export-exists"
    classic_number: ClassVar[int | None] = 57

    def __init__(self, *, file: str) -> None:
        self.file = file
        super().__init__(
            f'The file "{file}" already exists in the datasets folder. Choose another name, or '
            "set the module's write mode to Overwrite."
        )


class NodeUnknownError(StudioloError):
    """A node was asked for that a run or an experiment does not have."""

    code: ClassVar[str] = "node-unknown"

    def __init__(self, *, node: str, known: Sequence[str]) -> None:
        self.node = node
        self.known = tuple(known)
        hint = did_you_mean(node, known)
        super().__init__(f'There is no node "{node}".{hint}{those_known(self.known)}')


class OutputMissingError(StudioloError):
    """A node has no dataset at the output that was asked for."""

    code: ClassVar[str] = "output-missing"

    def __init__(self, *, node: str, port: str | None, ports: Sequence[str], state: str) -> None:
        self.node = node
        self.port = port
        self.ports = tuple(ports)
        self.state = state
        asked = "no output" if port is None else f'nothing at the output "{port}"'
        there = f" It has {', '.join(ports)}." if ports else ""
        super().__init__(f'The node "{node}" ({state}) has {asked} to show.{there}')


class ResultGoneError(StudioloError):
    """A step was given a reference to a result that is no longer held."""

    code: ClassVar[str] = "result-gone"

    def __init__(self, *, recipe: str, port: str) -> None:
        self.recipe = recipe
        self.port = port
        super().__init__(
            f'The output "{port}" of the result {recipe[:12]} is no longer there, so the step that '
            "needs it can't run. Run the experiment again."
        )


class RunNotHereError(StudioloError):
    """A run can be cancelled only by the process that carries it."""

    code: ClassVar[str] = "run-not-here"

    def __init__(self, *, run: str) -> None:
        self.run = run
        super().__init__(
            f"The run {run} was started by another process, which alone can cancel it: the "
            "terminal or the notebook where it runs."
        )
