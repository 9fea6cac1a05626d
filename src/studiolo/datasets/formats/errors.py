"""Errors inside a dataset file, with the place of the mistake."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from studiolo.datasets.errors import DatasetError
from studiolo.suggestions import did_you_mean

#: Encodings that text files are in other than UTF-8, by the names that people know them by.
ENCODINGS = (
    "windows-1252",
    "shift_jis",
    "euc-kr",
    "gb18030",
    "big5",
    "euc-jp",
    "windows-1250",
    "windows-1251",
    "mac-roman",
    "utf-16",
    "utf-32",
)


def column_label(number: int, name: str | None) -> str:
    """Name a column by its number, and by its name where it has one."""
    return f"column {number}" if name is None else f'column {number} ("{name}")'


def _shown(value: str) -> str:
    """Quote a value so that it fits into a sentence: on one line and not too long."""
    shortened = value if len(value) <= 80 else f"{value[:77]}..."
    escaped = shortened.encode("unicode_escape").decode("ascii")
    return f'"{shortened if shortened.isprintable() else escaped}"'


class FileNotParsedError(DatasetError):
    """The content of a dataset file does not follow its format."""

    code: ClassVar[str] = "dataset-file-not-parsed"
    classic_number: ClassVar[int | None] = 49


class EmptyFileError(FileNotParsedError):
    """A dataset file holds nothing, not even the names of its columns."""

    code: ClassVar[str] = "dataset-file-empty"

    def __init__(self, *, file: str, needs: str) -> None:
        self.file = file
        self.needs = needs
        super().__init__(f'The file "{file}" is empty; {needs}.')


class RaggedRowError(FileNotParsedError):
    """A row has more or fewer fields than the first."""

    code: ClassVar[str] = "dataset-row-ragged"

    def __init__(
        self,
        *,
        file: str,
        line: int,
        found: int,
        expected: int,
        extra: str = "",
        declared: bool = False,
    ) -> None:
        """``declared`` says that a header tells how many fields there are, as in ARFF."""
        self.file = file
        self.line = line
        self.found = found
        self.expected = expected
        self.extra = extra
        fields = "1 field" if found == 1 else f"{found} fields"
        more = f"; the first field too many is {_shown(extra)}" if found > expected else ""
        other = "the header declares" if declared else "the first row has"
        columns = " column" + "s" * (expected != 1) if declared else ""
        super().__init__(
            f"{file}, line {line}: the row has {fields}, but {other} {expected}{columns}{more}. "
            "Put a field that contains the delimiter, a quote or a line break in quotes, "
            "and give every row the same number of fields."
        )


class UnterminatedQuoteError(FileNotParsedError):
    """A double quote opens a field and never closes it."""

    code: ClassVar[str] = "dataset-quote-unterminated"

    def __init__(self, *, file: str, line: int, column: int, name: str | None) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.name = name
        super().__init__(
            f"{file}, line {line}, {column_label(column, name)}: the field starts with a double "
            "quote that is never closed. Close it, or double each quote inside a quoted field."
        )


class NulByteError(FileNotParsedError):
    """A text file contains a NUL byte: it is not text, or in a different encoding."""

    code: ClassVar[str] = "dataset-nul-byte"

    def __init__(self, *, file: str, line: int, offset: int, likely: str | None) -> None:
        self.file = file
        self.line = line
        self.offset = offset
        self.likely = likely
        guess = (
            f"The file looks like {likely}: name that with --encoding {likely}-le or {likely}-be, "
            "save it as UTF-8"
            if likely
            else "Remove the byte"
        )
        #: A sentence that does not say what to do.
        self.problem = (
            f"{file}, line {line}, byte {offset}: a NUL byte, which text files never contain."
        )
        super().__init__(
            f"{self.problem} {guess}, or check whether it is a binary file with a text file's name."
        )


class EncodingError(FileNotParsedError):
    """A text file is not in UTF-8."""

    code: ClassVar[str] = "dataset-encoding-not-utf8"

    def __init__(
        self, *, file: str, line: int, offset: int, found: bytes, candidates: Mapping[str, str]
    ) -> None:
        """``candidates`` are encodings of the whole file, with the text that the place then has."""
        self.file = file
        self.line = line
        self.offset = offset
        self.found = found
        self.candidates = dict(candidates)
        shown = " ".join(f"0x{byte:02X}" for byte in found)
        #: What is wrong and which encodings fit, without where to name one.
        self.problem = f"{file}, line {line}, byte {offset}: {shown} is not UTF-8. {self._advice()}"
        super().__init__(
            f"{self.problem} Then name "
            "it: --encoding NAME on the command line, encoding= in Python; or save the file as "
            "UTF-8."
        )

    def _advice(self) -> str:
        if not self.candidates:
            return "No encoding that was tried fits the whole file: ask the person who made it."
        if len(self.candidates) == 1:
            return f"The whole file can be read as {next(iter(self.candidates))}."
        texts = ", ".join(f"{name} {_shown(text)}" for name, text in self.candidates.items())
        return f"Find the encoding in which this place reads correctly: {texts}."


class GivenEncodingError(FileNotParsedError):
    """A text file is not in the encoding that was named for it."""

    code: ClassVar[str] = "dataset-encoding-wrong"

    def __init__(self, *, file: str, line: int, offset: int, found: bytes, encoding: str) -> None:
        self.file = file
        self.line = line
        self.offset = offset
        self.encoding = encoding
        shown = " ".join(f"0x{byte:02X}" for byte in found)
        super().__init__(
            f"{file}, line {line}, byte {offset}: {shown} does not occur in {encoding}, the "
            "encoding that you named. Name a different one, or none for UTF-8."
        )


class EncodingUnknownError(DatasetError):
    """An encoding was named that does not exist."""

    code: ClassVar[str] = "dataset-encoding-unknown"

    def __init__(self, *, encoding: str) -> None:
        self.encoding = encoding
        hint = did_you_mean(encoding, ENCODINGS)
        super().__init__(
            f'There is no text encoding "{encoding}".{hint} Common ones: {", ".join(ENCODINGS)}.'
        )


class DelimiterNotAllowedError(DatasetError):
    """A delimiter was named that can't separate fields."""

    code: ClassVar[str] = "dataset-delimiter-not-allowed"

    def __init__(self, *, delimiter: str) -> None:
        self.delimiter = delimiter
        super().__init__(
            f"The delimiter {_shown(delimiter)} can't separate fields. A delimiter is one "
            "character such as , ; or |, or the word tab; it is not a letter, digit or quote."
        )


