from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.written_size import pieces, written_size


@pytest.mark.parametrize(
    ("column", "size"),
    [
        (pa.array([1, 2, 3]), 24),
        (pa.array([True] * 800), 800),
        (pa.array(["x" * 100] * 10).dictionary_encode(), 1010),
        (pa.array(["x" * 100, None, None]).dictionary_encode(), 103),
        (pa.array(["x" * 100, "y"]).dictionary_encode()[1:], 2),
        (pa.array(["x" * 100], pa.large_string()).dictionary_encode(), 101),
        (pa.array([b"x" * 100, b""]).dictionary_encode(), 102),
        (pa.DictionaryArray.from_arrays([1, 1], pa.array(["x" * 100, "yy", "z"])[1:]), 4),
        (
            pa.DictionaryArray.from_arrays(
                pa.array([127], pa.int8()), pa.array(["x"] * 127 + ["yy"])
            ),
            3,
        ),
        (pa.array([7, 7, 7]).dictionary_encode(), 24),
        (pa.array([], pa.dictionary(pa.int8(), pa.string())), 0),
    ],
)
def test_a_category_counts_in_each_row(column: Any, size: int) -> None:
    assert written_size(pa.chunked_array([column])) == size
    assert written_size(pa.chunked_array([column, column])) == 2 * size


def test_pieces_are_the_whole_table_in_order() -> None:
    words = ["x" * 1000, *map(str, range(98)), "y" * 5000]
    table = pa.table({"a": words, "b": pa.array(words).dictionary_encode()})
    found = list(pieces(table, rows=40, size=3000))
    assert pa.concat_tables(found).equals(table)
    assert all(piece.num_rows <= 40 for piece in found)
    for piece in found:
        assert piece.num_rows == 1 or sum(map(written_size, piece.columns)) <= 3000


def test_no_rows_are_no_pieces() -> None:
    assert list(pieces(pa.table({"a": pa.array([], pa.string())}), rows=10, size=10)) == []


def test_it_takes_little_memory() -> None:
    indices: Any = pa.Array.from_buffers(pa.int8(), 30 << 20, [None, pa.py_buffer(bytes(30 << 20))])
    column: Any = pa.DictionaryArray.from_arrays(indices, pa.array(["xyz"]))
    usual = pa.default_memory_pool()
    counting = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(counting)
    try:
        assert written_size(pa.chunked_array([column])) == 4 * (30 << 20)
    finally:
        pa.set_memory_pool(usual)
    highest = counting.max_memory()
    assert highest is not None
    assert 0 < highest < 32 << 20
