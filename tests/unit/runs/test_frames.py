import pandas as pd
import pyarrow as pa

from studiolo.runs.frames import frame_of, is_frame, table_of


def test_only_a_frame_is_a_frame() -> None:
    assert is_frame(pd.DataFrame())
    assert not is_frame(pd.Series([1]))
    assert not is_frame([1])


def test_a_frame_of_a_table_is_its_own() -> None:
    table = pa.table({"n": [1, 2], "t": ["x", None]})
    frame = frame_of(table)
    frame.loc[0, "n"] = 9
    assert table["n"].to_pylist() == [1, 2]
    assert list(frame.columns) == ["n", "t"]
    assert frame.index.equals(pd.RangeIndex(2))


def test_a_table_of_a_frame_says_what_it_changed() -> None:
    said: list[str] = []
    frame = pd.DataFrame({"n": [1, 2]}, index=[5, 6])
    table = table_of(frame, log=said.append)
    assert table.to_pydict() == {"n": [1, 2]}
    assert any("index" in line for line in said)


def test_chunks_and_empty_tables_become_frames_too() -> None:
    chunked = pa.concat_tables([pa.table({"n": [1]}), pa.table({"n": [2, 3]})])
    assert chunked["n"].num_chunks == 2
    assert frame_of(chunked)["n"].tolist() == [1, 2, 3]
    assert frame_of(pa.table({"n": pa.array([], pa.int64())})).shape == (0, 1)
    assert frame_of(pa.table({})).shape == (0, 0)