class DecimalNotAllowedError(DatasetError):
    """A decimal mark was named that no number is written with."""

    code: ClassVar[str] = "dataset-decimal-not-allowed"

    def __init__(self, *, decimal: str) -> None:
        self.decimal = decimal
        super().__init__(
            f"The decimal mark {_shown(decimal)} is not allowed: it is the point (.), as in 3.14, "
            "or the comma (,), as in 3,14."
        )


class ValueNotAllowedError(FileNotParsedError):
    """A field holds a value that its column does not allow."""

    code: ClassVar[str] = "dataset-value-not-allowed"

    def __init__(
        self, *, file: str, line: int, column: int, name: str | None, value: str, allowed: str
    ) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.name = name
        self.value = value
        self.allowed = allowed
        super().__init__(
            f"{file}, line {line}, {column_label(column, name)}: the value {_shown(value)} is not "
            f"allowed there; allowed: {allowed}."
        )


class MalformedLineError(FileNotParsedError):
    """A line of a text format does not have the form that the format demands."""

    code: ClassVar[str] = "dataset-line-malformed"

    def __init__(self, *, file: str, line: int, problem: str, text: str, allowed: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        self.text = text
        self.allowed = allowed
        super().__init__(
            f"{file}, line {line}: {problem}: {_shown(text)}. What is allowed: {allowed}."
        )


class DamagedFileError(FileNotParsedError):
    """A binary dataset file is cut off, damaged, or not of the format its name says."""

    code: ClassVar[str] = "dataset-file-damaged"

    def __init__(self, *, file: str, format_name: str, reason: str) -> None:
        self.file = file
        self.format_name = format_name
        self.reason = reason
        super().__init__(
            f'The file "{file}" cannot be read as {format_name}: {reason.rstrip(".")}. It may be '
            "cut off or damaged, or in a different format than its extension says."
        )


class OtherFormatError(FileNotParsedError):
    """A dataset file is whole, but its format is not the one that its extension says."""

    code: ClassVar[str] = "dataset-file-other-format"

    def __init__(self, *, file: str, found: str, advice: str) -> None:
        self.file = file
        self.found = found
        self.advice = advice
        super().__init__(f'The file "{file}" can\'t be read: it is {found}. {advice}.')


class SheetMissingError(FileNotParsedError):
    """A workbook has no sheet of the wanted name."""

    code: ClassVar[str] = "dataset-sheet-missing"

    def __init__(
        self, *, file: str, sheet: str, sheets: Sequence[str], is_chart: bool = False
    ) -> None:
        self.file = file
        self.sheet = sheet
        self.sheets = tuple(sheets)
        names = ", ".join(f'"{name}"' for name in self.sheets)
        problem = (
            f'The sheet "{sheet}" of the workbook "{file}" is a chart, not a table.'
            if is_chart
            else f'The workbook "{file}" has no sheet "{sheet}".'
        )
        super().__init__(f"{problem} Its sheets: {names or 'none with cells'}.")


class FormatCannotHoldError(DatasetError):
    """A dataset has something that a file format has no way to write down."""

    code: ClassVar[str] = "dataset-format-cannot-hold"

    def __init__(
        self, *, file: str, format_name: str, what: str, advice: str, column: str | None = None
    ) -> None:
        self.file = file
        self.format_name = format_name
        self.column = column
        self.what = what
        self.advice = advice
        subject = "the dataset" if column is None else f'column "{column}"'
        super().__init__(
            f'"{file}" was not written: {format_name} cannot hold {what} ({subject}). {advice}.'
        )


class ArchiveError(DatasetError):
    """An archive holds no dataset that can be taken out of it."""

    code: ClassVar[str] = "dataset-archive-unusable"
    classic_number: ClassVar[int | None] = 102

    def __init__(self, *, file: str, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(f'The archive "{file}" cannot be read as a dataset: {problem}.')


class ArchiveMembersError(DatasetError):
    """A zip archive does not hold exactly one dataset file."""

    code: ClassVar[str] = "dataset-archive-members"
    classic_number: ClassVar[int | None] = 132

    def __init__(self, *, file: str, members: Sequence[str]) -> None:
        self.file = file
        self.members = tuple(members)
        names = ", ".join(f'"{name}"' for name in self.members[:20])
        more = f" and {len(self.members) - 20} more" if len(self.members) > 20 else ""
        held = f"{len(self.members)} files: {names}{more}" if self.members else "no file"
        super().__init__(
            f'The archive "{file}" must hold exactly one dataset file, and holds {held}. Unzip it '
            "and use the file that you want."
        )
