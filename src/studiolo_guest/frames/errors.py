"""A script's mistakes in the frames that it returns, each with its own sentence."""

from typing import ClassVar


class ContractError(Exception):
    """A script did not keep the contract of `azureml_main`.

    Written like Studiolo's own errors, whose root this package cannot import: facts as
    attributes, a stable ``code``, and the classic studio's number for an error of the script.
    """

    code: ClassVar[str] = "contract"
    classic_number: ClassVar[int | None] = 85


class UntranslatableColumnError(ContractError):
    """A returned column holds something that a dataset cannot hold."""

    code: ClassVar[str] = "untranslatable-column"

    def __init__(self, *, column: str, row: int | None, found: str, way_out: str) -> None:
        self.column = column
        self.row = row
        self.found = found
        self.way_out = way_out
        where = "" if row is None else f", row {row} (counted from 0),"
        super().__init__(
            f"The column {column!r} of the returned frame{where} holds {found}. A dataset holds "
            "booleans, numbers, text, bytes, dates, timestamps, durations and categories of "
            f"these. {way_out}"
        )


class UntranslatableReturnError(ContractError):
    """`azureml_main` returned something that is neither a frame nor a sequence of frames."""

    code: ClassVar[str] = "untranslatable-return"

    def __init__(self, *, found: str, way_out: str) -> None:
        self.found = found
        self.way_out = way_out
        super().__init__(
            f"`azureml_main` returned {found}. It should return a sequence whose first element "
            f"is a pandas DataFrame: `return frame,`. {way_out}"
        )


class TooManyResultsError(ContractError):
    """`azureml_main` returned more frames than the module has output ports."""

    code: ClassVar[str] = "too-many-results"

    def __init__(self, *, count: int) -> None:
        self.count = count
        super().__init__(
            f"`azureml_main` returned a sequence of {count} elements. At most two are allowed: "
            "the first is the Results Dataset, the second goes to the port `results_dataset2`. "
            "Join the frames into one with `pandas.concat`, or write the others to files."
        )
