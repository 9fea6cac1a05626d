"""How an exported program reads dataset files, holds typed-in data and writes results."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import FileFormat, format_of_name
from studiolo.datasets.formats.delimited_guess import noted_delimiter
from studiolo.datasets.formats.opening import one_delimiter
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.export.errors import ExportFormatError
from studiolo.export.literals import WIDTH, bracketed, indented, literal, quoted

#: A file, and how it is read.
FileReading = tuple[str, ReadingOptions]
#: The part of a program that reads a format, and its arguments besides names and types.
_READERS: Final[Mapping[FileFormat | None, tuple[str, Mapping[str, Any]]]] = {
    FileFormat.CSV: ("read_csv", {}),
    FileFormat.CSV_NO_HEADER: ("read_csv", {"header": False}),
    FileFormat.TSV: ("read_csv", {"sep": "\t"}),
    FileFormat.TSV_NO_HEADER: ("read_csv", {"sep": "\t", "header": False}),
    FileFormat.PLAIN_TEXT: ("read_lines", {}),
    FileFormat.PARQUET: ("read_parquet", {}),
    FileFormat.ARROW: ("read_arrow", {}),
    FileFormat.FEATHER: ("read_arrow", {}),
    FileFormat.JSON_LINES: ("read_json_lines", {}),
}
#: How a frame is written in a format: a method of it, and its arguments.
_WRITERS: Final[Mapping[FileFormat | None, str]] = {
    FileFormat.CSV: "to_csv({path}, index=False)",
    FileFormat.CSV_NO_HEADER: "to_csv({path}, index=False, header=False)",
    FileFormat.TSV: 'to_csv({path}, index=False, sep="\\t")',
    FileFormat.TSV_NO_HEADER: 'to_csv({path}, index=False, header=False, sep="\\t")',
    FileFormat.PARQUET: "to_parquet({path}, index=False)",
    FileFormat.ARROW: 'to_feather({path}, compression="uncompressed")',
    FileFormat.FEATHER: "to_feather({path})",
    FileFormat.JSON_LINES: 'to_json({path}, orient="records", lines=True, date_format="iso")',
}


def reader(
    file: str, dataset: Dataset | None, *, function: str, folder: str, options: ReadingOptions
) -> tuple[str, Sequence[str]]:
    """The definition of a function that reads a file, and the parts of a program that it needs.

    Args:
        file: The file's name in the folder of datasets.
        dataset: What Studiolo reads from it; None if a module reads it itself.
        function: What to call the function.
        folder: The name of its parameter.
        options: How Studiolo reads the file.

    Raises:
        ExportFormatError: Only Studiolo reads that format as Studiolo does.
    """
    if dataset is None:
        return f'def {function}({folder}):\n    return ({place(folder, file)}).open("rb")\n', []
    chosen = format_of_name(file)
    if chosen not in _READERS:
        raise ExportFormatError(file=file)
    part, told = _READERS[chosen]
    guessed = noted_delimiter(dataset.notes)
    told = {**told, **({"sep": guessed} if guessed else {}), **_told(options)}
    items = [place(folder, file)]
    if chosen is not FileFormat.PLAIN_TEXT:
        items.append(_types(dataset.table, WIDTH - 9, told=part in ("read_parquet", "read_arrow")))
    items += [f"{name}={literal(value)}" for name, value in told.items()]
    if part == "read_csv" and (names := _with_empty_texts(dataset.table)):
        items.append(f"empty_texts=({''.join(f'{quoted(name)}, ' for name in names)})")
    read = bracketed(f"{part}(", items, ")", WIDTH - 12)
    body = f"return {_with_roles(read, dataset, WIDTH - 12)}"
    parts = [part, "with_roles"] if dataset.roles else [part]
    return f"def {function}({folder}):\n{indented(body)}\n", parts


def _told(options: ReadingOptions) -> Mapping[str, str]:
    """The options as the parts of a program call them."""
    given = dict(options.given())
    if "delimiter" in given:
        given["sep"] = one_delimiter(given.pop("delimiter"))
    return given


def writer(frame: str, file: str, *, folder: str, overwrite: bool) -> tuple[str, str]:
    """The statement that writes a frame to a file, and the part of a program that it needs.

    Raises:
        ExportFormatError: Only Studiolo writes that format.
    """
    chosen = format_of_name(file)
    if chosen not in _WRITERS:
        raise ExportFormatError(file=file)
    part = "replaced" if overwrite else "free"
    return f"{frame}.{_WRITERS[chosen].format(path=f'{part}({place(folder, file)})')}", part


def place(folder: str, file: str) -> str:
    """The path of a file below a folder."""
    return f"{folder} / {quoted(PurePosixPath(file).as_posix())}"


def frame_literal(dataset: Dataset, width: int) -> tuple[str, Sequence[str]]:
    """A dataset's content as source, and the parts of a program that it needs."""
    table = dataset.table
    columns = {name: _values(column) for name, column in _columns(table)}
    content = literal(columns, width - 4)
    frame = bracketed("pd.DataFrame(", [content, "dtype=object"], ")", width)
    typed = f"{frame}.astype({_types(table, width - 8)})"
    return _with_roles(typed, dataset, width), ["with_roles"] if dataset.roles else []


