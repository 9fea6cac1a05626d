"""SVMLight files: a label and the features that are not zero, one row a line.

Features are the float columns Col1, Col2 and so on, and the label is the last column, Labels, as in
the classic studio. A first line ``# columns: ["age", "height"]`` names the features otherwise;
other readers take it for a comment. Features counted from 0 are told by a feature 0 and moved up by
one. A query (``qid:7``) becomes the integer column ``qid``.
"""

import json
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from studiolo.datasets.arrow import Values
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.encoding import text_lines
from studiolo.datasets.formats.errors import (
    EmptyFileError,
    FormatCannotHoldError,
    MalformedLineError,
)
from studiolo.datasets.invariants import check_dataset
from studiolo.datasets.reading_limits import check_cells

LABELS = "Labels"
_COLUMNS = "# columns: "
QUERY = "qid"
_FORM = "<label> <feature>:<value> …, with each feature once, for example 1 1:0.5 3:2"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf|nan", re.I)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
#: Each becomes a column, and takes memory and time of its own.
_MOST_FEATURES = 100_000


@dataclass(kw_only=True)
class _Entries:
    """The content of the file, row by row."""

    labels: list[str]
    #: The query of each row; None where it has none.
    queries: list[int | None]
    rows: list[int]
    features: list[int]
    values: list[float]


def read(content: Content) -> Dataset:
    """Read rows of sparse features into dense float columns and a label column."""
    lines = text_lines(content)
    entries = _Entries(labels=[], queries=[], rows=[], features=[], values=[])
    for number, line in enumerate(lines, start=1):
        _read_line(line.partition("#")[0].split(), number, content.name, entries)
    if not entries.labels:
        raise EmptyFileError(file=content.name, needs=f"it needs rows of the form {_FORM}")
    lowest = min(entries.features, default=1)
    if lowest:  # counted from 1
        entries.features = [feature - 1 for feature in entries.features]
    highest = max(entries.features, default=-1)
    check_cells(
        rows=len(entries.labels),
        columns=highest + 1,
        values=len(entries.features),
        file=content.name,
    )
    names = _feature_names(lines[0], highest)
    dense = np.zeros((len(names), len(entries.labels)))
    dense[entries.features, entries.rows] = entries.values
    columns: list[Values] = [pa.array(feature) for feature in dense]
    columns.append(_labels(entries.labels))
    names.append(LABELS)
    notes = [] if lowest else ["Its features are counted from 0; feature 0 is the first column."]
    if any(query is not None for query in entries.queries):
        columns.insert(-1, pa.array(entries.queries, pa.int64()))
        names.insert(-1, QUERY if QUERY not in names else f"{QUERY} of the row")
    table = pa.Table.from_arrays(columns, names=names)
    roles = {LABELS: ColumnRole.LABEL}
    return check_dataset(table, roles=roles, source=content.name, notes=notes)


def _read_line(words: list[str], number: int, file: str, entries: _Entries) -> None:
    if not words:
        return

    def malformed(problem: str, text: str) -> MalformedLineError:
        return MalformedLineError(file=file, line=number, problem=problem, text=text, allowed=_FORM)

    if "," in words[0] and all(_NUMBER.fullmatch(word) for word in words[0].split(",")):
        raise malformed("the row has several labels, which a label column can't hold", words[0])
    if not _NUMBER.fullmatch(words[0]):
        raise malformed("the label is not a number", words[0])
    query, features = _query(words[1:])
    seen: set[int] = set()
    for word in features:
        feature, colon, value = word.partition(":")
        if not colon or not _WHOLE.fullmatch(feature) or not _NUMBER.fullmatch(value):
            raise malformed("this is not a feature with its value", word)
        place = int(feature)
        if place in seen:
            raise malformed("the row has this feature twice", word)
        if not 0 <= place <= _MOST_FEATURES:
            problem = f"a feature's number is from 0 to {_MOST_FEATURES}: each becomes a column"
            raise malformed(problem, word)
        seen.add(place)
        entries.rows.append(len(entries.labels))
        entries.features.append(place)
        entries.values.append(float(value))
    entries.labels.append(words[0])
    entries.queries.append(query)


def _query(words: list[str]) -> tuple[int | None, list[str]]:
    """The query that a row belongs to, if it says so before its features, and the features."""
    if words and words[0].startswith("qid:") and _WHOLE.fullmatch(words[0][len("qid:") :]):
        return int(words[0][len("qid:") :]), words[1:]
    return None, words


def _feature_names(first_line: str, highest: int) -> list[str]:
    """The names of the features; ``highest`` counts from 0, and is -1 where there is none."""
    if first_line.startswith(_COLUMNS):
        try:
            names = json.loads(first_line.removeprefix(_COLUMNS))
        except json.JSONDecodeError:
            names = None
        if isinstance(names, list) and len(names) > highest:
            return [str(name) for name in names]
    return [f"Col{number}" for number in range(1, highest + 2)]


def _labels(words: list[str]) -> Values:
    if all(_WHOLE.fullmatch(word) for word in words):
        return pa.array([int(word) for word in words], pa.int64())
    return pa.array([float(word) for word in words], pa.float64())


def write(dataset: Dataset, target: Target) -> None:
    """Write numeric columns; the label is the column of that role, or the one called Labels."""
    label = _label_column(dataset, target)
    names = [name for name in dataset.table.column_names if name != label]
    labels = _numbers(dataset.table, label, target)
    features = np.array([_numbers(dataset.table, name, target) for name in names])
    target.sink.write(f"{_COLUMNS}{json.dumps(names, ensure_ascii=False)}\n".encode())
    for row in range(dataset.table.num_rows):
        words = [
            f"{place + 1}:{float(features[place, row])!r}"
            for place in (np.flatnonzero(features[:, row]) if names else ())
        ]
        target.sink.write(f"{' '.join([str(labels[row]), *words])}\n".encode())


def _label_column(dataset: Dataset, target: Target) -> str:
    named = [name for name, role in dataset.roles.items() if role is ColumnRole.LABEL]
    if not named and LABELS in dataset.table.column_names:
        named = [LABELS]
    if len(named) != 1:
        raise FormatCannotHoldError(
            file=target.name,
            format_name="SVMLight",
            what=f"a dataset with {len(named)} label columns",
            advice=f'Give exactly one column the role "label" or the name "{LABELS}"',
        )
    return named[0]


def _numbers(table: pa.Table, name: str, target: Target) -> npt.NDArray[np.generic]:
    column = table.column(name)
    kinds = pa.types
    numeric = (
        kinds.is_integer(column.type)
        or kinds.is_floating(column.type)
        or kinds.is_boolean(column.type)
    )
    if not numeric or column.null_count:
        raise FormatCannotHoldError(
            file=target.name,
            format_name="SVMLight",
            column=name,
            what="missing values" if numeric else f"values of the type {column.type}",
            advice="Leave the column out, clean it, or write another format such as CSV",
        )
    if kinds.is_boolean(column.type):
        column = column.cast(pa.int8())
    return column.to_numpy()
