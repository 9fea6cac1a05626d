# /// script
# [tool.studiolo]
# name = "Apply SQL Transformation"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "90381e8067c34d9987541db785b7ea37"
# nullable = true
#
# [tool.studiolo.inputs.table1]
# label = "Table1"
#
# [tool.studiolo.inputs.table2]
# label = "Table2"
# optional = true
#
# [tool.studiolo.inputs.table3]
# label = "Table3"
# optional = true
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.sql_query_script]
# label = "SQL Query Script"
# kind = "code"
# language = "sql"
# help = "SQLite's dialect. The datasets are the tables t1, t2 and t3."
# ///
"""Runs an SQLite query on up to three datasets, the tables t1, t2 and t3.

A script of several statements, each ended by a semicolon, gives the rows of its last SELECT.

SQLite has numbers, text and bytes. Booleans become 0 and 1, dates and timestamps become text that
SQLite's date functions can read ("2020-01-31", "2020-01-31 12:00:00", in UTC if they have a zone),
durations become seconds, decimals floating point numbers, and categories their values. A result
column that is such a column of a table, even under a new name, gets its type back, and so do MIN,
MAX and SUM of a decimal column. Other expressions do not: MAX(day) is text until Edit Metadata
makes it a date, and AVG(price) or price * 2 of decimals is a floating point number. The module
stops at a value that SQLite can't hold without rounding, such as a decimal with more digits than a
floating point number keeps or an integer of 2**63 or more.

Put names in double quotes and text in single quotes. "Colour" is a column, and an error if there
is no such column; the classic module then took it for text, as SQLite does by default.
"""

import contextlib
import math
import random
import re
import sqlite3
from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from ..parts.columns.column_types import is_decimal, plain
from ..parts.sources.sqlite_names import names_there, refuse_unknown_names

_NAME = r'(?:"(?:[^"]|"")*"|\[[^\]]*\]|`(?:[^`]|``)*`|\w+)'
#: A function over a column; its group is the column.
_OVER_A_COLUMN = (
    rf"\s*\(\s*(?:distinct\s+)?({_NAME}(?:\s*\.\s*{_NAME})?)\s*\)"
    r"(?:\s*filter\s*\([^()]*\))?(?:\s*over\s*(?:\([^()]*\)|\w+))?"
)
_EXTREMES = re.compile(rf"\b(?:min|max){_OVER_A_COLUMN}", re.IGNORECASE)
_SUMS = re.compile(rf"\bsum{_OVER_A_COLUMN}", re.IGNORECASE)
#: The decimal digits that every floating point number keeps.
_DIGITS = 15
#: The end of the declared type of a decimal column.
_DECIMAL = " decimal"
#: The marker of a result column that is the sum of a column, before the type of that column.
_SUM = "sum of "
#: By the type with which a column of a table is declared: what a result column of it becomes.
_Types = dict[str, tuple[Any, int | None]]
#: The names of the columns, the types that they are declared with, and the rows.
_Result = tuple[list[str], list[str], list[tuple[Any, ...]]]


def azureml_main(
    table1: pd.DataFrame,
    table2: pd.DataFrame | None = None,
    table3: pd.DataFrame | None = None,
    *,
    sql_query_script: str = "select * from t1;",
) -> pd.DataFrame:
    """Return the rows of the last SELECT."""
    types: _Types = {}
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        # SQLite's own take their seed from the system, so that no run could be repeated.
        connection.create_function("random", 0, lambda: random.getrandbits(64) - 2**63)
        connection.create_function("randomblob", 1, random.randbytes)
        for name, table in (("t1", table1), ("t2", table2), ("t3", table3)):
            if table is not None:
                types |= _insert(connection, name, table)
        if any(scale is not None for _, scale in types.values()):
            connection.create_window_function("sum", 1, _Sum)
        results = [
            result
            for statement in _statements(sql_query_script)
            if (result := _run(connection, statement)) is not None
        ]
    if not results:
        raise ValueError(
            "The script has no statement that gives rows. End it with a SELECT, such as: "
            "select * from t1;"
        )
    names, declared, rows = results[-1]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    series = []
    for name, values, kind in zip(names, columns, declared, strict=True):
        kept = types.get(kind.removeprefix(_SUM))
        if kind.startswith(_SUM) and kept is not None and kept[1] is not None:
            _refuse_rounded_sums(name, values, kept[1])
        series.append(_restored(_column(values), kept))
    frame: pd.DataFrame = pd.concat(series, axis=1)
    frame.columns = pd.Index(names)
    return frame


