"""Errors in a request for a profile."""

from typing import ClassVar

from studiolo.errors import StudioloError


class BinsOutOfRangeError(StudioloError):
    """A histogram cannot have this many bins."""

    code: ClassVar[str] = "bins-out-of-range"
    classic_number: ClassVar[int | None] = 8

    def __init__(self, *, bins: int, largest: int) -> None:
        self.bins = bins
        self.largest = largest
        super().__init__(
            f"A histogram cannot have {bins} bins: choose a number from 1 to {largest}."
        )


class ColumnTypeError(StudioloError):
    """A column holds values of a type that no dataset can have."""

    code: ClassVar[str] = "column-type-not-profiled"
    classic_number: ClassVar[int | None] = 17

    def __init__(self, *, column: str, type_text: str) -> None:
        self.column = column
        self.type_text = type_text
        super().__init__(
            f"Column '{column}' holds values of type '{type_text}', which a dataset cannot have: "
            "a column is boolean, a number, text, binary, a date, a time, a duration or a "
            "category. Split the values into columns of their own, or turn them into text."
        )