def _with_roles(frame: str, dataset: Dataset, width: int) -> str:
    if not dataset.roles:
        return frame
    roles = literal({name: role.value for name, role in dataset.roles.items()}, width - 4)
    return bracketed("with_roles(", [frame, roles], ")", width)


def differences(file: str, dataset: Dataset) -> Sequence[str]:
    """The ways in which the program reads a file differently from Studiolo, as sentences."""
    chosen = format_of_name(file)
    if chosen not in _READERS or _READERS[chosen][0] != "read_csv":
        return []
    return [
        f'{file}: the column "{name}" has both missing values and empty texts; the program takes '
        "both for missing."
        for name, column in _columns(dataset.table)
        if column.null_count and _has_empty_text(column)
    ]


def _types(table: pa.Table, width: int, *, told: bool = False) -> str:
    """The pandas types by column name; without those that the file itself tells, if it does."""
    entries = [
        f"{quoted(name)}: {_dtype(column, width - 4)}"
        for name, column in _columns(table)
        if not (told and _is_told(column.type))
    ]
    return bracketed("{", entries, "}", width)


def _columns(table: pa.Table) -> list[tuple[str, Column]]:
    return list(zip(table.column_names, table.columns, strict=True))


def _dtype(column: Column, width: int) -> str:
    """The source of the pandas type that a column has in the sandbox."""
    kind: Any = column.type
    kinds = pa.types
    if kinds.is_boolean(kind):
        return quoted("boolean" if column.null_count else "bool")
    if kinds.is_integer(kind):
        name = str(kind)
        nullable = name.replace("uint", "UInt").replace("int", "Int")
        return quoted(nullable if column.null_count else name)
    if kinds.is_floating(kind):
        return quoted("float32" if kind.bit_width == 32 else "float64")
    if kinds.is_date32(kind):
        return quoted("datetime64[s]")
    if kinds.is_timestamp(kind):
        zone = f", {kind.tz}" if kind.tz else ""
        return quoted(f"datetime64[{kind.unit}{zone}]")
    if kinds.is_duration(kind):
        return quoted(f"timedelta64[{kind.unit}]")
    if kinds.is_dictionary(kind):
        categories = literal(_words(column), width - 24)
        return bracketed(
            "pd.CategoricalDtype(", [categories, *(["ordered=True"] * kind.ordered)], ")", width
        )
    return quoted("str" if kinds.is_large_string(kind) else "object")


def _words(column: Any) -> list[Any]:
    chunks = column.chunks
    words: list[Any] = chunks[0].dictionary.to_pylist() if chunks else []
    return words


def _is_told(kind: pa.DataType) -> bool:
    return (
        pa.types.is_dictionary(kind) or pa.types.is_decimal(kind) or pa.types.is_large_binary(kind)
    )


def _values(column: Column) -> list[Any]:
    kinds = pa.types
    if kinds.is_date32(column.type) or kinds.is_timestamp(column.type):
        column = column.cast(pa.string())
    # NaN and null are the same in a frame of floats.
    return [None if value != value else value for value in column.to_pylist()]  # noqa: PLR0124


def _with_empty_texts(table: pa.Table) -> list[str]:
    return [n for n, column in _columns(table) if not column.null_count and _has_empty_text(column)]


def _has_empty_text(column: Column) -> bool:
    if not pa.types.is_large_string(column.type):
        return False
    shortest: Any = pc.min(pc.binary_length(column)).as_py()
    return bool(shortest == 0)
