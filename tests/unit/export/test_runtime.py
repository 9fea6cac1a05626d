"""What an exported program does between nodes is what the sandbox does."""

import datetime
import decimal
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.errors import StudioloError
from studiolo.export import runtime as exported_runtime
from studiolo.export.parts import names_defined, parts_of
from studiolo.export.readers import differences, reader
from studiolo.export.runtime import column_names, dataset, read_csv, script_datasets
from studiolo.runs.frames import frame_of, table_of
from studiolo_guest.frames.names import dataset_names

SOURCE = Path(exported_runtime.__file__).read_text(encoding="utf-8")
VALUES: dict[str, list[Any]] = {
    "whole": [1, -2, None],
    "large": [2**63, 1, 0],
    "numbers": [1, 2.5, float("nan")],
    "booleans": [True, None, np.False_],
    "texts": ["a", None, "b"],
    "nothing": [None, None, None],
    "dates": [datetime.date(2020, 1, 1), None, datetime.date(2021, 1, 1)],
    "times": [datetime.datetime(2020, 1, 1, 12), None, pd.NaT],
    "spans": [datetime.timedelta(1), None, datetime.timedelta(2)],
    "bytes": [b"a", None, b"b"],
    "decimals": [decimal.Decimal("1.5"), None, decimal.Decimal("2.5")],
    "mixed": [1, "a", None],
    "dates and texts": [datetime.date(2020, 1, 1), "a", None],
    "rounded": [2**60 + 1, 0.5, 1],
}
COLUMNS: dict[str, Any] = {
    **{name: pd.Series(values, dtype=object) for name, values in VALUES.items()},
    "half": np.array([1, 2, 3], dtype="float16"),
    "long": np.array([1, 2, 3], dtype="longdouble"),
    "small": np.array([1, 2, 3], dtype="int8"),
    "no gaps": pd.array([1, 2, 3], dtype="Int64"),
    "gaps": pd.array([1, None, 3], dtype="UInt8"),
    "flags": pd.array([True, False, True], dtype="boolean"),
    "nullable": pd.array([1.5, None, 3], dtype="Float32"),
    "string": pd.array(["a", None, "b"], dtype="string"),
    "python text": pd.array(["a", None, "b"], dtype=pd.StringDtype("python")),
    "arrow text": pd.array(["a", None, "b"], dtype="string[pyarrow]"),
    "arrow numbers": pd.array([1, None, 3], dtype="int64[pyarrow]"),
    "category": pd.Categorical(["a", None, "a"], categories=["b", "a"]),
    "ordered": pd.Categorical([1, 2, 1], ordered=True),
    "zoned": pd.date_range("2020", periods=3, tz="Europe/Lisbon"),
    "days": np.array(["2020-01-01", "NaT", "2021-01-01"], dtype="datetime64[s]"),
    "sparse": pd.arrays.SparseArray([0, 0, 1]),
    "period": pd.period_range("2020-01", periods=3, freq="M"),
    "interval": pd.interval_range(0, 3),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_comes_out_as_out_of_the_sandbox(name: str) -> None:
    frame = pd.DataFrame({name: COLUMNS[name]}, index=[5, 6, 7])
    expected = frame_of(table_of(frame, log=lambda _: None), nullable=True)
    pd.testing.assert_frame_equal(dataset(frame), expected)


@pytest.mark.parametrize("value", [[1], {"a": 1}, np.array([1]), 1j])
def test_what_no_dataset_can_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="'odd'"):
        dataset(pd.DataFrame({"odd": pd.Series([value, value])}))


@given(
    st.lists(st.sampled_from(["a", "a (1)", "", "Col1", "Col2", 1, ("a", ""), ("a", "b"), None]))
)
def test_names_are_those_of_the_sandbox(labels: list[Any]) -> None:
    index = pd.Index(labels, dtype=object, tupleize_cols=False)
    assert column_names(labels) == list(dataset_names(index, log=lambda _: None))


def test_roles_stay_with_their_columns() -> None:
    frame = pd.DataFrame({"a": [1], "b": [2]})
    frame.attrs.update({"roles": {"a": "label", "b": "feature", "c": "score"}, "other": 1})
    assert dataset(frame).attrs == {"roles": {"a": "label"}}
    assert frame.attrs["other"] == 1
    assert dataset(frame[["b"]]).attrs == {}


def test_what_a_script_returns() -> None:
    frame = pd.DataFrame({"a": [1]})
    for returned in (frame, (frame,), [frame, None], (frame, None, None)):
        first, second = script_datasets(returned)
        assert first.equals(frame)
        assert second is None
    assert script_datasets((None, frame))[1].equals(frame)
    assert script_datasets(None)[0].shape == (0, 0)
    assert script_datasets(np.array([[1, 2]]))[0].columns.tolist() == ["column_0", "column_1"]
    with pytest.raises(TypeError, match="3 values"):
        script_datasets((frame, frame, frame))


FIELDS = st.sampled_from(
    [
        *("", "007", "1", "-5", "0", "1.5", "1e300", "NaN", "nan", "inf", "NA", "null", "true"),
        *("false", "2020-01-31", "2020-01-31T12:00", "2020-01-31 12:00:00.5Z", "a b", " a"),
        *(
            '"q, ""q"""',
            '""',
            '"line\nbreak"',
            "한국",
            "9223372036854775807",
            "9223372036854775808",
        ),
    ]
)


@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(FIELDS, min_size=width, max_size=width), max_size=5)
    ),
    st.sampled_from([FileFormat.CSV, FileFormat.TSV]),
)
def test_delimited_text_is_read_as_studiolo_reads_it(
    rows: list[list[str]], form: FileFormat
) -> None:
    sep = "," if form is FileFormat.CSV else "\t"
    width = len(rows[0]) if rows else 2
    header = sep.join(f"c{place}" for place in range(width))
    text = "\n".join([header, *(sep.join(row) for row in rows), ""]).encode()
    file = f"a.{form.value}"
    try:
        read = read_dataset_bytes(text, name=file)
    except StudioloError:
        return
    if differences(file, read):
        return
    pd.testing.assert_frame_equal(
        _read_as_told(file, read, text), frame_of(read.table, nullable=True)
    )


def _read_as_told(file: str, told: Dataset, text: bytes) -> pd.DataFrame:
    """What the reader of an exported program makes of a file."""
    function, parts = reader(file, told, function="read", folder="folder", options=ReadingOptions())
    assert parts == ["read_csv"]

    class File(io.BytesIO):
        def read_bytes(self) -> bytes:
            return text

    class Folder:
        def __truediv__(self, name: str) -> File:
            assert name == file
            return File(text)

    namespace: dict[str, Any] = {"read_csv": read_csv, "pd": pd}
    exec(function, namespace)
    frame: pd.DataFrame = namespace["read"](Folder())
    return frame


@pytest.mark.parametrize("name", sorted(names_defined(SOURCE)))
def test_each_part_brings_what_it_needs(name: str) -> None:
    parts = parts_of(SOURCE, [name])
    text = "\n\n".join([parts.imports, *parts.constants, *parts.functions])
    namespace: dict[str, Any] = {"__name__": "part"}
    exec(text, namespace)
    assert name in namespace
    assert "noqa" not in text


def test_nothing_else_comes_along() -> None:
    parts = parts_of(SOURCE, ["only"])
    assert parts.imports == "from typing import Any"
    assert len(parts.functions) == 1
    assert not parts.constants
