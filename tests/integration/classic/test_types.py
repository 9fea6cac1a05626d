"""The second column of the contract's table: how columns come in with pandas 1.5, and go out."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from .conftest import Run

COLUMNS: dict[str, tuple[Any, str]] = {
    "integer": (pa.array([1, 2, 3]), "int64"),
    "gaps": (pa.array([1, None, 3]), "float64"),
    "beyond": (pa.array([2**53 + 1, None, 3]), "Int64"),
    "small": (pa.array([1, 2, 3], pa.int8()), "int8"),
    "float": (pa.array([0.5, float("nan"), 2]), "float64"),
    "single": (pa.array([0.5, 1, 2], pa.float32()), "float32"),
    "boolean": (pa.array([True, False, True]), "bool"),
    "maybe": (pa.array([True, None, False]), "boolean"),
    "text": (pa.array(["a", None, "ä"], pa.large_string()), "object"),
    "date": (pa.array([dt.date(2015, 1, 31), None, dt.date(1969, 7, 20)]), "datetime64[ns]"),
    "time": (
        pa.array([dt.datetime(2015, 1, 31, 12), None, None], pa.timestamp("us")),
        "datetime64[ns]",
    ),
    "zone": (
        pa.array([dt.datetime(2015, 1, 31), None, None], pa.timestamp("ns", "Asia/Seoul")),
        "datetime64[ns, Asia/Seoul]",
    ),
    "span": (pa.array([dt.timedelta(1), None, None], pa.duration("us")), "timedelta64[ns]"),
    "decimal": (pa.array([Decimal("1.10"), None, None]), "object"),
    "bytes": (pa.array([b"\xff", None, b""], pa.large_binary()), "object"),
    "category": (pa.array(["x", None, "x"]).dictionary_encode(), "category"),
}
TABLE = pa.table({name: array for name, (array, _) in COLUMNS.items()})


def test_each_type_comes_in_as_the_contract_says_and_goes_out_again(run: "Run") -> None:
    outcome = run(
        """
        def azureml_main(frame):
            print(*frame.dtypes, sep="\\n")
            return frame, frame.copy()
        """,
        TABLE,
    )
    assert outcome.failure is None, outcome.failure
    assert outcome.device.console.splitlines() == [dtype for _, dtype in COLUMNS.values()]
    for port in ("results_dataset", "results_dataset2"):
        back = outcome.tables[port]
        for name, (array, _) in COLUMNS.items():
            assert back[name].to_pylist() == array.to_pylist() or name == "float", (port, name)
    assert len(outcome.log) == 2, outcome.log  # Int64 and boolean are named


def test_objects_that_are_instants_go_out_as_such(run: "Run") -> None:
    outcome = run("""
        import datetime as dt
        import pandas as pd

        def azureml_main():
            stamps = pd.Series([dt.datetime(2015, 1, 31, 12), None], dtype=object)
            fine = pd.Series([pd.Timestamp(1), None], dtype=object)
            spans = pd.Series([dt.timedelta(1), None], dtype=object)
            long = pd.Series([dt.timedelta(300_000), None], dtype=object)
            days = pd.Series([dt.date(2015, 1, 31), None], dtype=object)
            return pd.DataFrame(dict(stamps=stamps, fine=fine, spans=spans, long=long, days=days)),
    """)
    assert outcome.failure is None, outcome.failure
    row = outcome.tables["results_dataset"]
    assert [str(row[name].type) for name in ("stamps", "fine", "spans", "long", "days")] == [
        "timestamp[us]",
        "timestamp[ns]",
        "duration[us]",
        "duration[us]",
        "date32[day]",
    ]
    assert row["stamps"][0].as_py() == dt.datetime(2015, 1, 31, 12)
    assert row["fine"].cast(pa.int64()).to_pylist() == [1, None]
    assert row["spans"][0].as_py() == dt.timedelta(1)
    assert row["long"][0].as_py() == dt.timedelta(300_000)
    assert row["days"][0].as_py() == dt.date(2015, 1, 31)


def test_dates_that_do_not_fit_nanoseconds_are_not_changed(run: "Run") -> None:
    days = pa.table(
        {
            "day": pa.array([dt.date(1500, 1, 1), None]),
            "time": pa.array([dt.datetime(9999, 12, 31, 1), None], pa.timestamp("s")),
            "far": pa.array([10**12, None], pa.timestamp("s")),
        }
    )
    outcome = run("def azureml_main(frame):\n    print(frame.dtypes[0])\n    return frame,", days)
    assert outcome.failure is None, outcome.failure
    back = outcome.tables["results_dataset"]
    assert back.select(["day", "time"]).to_pylist() == days.select(["day", "time"]).to_pylist()
    assert back["far"].cast(pa.string()).to_pylist() == days["far"].cast(pa.string()).to_pylist()
    assert len(outcome.log) >= 3
