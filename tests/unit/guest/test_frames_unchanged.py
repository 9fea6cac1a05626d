import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo_guest.frames import unchanged
from studiolo_guest.frames.opening import InputFrame
from studiolo_guest.frames.output import OutputTable, frame_to_output
from studiolo_guest.frames.unchanged import columns_by_reference

Open = Callable[[pa.RecordBatch], InputFrame]
ROWS = 20_000


def _batch() -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            "a": pa.array(np.arange(ROWS)),
            "b": pa.array(np.arange(ROWS) * 0.5),
            "s": pa.array([f"row {row}" for row in range(ROWS)], pa.large_string()),
            "t": pa.array(np.arange(ROWS), pa.timestamp("us")),
            "n": pa.array([None, 1] * (ROWS // 2)),
            "c": pa.array(np.arange(ROWS) * 2),
        }
    )


#: By position: integers with nulls were copied on the way in.
SHARED = {0: (0, 0), 1: (0, 1), 2: (0, 2), 3: (0, 3), 5: (0, 5)}


def test_an_untouched_frame_is_by_reference(opened: Open) -> None:
    table = opened(_batch())
    assert columns_by_reference(table.frame, [table]) == SHARED
    # Reading maps pages, and changes nothing.
    table.frame.sum(numeric_only=True)
    assert columns_by_reference(table.frame, [table]) == SHARED


@pytest.mark.parametrize("row", [0, ROWS // 2, ROWS - 1])
def test_one_changed_cell_is_seen(opened: Open, row: int) -> None:
    table = opened(_batch())
    table.frame.loc[row, "b"] = -1.0
    assert 1 not in columns_by_reference(table.frame, [table])
    assert columns_by_reference(table.frame, [table]).get(5) == (0, 5)


def test_a_column_that_was_replaced_is_not_the_inputs(opened: Open) -> None:
    table = opened(_batch())
    frame = table.frame
    frame["a"] *= 1
    frame["s"] = frame["s"].str.upper()
    frame["t"] = frame["t"].astype("int64")
    assert sorted(columns_by_reference(frame, [table])) == [1, 5]


def test_moved_and_renamed_columns_are_found(opened: Open) -> None:
    first, second = opened(_batch()), opened(_batch())
    frame = pd.DataFrame(
        {"x": second.frame["b"], "y": first.frame["s"], "z": first.frame["b"] + 1}, copy=False
    )
    assert columns_by_reference(frame, [first, second]) == {0: (1, 1), 1: (0, 2)}


@pytest.mark.parametrize(
    "part",
    [
        lambda frame: frame.iloc[::-1],
        lambda frame: frame.iloc[1:],
        lambda frame: frame.head(ROWS - 1),
        lambda frame: frame.iloc[::2],
    ],
)
def test_a_part_of_a_column_is_not_the_column(
    opened: Open, part: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    table = opened(_batch())
    assert columns_by_reference(part(table.frame), [table]) == {}


def test_the_same_bytes_as_another_type_are_not_the_column(opened: Open) -> None:
    table = opened(_batch())
    view = table.frame["a"].to_numpy().view("M8[us]")
    frame = pd.DataFrame({"a": view}, copy=False)
    assert frame["a"].to_numpy().ctypes.data == table.columns[0].extents[0][0]
    assert columns_by_reference(frame, [table]) == {}


def test_little_data_is_copied(opened: Open) -> None:
    table = opened(_batch().slice(0, 100))
    assert columns_by_reference(table.frame, [table]) == {}


def test_without_the_kernels_word_everything_is_copied(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = opened(_batch())
    monkeypatch.setattr(unchanged, "PAGEMAP", str(tmp_path / "absent"))
    assert columns_by_reference(table.frame, [table]) == {}
    (tmp_path / "short").write_bytes(b"")
    monkeypatch.setattr(unchanged, "PAGEMAP", str(tmp_path / "short"))
    assert columns_by_reference(table.frame, [table]) == {}


def _rebuilt(output: OutputTable, inputs: list[pa.RecordBatch]) -> dict[str, Any]:
    """What the host makes of a result: its own columns where it is referred to them."""
    return {
        source.name: (output.batch if source.input is None else inputs[source.input]).column(
            source.column
        )
        for source in output.sources
    }


_CHANGES: Any = st.lists(
    st.tuples(
        st.sampled_from(["cell", "slice", "replace", "drop", "copy", "touch", "swap", "text"]),
        st.sampled_from(["a", "b", "t", "c"]),
        st.integers(0, ROWS - 1),
    ),
    max_size=4,
)


def _apply(frame: pd.DataFrame, change: str, name: str, row: int) -> pd.DataFrame:
    if name not in frame:
        return frame
    value = frame[name].iloc[row]
    match change:
        case "cell":
            frame.loc[row, name] = frame[name].iloc[0]
        case "slice":
            frame.loc[row : row + 700, name] = value
        case "replace":
            frame[name] = frame[name].iloc[::-1].to_numpy()
        case "drop":
            frame = frame.drop(columns=[name])
        case "copy":
            frame[f"{name} again"] = frame[name]
        case "touch":
            frame[name].max()
        case "swap":
            frame = frame[sorted(frame.columns, reverse=row % 2 == 0)]
        case "text":
            frame.loc[row, "s"] = "changed"
    return frame


@settings(max_examples=60, deadline=None)
@given(changes=_CHANGES)
def test_references_and_copies_together_are_the_frame(
    opened: Open, changes: list[tuple[str, str, int]]
) -> None:
    batch = _batch()
    table = opened(batch)
    frame = table.frame
    for change in changes:
        frame = _apply(frame, *change)
    output = frame_to_output(frame, [table], log=lambda _: None)
    rebuilt = _rebuilt(output, [batch])
    whole = frame_to_output(frame.copy(), log=lambda _: None)
    assert list(rebuilt) == whole.batch.schema.names
    assert output.rows == ROWS
    for name, column in rebuilt.items():
        expected: Any = whole.batch.column(name)
        if pa.types.is_integer(column.type) and pa.types.is_floating(expected.type):
            # Only with the input in hand are integers with gaps integers again.
            expected = pa.array(expected.to_numpy(), from_pandas=True).cast(column.type)
        assert column.equals(expected), name


def test_a_result_that_is_all_reference_writes_nothing(opened: Open) -> None:
    table = opened(_batch())
    output = frame_to_output(table.frame[["a", "s"]], [table], log=print)
    assert output.batch.num_columns == 0
    assert output.rows == ROWS
    assert [(source.name, source.input, source.column) for source in output.sources] == [
        ("a", 0, 0),
        ("s", 0, 2),
    ]


# Python 3.12 warns of any thread at a fork; those here are the libraries' own.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_references_hold_in_a_forked_process(opened: Open) -> None:
    table = opened(_batch())
    child = os.fork()
    if child == 0:
        table.frame.loc[0, "a"] = 7
        found = columns_by_reference(table.frame, [table])
        os._exit(0 if 0 not in found and found.get(5) == (0, 5) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert columns_by_reference(table.frame, [table]) == SHARED