def _run(connection: sqlite3.Connection, statement: str) -> _Result | None:
    """The rows that a statement returns; None for a statement that never returns rows."""
    try:
        refuse_unknown_names(connection, statement)
        cursor = connection.execute(statement)
        if cursor.description is None:
            return None
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        return names, _types_of(connection, statement, len(names)), rows
    except (sqlite3.Error, sqlite3.Warning) as error:
        advice = ""
        if "no such column" in str(error) and '"' in statement:
            advice = " Put text in single quotes: 'red'."
        there = names_there(connection, str(error), statement)
        raise ValueError(
            f"SQLite can't run the query: {error}{there}.{advice} The statement is:\n"
            f"{statement.strip()}"
        ) from error


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; SQLite itself says which semicolons end one."""
    statement = ""
    for part in script.split(";"):
        statement += part
        if sqlite3.complete_statement(statement + ";"):
            yield statement
            statement = ""
        else:
            statement += ";"
    yield statement.removesuffix(";")


def _types_of(connection: sqlite3.Connection, statement: str, width: int) -> list[str]:
    """The declared type of each result column, empty for an expression.

    MIN, MAX and SUM of a decimal column count as that column. SQLite tells which column it is when
    the function is taken away from it.
    """
    bare = _EXTREMES.sub(r"(\1)", statement)
    barest = _SUMS.sub(r"(\1)", bare)
    declared = _declared(connection, statement) or [""] * width
    for text, mark in ((bare, ""), (barest, _SUM)):
        columns = _declared(connection, text) if text != statement else []
        if len(columns) == width:
            declared = [
                kind or (mark + column if column.endswith(_DECIMAL) else "")
                for kind, column in zip(declared, columns, strict=True)
            ]
    return declared


def _declared(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The declared type of each column of a SELECT, empty for an expression.

    Only a view can tell. What gives rows but can't be one, such as PRAGMA, has no types.
    """
    try:
        connection.execute(f'CREATE TEMP VIEW "studiolo result" AS {statement}')
    except sqlite3.Error:
        return []
    described = connection.execute('PRAGMA temp.table_info("studiolo result")').fetchall()
    connection.execute('DROP VIEW temp."studiolo result"')
    return [str(column[2]) for column in described]


def _insert(connection: sqlite3.Connection, name: str, table: pd.DataFrame) -> _Types:
    """Make a table of a dataset; returns the types that its columns get back."""
    folded = table.columns.str.lower()
    if folded.has_duplicates:
        twins = ", ".join(f'"{twin}"' for twin in table.columns[folded.duplicated(keep=False)])
        raise ValueError(
            f"SQLite doesn't tell capital letters apart in names, and {name} has the columns "
            f"{twins}. Rename them with Edit Metadata."
        )
    columns, declarations, types = [], [], {}
    for place, column_name in enumerate(table.columns):
        kind, values = _stored(table[column_name])
        kept = _kept_type(table[column_name])
        # The first word names the column; SQLite looks for the second one only.
        kind += _DECIMAL * (kept[1] is not None)
        types[f"{name}_{place} {kind}"] = kept
        columns.append(values)
        quoted = column_name.replace('"', '""')
        declarations.append(f'"{quoted}" "{name}_{place} {kind}"')
    try:
        connection.execute(f"CREATE TABLE {name} ({', '.join(declarations)})")
        places = ", ".join("?" * len(columns))
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO {name} VALUES ({places})",  # noqa: S608  # no text of a user's
            zip(*columns, strict=True),
        )
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise ValueError(f"SQLite can't take the dataset as table {name}: {error}.") from error
    return types


def _stored(column: Any) -> tuple[str, list[Any]]:
    """A column's storage class and its values as SQLite has them; None is missing."""
    column = plain(column)
    missing = column.isna().to_numpy()
    kind = column.dtype.kind
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "TEXT", _objects(_texts_of_times(column), missing)
    if kind == "m":
        seconds = column.dt.total_seconds()
        _refuse_rounded(column, pd.to_timedelta(seconds, unit="s").astype(column.dtype))
        return "REAL", _objects(seconds, missing)
    if kind == "u":
        _refuse_rounded(column, column.where(column < 2**63))
    if kind in "iub":
        return "INTEGER", _objects(column, missing)
    if kind == "f":
        return "REAL", _objects(column, missing)
    if is_decimal(column):
        floats = column.map(float, na_action="ignore")
        _refuse_rounded(column, floats.map(_decimal, na_action="ignore"))
        return "REAL", _objects(floats, missing)
    first = column[~missing].iloc[0] if not missing.all() else ""
    if isinstance(first, bytes):
        return "BLOB", _objects(column, missing)
    return "TEXT", _objects(column.astype("str"), missing)


