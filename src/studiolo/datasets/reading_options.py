"""How a dataset file is read, where its name and its content do not say enough."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """The user's knowledge of a dataset file; None leaves it to the file."""

    #: Encoding of a text file, such as ``windows-1252``; None is UTF-8.
    encoding: str | None = None
    #: What separates the fields of delimited text: a character, or ``tab``.
    delimiter: str | None = None
    #: What separates the decimals of a number in delimited text: ``.`` or ``,``; None is the point.
    decimal: str | None = None
    #: Sheet of a workbook; None is the first that has cells.
    sheet: str | None = None

    def given(self) -> Mapping[str, str]:
        """The options that are set, by name."""
        said = {name: getattr(self, name) for name in READING_OPTIONS}
        return {name: value for name, value in said.items() if value is not None}


#: The names of the options, in the order in which they are shown.
READING_OPTIONS = tuple(field.name for field in fields(ReadingOptions))
