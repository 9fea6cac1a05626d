"""Rows that a query finds in a PostgreSQL database."""

import io
import re
from typing import Any

import pandas as pd

from .postgresql import database_at, session

#: PostgreSQL's numbers for two of its types.
_BYTEA, _NUMERIC = 17, 1700


def rows_at(address: str, authentication: str, secret: str, query: str) -> pd.DataFrame:
    """The rows that a query finds in a PostgreSQL database, in the types of its columns."""
    query = query.strip().rstrip(";")
    given, shown = database_at(address, authentication, secret)
    if not query:
        raise ValueError(f"{shown} needs a query, such as one that begins SELECT * FROM.")
    # The line's end closes a comment at the end of the query.
    rows = f"SELECT * FROM ({query}\n) AS query"  # noqa: S608  # in a transaction that only reads
    content = io.BytesIO()
    with session(given, shown, query) as connection:
        connection.execute_simple("BEGIN READ ONLY")
        described = connection.execute_simple(f"{rows} LIMIT 0")
        # `run` would take each colon in it for a placeholder.
        connection.execute_unnamed(f"COPY ({rows}) TO STDOUT (FORMAT csv)", stream=content)
    columns = described.columns or []
    try:
        return _table(content.getvalue(), columns)
    except ValueError as error:
        raise ValueError(f"{shown}: {error}.") from error


def _table(content: bytes, columns: list[dict[str, Any]]) -> pd.DataFrame:
    """The table that PostgreSQL wrote as CSV."""
    import pyarrow as pa  # noqa: PLC0415  # not all of the sources need it
    import pyarrow.csv  # noqa: PLC0415

    names = [str(column["name"]) for column in columns]
    if not names:
        raise ValueError("the query returns no columns")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f'the query returns several columns "{twice[0]}"; rename them with AS')
    places = [str(place) for place in range(len(names))]
    types = {place: _arrow_type(columns[int(place)]) for place in places}
    if not content:
        table = pa.table({place: pa.array([], kind) for place, kind in types.items()})
    else:
        try:
            table = pa.csv.read_csv(
                io.BytesIO(content),
                pa.csv.ReadOptions(column_names=places, block_size=1 << 26),
                pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
                pa.csv.ConvertOptions(
                    column_types=types,
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                    true_values=["t"],
                    false_values=["f"],
                ),
            )
        except pa.ArrowInvalid as error:
            raise ValueError(_without_number(str(error), names)) from error
    for place, column in enumerate(columns):
        if column["type_oid"] == _BYTEA:
            values = [
                None if text is None else bytes.fromhex(text[2:])
                for text in table.column(place).to_pylist()
            ]
            table = table.set_column(place, places[place], pa.array(values, pa.large_binary()))
        elif column["type_oid"] == _NUMERIC:
            numbers = _decimals(table.column(place), names[place])
            table = table.set_column(place, places[place], numbers)
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    frame.columns = pd.Index(names)
    return frame


def _arrow_type(column: dict[str, Any]) -> Any:
    """The type that the values of a column of PostgreSQL are read in; text for any other."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    # From `SELECT oid, typname FROM pg_type`; these never change.
    types = {
        16: pa.bool_(),
        20: pa.int64(),
        21: pa.int16(),
        23: pa.int32(),
        26: pa.int64(),  # oid
        700: pa.float32(),
        701: pa.float64(),
        1082: pa.date32(),
        1083: pa.time64("us"),
        1114: pa.timestamp("us"),
        1184: pa.timestamp("us", "UTC"),
    }
    return types.get(column["type_oid"], pa.large_string())


def _decimals(column: Any, name: str) -> Any:
    """The numbers of a column of the type numeric, exactly."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.compute as pc  # noqa: PLC0415

    if pc.any(pc.is_in(column, pa.array(["NaN", "Infinity", "-Infinity"], column.type))).as_py():
        raise ValueError(
            f'the column "{name}" has NaN or an infinity, which decimals do not have; use '
            "CAST(… AS double precision)"
        )
    digits = pc.utf8_length(pc.replace_substring_regex(column, r"^-?[^.]*\.?", ""))
    scale = pc.max(digits).as_py() or 0
    try:
        return column.cast(pa.decimal128(38, scale))
    except pa.ArrowInvalid as error:
        raise ValueError(
            f'the column "{name}" has numbers of more than 38 digits; use CAST'
        ) from error


def _without_number(said: str, names: list[str]) -> str:
    """A message of Arrow, with the name of the column instead of its number."""
    found = re.search(r"CSV column #(\d+): (?:CSV conversion error to )?(.*)", said, re.DOTALL)
    if found is None:
        return " ".join(said.split())
    problem = " ".join(found[2].split())
    return f'the column "{names[int(found[1])]}" can\'t be read as {problem}; use CAST'
