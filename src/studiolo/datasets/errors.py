"""Errors in a dataset, or in the file that it is read from or written to."""

from collections.abc import Sequence
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.suggestions import did_you_mean


class DatasetError(StudioloError):
    """A dataset, or the file that holds it, cannot be used."""

    code: ClassVar[str] = "dataset-error"


class DatasetFileMissingError(DatasetError):
    """There is no file where a dataset was expected."""

    code: ClassVar[str] = "dataset-file-missing"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, file: str, hint: str = "") -> None:
        self.file = file
        #: What may be meant; see `missing_path`.
        self.hint = hint or " Check the path and its spelling."
        super().__init__(f'There is no dataset file "{file}".{self.hint}')


class DatasetFileUnreadableError(DatasetError):
    """The file is there but the operating system does not hand out its bytes."""

    code: ClassVar[str] = "dataset-file-unreadable"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f'The dataset file "{file}" cannot be opened: {reason}.')


class DatasetFileUnwritableError(DatasetError):
    """A dataset could not be written; whatever the target held before is untouched."""

    code: ClassVar[str] = "dataset-file-unwritable"

    def __init__(self, *, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(
            f'The dataset cannot be written to "{file}": {reason}. An '
            "existing file of that name was not changed."
        )


class UnknownFormatError(DatasetError):
    """A file's extension does not belong to a dataset format."""

    code: ClassVar[str] = "dataset-format-unknown"
    classic_number: ClassVar[int | None] = 49

    def __init__(self, *, file: str, extension: str, known: Sequence[str]) -> None:
        self.file = file
        self.extension = extension
        self.known = tuple(known)
        what = (
            f'The extension "{extension}" of "{file}" does not belong to a dataset format.'
            if extension
            else f'The name "{file}" has no extension that tells its dataset format.'
        )
        hint = did_you_mean(extension, self.known)
        if extension in (".xls", ".xlsb", ".ods"):
            hint = " Save it as Excel Workbook (.xlsx)."
        super().__init__(f"{what}{hint} Known extensions: {', '.join(self.known)}.")


class DatabaseNotDatasetError(DatasetError):
    """A file with the name of a database was named where a dataset is read or written."""

    code: ClassVar[str] = "dataset-is-database"
    classic_number: ClassVar[int | None] = 49

    def __init__(self, *, file: str) -> None:
        self.file = file
        super().__init__(
            f'"{file}" has the name of a SQLite database, which is not a dataset. In an '
            "experiment, Import Data reads what a query finds in a database of the workspace."
        )


class DatabaseTooLargeError(DatasetError):
    """A database has more bytes than a sandbox opens."""

    code: ClassVar[str] = "dataset-database-too-large"

    def __init__(self, *, file: str, size: int, limit: int) -> None:
        self.file = file
        self.size = size
        self.limit = limit
        super().__init__(
            f'The database "{file}" has {size:,} bytes, and Import Data opens at most {limit:,}. '
            "Make a smaller one of the tables that you need, or write the rows to a Parquet file."
        )


class DatabaseInUseError(DatasetError):
    """A file beside a database has changes that may be missing in the database."""

    code: ClassVar[str] = "dataset-database-in-use"

    def __init__(self, *, file: str, beside: str) -> None:
        self.file = file
        self.beside = beside
        super().__init__(
            f'The file "{beside}" may have changes that are not yet in the database "{file}". '
            "Close the programs that use the database. If the file does not go away, open the "
            "database once with sqlite3, or use a copy made by VACUUM INTO."
        )


class SheetNotApplicableError(DatasetError):
    """A sheet was asked for in a file that has none."""

    code: ClassVar[str] = "dataset-sheet-not-applicable"

    def __init__(self, *, file: str, sheet: str) -> None:
        self.file = file
        self.sheet = sheet
        super().__init__(
            f'The sheet "{sheet}" was asked for, but "{file}" is not an Excel workbook (.xlsx). '
            "Leave the sheet out."
        )


class OptionNotApplicableError(DatasetError):
    """An option of reading was given for a file that it means nothing to."""

    code: ClassVar[str] = "dataset-option-not-applicable"

    def __init__(self, *, file: str, option: str, kind: str) -> None:
        self.file = file
        self.option = option
        self.kind = kind
        super().__init__(
            f'The {option} of "{file}" can\'t be chosen: it is for {kind}. Leave it out.'
        )


class DatasetTooDemandingError(DatasetError):
    """A file takes more memory or processor time to read than is allowed."""

    code: ClassVar[str] = "dataset-too-demanding"

    def __init__(self, *, file: str, size: int, what: str, setting: str) -> None:
        self.file = file
        self.size = size
        self.what = what
        self.setting = setting
        super().__init__(
            f'Reading "{file}" takes more than {what}, the limit for a file of {size:,} bytes. A '
            "small file that needs so much may have been made to do harm. If you trust it, raise "
            f"the limit with an environment variable, for example {setting}."
        )


class SparseTableError(DatasetError):
    """The table that a sparse file stands for is far larger than the file."""

    code: ClassVar[str] = "dataset-too-sparse"

    def __init__(self, *, file: str, rows: int, columns: int, values: int, allowed: int) -> None:
        self.file = file
        self.rows = rows
        self.columns = columns
        self.values, self.allowed = values, allowed
        super().__init__(
            f'"{file}" has only {values:,} values for a table of {rows:,} rows and {columns:,} '
            f"columns. With so few values, a table may have up to {allowed:,} cells. Leave out the "
            "columns or features that hardly any row has, or write the file as Parquet."
        )


class DatasetLimitError(DatasetError):
    """An environment variable that limits the reading of datasets can't be understood."""

    code: ClassVar[str] = "dataset-limit-invalid"

    def __init__(self, *, setting: str, value: str, allowed: str) -> None:
        self.setting = setting
        self.value = value
        super().__init__(
            f'The environment variable {setting} is "{value}", which is not {allowed}. Correct it, '
            "or unset it for the usual limit."
        )


class UnsupportedColumnTypeError(DatasetError):
    """A column holds values that no dataset can hold, such as lists."""

    code: ClassVar[str] = "dataset-column-type-unsupported"
    classic_number: ClassVar[int | None] = 17

    def __init__(self, *, source: str, column: str, number: int, type_name: str) -> None:
        self.source = source
        self.column = column
        self.number = number
        self.type_name = type_name
        super().__init__(
            f'Column {number} ("{column}") of {source} has the type {type_name}. A dataset column '
            "holds one scalar per row: boolean, integer, float, decimal, string, binary, date, "
            "timestamp, duration or categorical. Spread it over several columns or rows, or turn "
            "it into text (for example JSON), before it is saved."
        )


class DuplicateColumnNameError(DatasetError):
    """Two columns of a dataset have the same name."""

    code: ClassVar[str] = "dataset-column-name-duplicate"
    classic_number: ClassVar[int | None] = 28

    def __init__(
        self, *, source: str, name: str, numbers: Sequence[int], line: int | None = None
    ) -> None:
        self.source = source
        self.name = name
        self.numbers = tuple(numbers)
        self.line = line
        where = source if line is None else f"{source}, line {line}"
        super().__init__(
            f'{where}: the column name "{name}" is used more than once, by the columns '
            f"{', '.join(map(str, self.numbers))}. Column names must be unique: rename all but "
            "one of them."
        )


class TooManyColumnsError(DatasetError):
    """A dataset has more columns than a dataset may have."""

    code: ClassVar[str] = "dataset-columns-too-many"
    classic_number: ClassVar[int | None] = 22

    def __init__(self, *, source: str, columns: int, most: int) -> None:
        self.source = source
        self.columns = columns
        self.most = most
        super().__init__(
            f"{source} has {columns:,} columns; a dataset has at most {most:,}. Turn them into "
            "rows, or divide them among several files."
        )


class UnknownRoleColumnError(DatasetError):
    """A role was given to a column that the table does not have."""

    code: ClassVar[str] = "dataset-role-column-unknown"
    classic_number: ClassVar[int | None] = 1

    def __init__(self, *, column: str, columns: Sequence[str]) -> None:
        self.column = column
        self.columns = tuple(columns)
        hint = did_you_mean(column, self.columns)
        shown = ", ".join(f'"{name}"' for name in self.columns[:20])
        more = f" and {len(self.columns) - 20} more" if len(self.columns) > 20 else ""
        super().__init__(
            f'A role is given to the column "{column}", which the dataset does not have.{hint} '
            f"Its columns: {shown}{more}."
        )
