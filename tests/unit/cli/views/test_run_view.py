"""The preview of a dataset: its cost follows from what it shows."""

import time

import pyarrow as pa
from rich.console import Console

from studiolo.cli.views.run_view import dataset_preview


def lines_of(table: pa.Table, width: int = 60) -> list[str]:
    console = Console(width=width, force_terminal=False)
    with console.capture() as captured:
        console.print(dataset_preview("results", table, width))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_of_each_cell_there_is_the_beginning() -> None:
    table = pa.table(
        {
            "text": ["x" * 100, None, "two\nlines"],
            "bytes": [b"x" * 2000, None, b""],
            "category": pa.array(["y" * 100, None, "z"]).dictionary_encode(),
            "float": [1 / 3, None, 2.0],
        }
    )
    lines = lines_of(table, width=200)
    assert lines[0] == "results: 3 rows, 4 columns"
    assert lines[2].split() == ["x" * 39 + "…", "2,000", "bytes", "y" * 39 + "…", "0.333333"]
    assert lines[3].split() == ["·"] * 4
    assert lines[4].split() == ["two⏎lines", "0", "bytes", "z", "2"]


def test_long_cells_and_names_and_many_columns_cost_little() -> None:
    long = "x" * (32 << 20)
    cells = pa.table(
        {long: [long], "category": pa.array([long] * 20).dictionary_encode().slice(0, 1)}
    )
    wide = pa.table({f"c{number}": [1] for number in range(50_000)})
    before = time.process_time()
    assert "x" * 39 + "…" in lines_of(cells, width=100)[2]
    assert "more columns; --output FILE" in lines_of(wide)[-1]
    assert time.process_time() - before < 0.5


def test_floats_of_a_column_have_their_points_below_each_other() -> None:
    table = pa.table({"price": [1.5, 22.25, 3.0, -0.001, None], "n": [1, 20, 3, 4, 5]})
    assert lines_of(table)[1:] == [
        " price   n",
        " 1.5     1",
        "22.25   20",
        " 3       3",
        "-0.001   4",
        " ·       5",
    ]