class _Sum:
    """A sum that rounds once, at its end, as an aggregate and a window function of SQLite."""

    def __init__(self) -> None:
        self._values: deque[float] = deque()

    def step(self, value: object) -> None:
        """Add a value; text counts as the number that it spells, or 0, as in SQLite."""
        if value is None:
            return
        if not isinstance(value, (int, float)):
            try:
                value = float(value)  # type: ignore[arg-type]
            except ValueError:
                value = 0.0
        self._values.append(value)

    def inverse(self, value: object) -> None:
        """Take the value that came first away; a window moves on."""
        if value is not None:
            self._values.popleft()

    def value(self) -> float | None:
        """The sum so far; None without values."""
        if not self._values:
            return None
        if all(isinstance(value, int) for value in self._values):
            return sum(self._values)
        if not all(map(math.isfinite, self._values)):
            return sum(self._values)
        return float(sum(map(Fraction, map(repr, self._values))))

    finalize = value


def _refuse_rounded_sums(name: str, values: tuple[Any, ...], scale: int) -> None:
    """Refuse sums with more digits than are sure to be kept.

    Args:
        name: The name of the result column.
        values: Its values.
        scale: The number of digits after the point.
    """
    for row, value in enumerate(values, 1):
        if isinstance(value, float) and abs(value) >= 10.0 ** (_DIGITS - scale):
            raise ValueError(
                f'The sum in row {row} of the column "{name}" has more than {_DIGITS} digits, '
                "which SQLite would round. Sum floating point numbers instead: make the column "
                "Floating point with Edit Metadata."
            )


def _refuse_rounded(column: Any, kept: Any) -> None:
    rounded = (column != kept).fillna(value=True) & column.notna()
    if rounded.any():
        row = rounded.to_numpy().argmax()
        raise ValueError(
            f"SQLite can't hold {column.iloc[row]} in row {row + 1} of the column "
            f'"{column.name}" without rounding it. Make the column String with Edit Metadata, or '
            "leave it out with Select Columns in Dataset."
        )


def _decimal(number: float) -> Decimal:
    """The shortest decimal that means a float, 0.1 for 0.1."""
    return Decimal(repr(number))


def _objects(column: Any, missing: Any) -> list[Any]:
    values = column.astype(object).to_numpy()
    if missing.any():
        values = np.where(missing, None, values)
    return list(values)


def _texts_of_times(column: Any) -> pd.Series:
    """Times as SQLite writes them, no longer than the column needs."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    times = column.to_numpy()
    exact: Any = next(
        unit
        for unit in ("D", "s", "us", "ns")
        if (np.isnat(times) | (times == times.astype(f"M8[{unit}]"))).all()
    )
    texts = np.datetime_as_string(times, unit=exact)
    return pd.Series(texts, column.index, dtype="str").str.replace("T", " ", regex=False)


def _column(values: tuple[Any, ...]) -> Any:
    """Values of SQLite in the type that holds all of them."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {int}:
        return pd.Series(values, dtype="Int64" if None in values else "int64")
    if kinds and kinds <= {int, float}:
        numbers = pd.Series(values, dtype="float64")
        pairs = zip(numbers.tolist(), values, strict=True)
        exact = all(value is None or number == value for number, value in pairs)
        return numbers if exact else pd.Series(values, dtype=object)
    if kinds <= {str}:
        return pd.Series(values, dtype="str")
    return pd.Series(values, dtype=object)


def _kept_type(column: Any) -> tuple[Any, int | None]:
    """The type that a result column gets back, and of decimals how many digits follow the point."""
    if not is_decimal(column):
        return column.dtype, None
    return column.dtype, max(-value.as_tuple().exponent for value in column.dropna())


def _restored(column: Any, kept: tuple[Any, int | None] | None) -> Any:
    """The values in the type of the column they come from, if all of them fit into it."""
    if kept is None or column.dtype == kept[0]:
        return column
    dtype, scale = kept
    try:
        if pd.api.types.is_datetime64_any_dtype(dtype):
            zone = getattr(dtype, "tz", None)
            restored = pd.to_datetime(column, format="ISO8601", utc=zone is not None).astype(dtype)
        elif dtype.kind == "m":
            restored = pd.to_timedelta(column.astype("float64"), unit="s").astype(dtype)
        elif dtype.kind in "iubf":
            gaps = dtype.kind != "f" and column.isna().any()
            restored = column.astype(
                pd.Series([], dtype=dtype).convert_dtypes().dtype if gaps else dtype
            )
            if not (restored.dropna() == column.dropna()).all():
                return column
        elif scale is not None:
            restored = column.astype("float64").map(_decimal, na_action="ignore").astype(object)
            unit = Decimal(1).scaleb(-scale)
            rounded = restored.map(lambda number: number.quantize(unit), na_action="ignore")
            if not (restored.dropna() == rounded.dropna()).all():
                return column
            restored = rounded
        elif dtype == "category" and not column.dropna().isin(dtype.categories).all():
            return column
        else:
            restored = column.astype(dtype)
    except (TypeError, ValueError, OverflowError):
        # Another column's values came in by a UNION.
        return column
    return restored if restored.isna().equals(column.isna()) else column
