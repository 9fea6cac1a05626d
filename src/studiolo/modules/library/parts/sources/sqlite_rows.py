"""Rows that a query finds in a SQLite database."""

import contextlib
import sqlite3
import textwrap
from typing import Any, BinaryIO

import pandas as pd

from .sqlite_names import names_there, refuse_unknown_names


def rows_of_file(file: BinaryIO, query: str) -> pd.DataFrame:
    """The rows that a query finds in a database of the workspace."""
    with file:
        data = file.read()
    try:
        return rows_of_database(data, query)
    except ValueError as error:
        raise ValueError(f"{file.name} can't be read as SQLite: {error}.") from error


def rows_of_database(data: bytes, query: str) -> pd.DataFrame:
    """The rows that a query finds in the file of a SQLite database."""
    if not data.startswith(b"SQLite format 3\0"):
        raise ValueError("it is not the file of a SQLite database")
    if not query.strip():
        raise ValueError("it needs a query, such as SELECT * FROM sales")
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        try:
            # Without the mark of a write-ahead log, which a database in memory can't have.
            database.deserialize(b"".join((data[:18], b"\1\1", memoryview(data)[20:])))
            refuse_unknown_names(database, query)
            found = database.execute(query)
            rows = found.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            shown = textwrap.shorten(query, 200, placeholder=" …")
            raise ValueError(
                f'the query "{shown}" fails: {error}{names_there(database, str(error), query)}'
            ) from error
    if found.description is None:
        raise ValueError("the query returns no table")
    names = [str(column[0]) for column in found.description]
    columns = [_stored([row[place] for row in rows], name) for place, name in enumerate(names)]
    frame: pd.DataFrame = pd.concat(columns, axis=1)
    frame.columns = pd.Index(names)
    return frame


def _stored(values: list[Any], name: str) -> Any:
    """The column of values that SQLite stores, each of a kind of its own."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float} and all(value is None or float(value) == value for value in values):
        kinds = {float}
    if len(kinds) > 1:
        several = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ValueError(f'the column "{name}" has values of several kinds ({several}); use CAST')
    types = {int: "Int64", float: "Float64", str: "str"}
    return pd.Series(values, dtype=types.get(kinds.pop(), "object") if kinds else "object")
