"""What can be wrong with the request for a run."""

from typing import ClassVar

from studiolo.errors import StudioloError


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
            "A second one in the returned tuple leaves by results_dataset2."
        )


class DatasetUnsuitableError(StudioloError):
    """Something was connected to a dataset port that is no dataset."""

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
