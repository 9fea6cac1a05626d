import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.profile import profile_dataset, profile_document

COLUMN_KEYS = [
    *("name", "type", "kind", "role", "feature_type", "count", "missing", "unique", "infinite"),
    *("statistics", "histogram", "top_values"),
]


def as_json(table: pa.Table, **roles: ColumnRole) -> dict[str, Any]:
    written = dict(profile_document(profile_dataset(Dataset(table=table, roles=roles), bins=2)))
    read: dict[str, Any] = json.loads(json.dumps(written, allow_nan=False))
    assert read == written
    return read


def test_a_numeric_and_a_text_column() -> None:
    table = pa.table({"n": [1, 2, None, 4], "s": ["a", "b", "a", None]})
    assert as_json(table, s=ColumnRole.LABEL) == {
        "row_count": 4,
        "column_count": 2,
        "columns": [
            {
                "name": "n",
                "type": "int64",
                "kind": "numeric",
                "role": "feature",
                "feature_type": "Numeric Feature",
                "count": 3,
                "missing": 1,
                "unique": 3,
                "infinite": 0,
                "statistics": {
                    "mean": 7 / 3,
                    "standard_deviation": 1.5275252316519468,
                    "minimum": 1,
                    "first_quartile": 1.5,
                    "median": 2,
                    "third_quartile": 3,
                    "maximum": 4,
                },
                "histogram": {"edges": [1, 2.5, 4], "counts": [2, 1]},
                "top_values": None,
            },
            {
                "name": "s",
                "type": "string",
                "kind": "string",
                "role": "label",
                "feature_type": "String Label",
                "count": 3,
                "missing": 1,
                "unique": 2,
                "infinite": 0,
                "statistics": None,
                "histogram": None,
                "top_values": [{"value": "a", "count": 2}, {"value": "b", "count": 1}],
            },
        ],
    }


def test_every_kind_is_json_with_the_same_keys() -> None:
    table = pa.table(
        {
            "float": [1.0, math.inf, math.nan],
            "decimal": [Decimal("1.10"), None, None],
            "flag": [True, None, False],
            "category": pa.array([1.5, None, math.inf]).dictionary_encode(),
            "bytes": [b"\xff", b"", None],
            "bytes_category": pa.array([b"\xff", b"", None]).dictionary_encode(),
            "day": [dt.date(2024, 1, 1), None, None],
            "moment": pa.array([1, 2, 3], pa.timestamp("ns", "UTC")),
            "span": [dt.timedelta(days=1), None, None],
            "nothing": pa.nulls(3),
        }
    )
    columns = as_json(table)["columns"]
    assert [list(column) for column in columns] == [COLUMN_KEYS] * table.num_columns


def test_no_digit_is_lost_on_the_way_to_a_browser() -> None:
    table = pa.table(
        {
            "edge": pa.array([2**53 - 1, 2**53], pa.int64()),
            "money": pa.array([Decimal("0.10"), Decimal("1E+3")], pa.decimal128(20, 2)),
        }
    )
    edge, money = (column["statistics"] for column in as_json(table)["columns"])
    assert (edge["minimum"], edge["maximum"]) == (9007199254740991, "9007199254740992")
    assert (money["minimum"], money["maximum"]) == ("0.10", "1000.00")


def test_infinite_categories_are_text() -> None:
    table = pa.table({"x": pa.array([math.inf, -math.inf, math.inf]).dictionary_encode()})
    [column] = as_json(table)["columns"]
    assert column["top_values"] == [{"value": "inf", "count": 2}, {"value": "-inf", "count": 1}]
