"""Tables of a PostgreSQL database, filled with a dataset."""

import io
from typing import Any

import pandas as pd

from .postgresql import session

#: Bytes of a name in PostgreSQL, which would cut a longer one off.
_LONGEST_NAME = 63


def fill_table(
    dataset: pd.DataFrame, given: dict[str, Any], shown: str, table: str, mode: str
) -> None:
    """Put the dataset into a table of a PostgreSQL database, all of its rows or none."""
    import pyarrow as pa  # noqa: PLC0415  # a file of the workspace has no use for it
    from pyarrow import csv  # noqa: PLC0415

    table = table.strip()
    if not table:
        raise ValueError(f"{shown} needs a table to write to, such as scored or public.scored.")
    path = ".".join(_quoted(part) for part in table.split("."))
    rows = pa.Table.from_pandas(dataset, preserve_index=False)
    names = ", ".join(_quoted(name) for name in rows.column_names)
    if not names:
        raise ValueError("The dataset has no columns.")
    columns = {name: _sql_column(rows.column(name), name) for name in rows.column_names}
    declared = ", ".join(f"{_quoted(name)} {kind}" for name, (kind, _) in columns.items())
    content = io.BytesIO()
    written = pa.table({name: values for name, (_, values) in columns.items()})
    csv.write_csv(written, content, csv.WriteOptions(include_header=False))
    content.seek(0)
    with session(given, f"{shown}, asked to write {table},") as connection:
        connection.execute_simple("BEGIN")
        if mode == "Overwrite":
            connection.execute_simple(f"DROP TABLE IF EXISTS {path}")
        if mode != "Append":
            connection.execute_simple(f"CREATE TABLE {path} ({declared})")
        else:
            kinds = {name: kind for name, (kind, _) in columns.items()}
            _refuse_changes(connection, path, kinds, content, f"{shown}: the table {table}")
        connection.execute_unnamed(f"COPY {path} ({names}) FROM STDIN (FORMAT csv)", stream=content)
        connection.execute_simple("COMMIT")


def _refuse_changes(
    connection: Any, path: str, kinds: dict[str, str], content: io.BytesIO, shown: str
) -> None:
    """Refuse rows that a table would keep with other values: a date drops the time, say.

    What PostgreSQL can't convert at all, it refuses itself. It reads texts as the table's type.
    """
    there = connection.run(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = CAST(:path AS regclass) AND attnum > 0 AND NOT attisdropped",
        path=path,
    )
    converted = {
        name: kind
        for name, kind in there
        if kinds.get(name, "text") not in ("text", "boolean", "bytea", kind)
    }
    if not converted:
        return
    declared = ", ".join(f"{_quoted(name)} {kind}" for name, kind in kinds.items())
    connection.execute_simple(f"CREATE TEMPORARY TABLE studiolo_rows ({declared}) ON COMMIT DROP")
    connection.execute_unnamed("COPY studiolo_rows FROM STDIN (FORMAT csv)", stream=content)
    content.seek(0)
    for name, kind in converted.items():
        kept = f"CAST(CAST({_quoted(name)} AS {kind}) AS {kinds[name]})"
        ((changed, rows),) = connection.run(
            f"SELECT count(*) FILTER (WHERE {kept} IS DISTINCT FROM {_quoted(name)}), count(*) "  # noqa: S608  # names are quoted
            "FROM studiolo_rows"
        )
        if changed:
            raise ValueError(
                f'{shown} has the column "{name}" as {kind}, which would change {changed:,} of '
                f"{rows:,} values. Nothing was written. Change the table's column to "
                f"{kinds[name]}, or convert the values before."
            )


def _quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    if not name or "\0" in name or len(name.encode()) > _LONGEST_NAME:
        raise ValueError(
            f'"{name}" can\'t be a name in PostgreSQL, which has 1 to {_LONGEST_NAME} bytes and no '
            "NUL. Rename it with Edit Metadata."
        )
    return '"' + name.replace('"', '""') + '"'


def _sql_column(values: Any, name: str) -> tuple[str, Any]:
    """The type of a column in PostgreSQL, and its values as CSV can have them."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.compute as pc  # noqa: PLC0415

    kind = values.type
    if pa.types.is_dictionary(kind):
        return _sql_column(values.cast(kind.value_type), name)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [None if one is None else f"\\x{one.hex()}" for one in values.to_pylist()]
        return "bytea", pa.chunked_array([pa.array(texts, pa.large_string())])
    try:
        if pa.types.is_timestamp(kind):
            return _instants(values)
        if pa.types.is_duration(kind):
            count = values.cast(pa.duration("us")).cast(pa.int64()).cast(pa.string())
            return "interval", pc.binary_join_element_wise(count, "microseconds", " ")
        if pa.types.is_time(kind):
            return "time", values.cast(pa.time64("us"))
    except pa.ArrowInvalid as error:
        raise ValueError(
            f'The column "{name}" has fractions of a microsecond, which PostgreSQL does not keep.'
        ) from error
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {max(kind.scale, 0)})", values
    types = {
        pa.bool_(): "boolean",
        pa.int8(): "smallint",
        pa.int16(): "smallint",
        pa.int32(): "integer",
        pa.int64(): "bigint",
        pa.uint8(): "smallint",
        pa.uint16(): "integer",
        pa.uint32(): "bigint",
        pa.uint64(): "numeric(20)",
        pa.float16(): "real",
        pa.float32(): "real",
        pa.float64(): "double precision",
        pa.date32(): "date",
    }
    return types.get(kind, "text"), values


def _instants(values: Any) -> tuple[str, Any]:
    """The type of a column of instants in PostgreSQL, which keeps microseconds, and its values."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    kept = values.cast(pa.timestamp("us", values.type.tz))
    if values.type.tz is not None:
        return "timestamptz", kept
    # As everywhere in Studiolo: days are dates.
    days = kept.cast(pa.date32(), safe=False)
    if values.null_count < len(values) and days.cast(kept.type) == kept:
        return "date", days
    return "timestamp", kept
