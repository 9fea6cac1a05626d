import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.profile.kinds import type_named, type_text
from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.services.errors import ServiceSchemaError
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema, port_schema
from studiolo.services.schema_document import read_schema, write_schema

units = st.sampled_from(["s", "ms", "us", "ns"])
types = st.one_of(
    st.sampled_from([pa.bool_(), pa.int8(), pa.uint64(), pa.float32(), pa.float64()]),
    st.sampled_from([pa.large_string(), pa.large_binary(), pa.date32()]),
    st.builds(pa.timestamp, units, st.sampled_from([None, "UTC", "Europe/Berlin", "+01:30"])),
    st.builds(pa.duration, units),
    st.integers(1, 38).flatmap(lambda p: st.builds(pa.decimal128, st.just(p), st.integers(0, p))),
    st.builds(pa.decimal256, st.integers(39, 76), st.integers(0, 39)),
)
names = st.text(max_size=5)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
finite = values.filter(lambda value: value not in (float("inf"), float("-inf")))
columns = st.builds(
    ColumnSchema,
    name=names,
    type=types,
    categories=st.none() | st.lists(finite, max_size=3).map(tuple),
    missing=st.booleans(),
    optional=st.booleans(),
)
ports = st.lists(columns, max_size=4, unique_by=lambda column: column.name).flatmap(
    lambda some: st.builds(
        PortSchema,
        columns=st.just(tuple(some)),
        sample=st.fixed_dictionaries({column.name: finite for column in some}),
    )
)
schemas = st.builds(
    ServiceSchema,
    inputs=st.dictionaries(names, ports, max_size=2),
    outputs=st.dictionaries(names, ports, max_size=2),
    parameters=st.lists(
        st.builds(
            Parameter,
            name=names,
            label=names,
            kind=st.sampled_from(ParameterKind),
            required=st.booleans(),
            default=finite,
            minimum=st.none() | st.integers(),
            choices=st.lists(names, max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)


@given(schemas)
def test_a_schema_comes_back_from_its_document(schema: ServiceSchema) -> None:
    assert read_schema(write_schema(schema)) == schema


@given(types)
def test_a_type_comes_back_from_its_name(kind: pa.DataType) -> None:
    assert type_named(type_text(kind)) == kind


@pytest.mark.parametrize(
    "name",
    ["", "int", "list<item: int64>", "decimal(77, 0)", "decimal(2, 3)", "duration[us, tz=UTC]"],
)
def test_other_words_are_not_types(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not a type|precision"):
        type_named(name)


def test_a_schema_is_taken_from_a_dataset() -> None:
    colour: Any = pa.DictionaryArray.from_arrays(
        pa.array([1, 0], pa.int32()), pa.array(["red", "blue"], pa.large_string())
    )
    table = pa.table(
        {
            "age": pa.array([30, 31], pa.int64()),
            "colour": colour,
            "weight": pa.array([float("nan"), 1.5]),
            "income": pa.array(["<=50K", ">50K"], pa.large_string()),
        }
    )
    port = port_schema(Dataset(table=table, roles={"income": ColumnRole.LABEL}))
    assert port == PortSchema(
        columns=(
            ColumnSchema(name="age", type=pa.int64()),
            ColumnSchema(name="colour", type=pa.large_string(), categories=("red", "blue")),
            ColumnSchema(name="weight", type=pa.float64(), missing=True),
            ColumnSchema(name="income", type=pa.large_string(), missing=True),
        ),
        sample={"age": 30, "colour": "blue", "weight": None, "income": "<=50K"},
    )
    assert port.columns[1].data_type == colour.type


def test_a_sample_row_is_plain_json_with_nothing_lost() -> None:
    row: dict[str, Any] = {
        "decimal": pa.array([Decimal("1.10")], pa.decimal128(30, 2)),
        "bytes": pa.array([b"\xff"], pa.large_binary()),
        "day": pa.array([date(2010, 5, 30)]),
        "moment": pa.array([datetime(2010, 5, 30, 18, 9)], pa.timestamp("us")),
        "instant": pa.array([datetime(2010, 5, 30, 18, 9)], pa.timestamp("ms", "UTC")),
        "span": pa.array([timedelta(days=1, seconds=90)], pa.duration("s")),
        "endless": pa.array([float("-inf")]),
        "far": pa.array([10**12], pa.int64()).cast(pa.timestamp("s")),
    }
    sample = port_schema(Dataset(table=pa.table(row))).sample
    assert sample == {
        "decimal": "1.10",
        "bytes": "/w==",
        "day": "2010-05-30",
        "moment": "2010-05-30T18:09:00",
        "instant": "2010-05-30T18:09:00+00:00",
        "span": "P1DT1M30S",
        "endless": "-Infinity",
        "far": "33658-09-27T01:46:40",
    }
    json.dumps(sample, allow_nan=False)


def test_a_dataset_without_rows_has_no_sample() -> None:
    port = port_schema(Dataset(table=pa.table({"a": pa.array([], pa.int64())})))
    assert port.sample == {}
    assert not port.columns[0].missing


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "the document is not JSON"),
        ("[" * 100_000, "the document is not JSON"),
        ("[]", "the document is not an object"),
        ('{"inputs": {}, "outputs": {}}', 'has no "parameters" that is a list'),
        ('{"inputs": {"i": 1}, "outputs": {}, "parameters": []}', "inputs.i is not an object"),
        (
            '{"inputs": {"i": {"columns": [{"name": "a", "type": "int", "missing": true}], '
            '"sample": {}}}, "outputs": {}, "parameters": []}',
            'inputs.i.columns[0].type says that "int" is not a type',
        ),
        (
            '{"inputs": {}, "outputs": {}, "parameters": [{"name": "p", "kind": "colour"}]}',
            'parameters[0].kind is the unknown word "colour"',
        ),
        ('{"inputs": {}, "outputs": {}, "parameters": [], "x": 1}', 'the unknown key "x"'),
    ],
)
def test_a_damaged_document_is_an_error_that_says_where(text: str, place: str) -> None:
    with pytest.raises(ServiceSchemaError) as caught:
        read_schema(text)
    assert place in str(caught.value)
