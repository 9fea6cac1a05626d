"""Schemas and tables for the tests of the codecs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from studiolo.datasets.dataset import Dataset
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema, port_schema
from studiolo.services.scoring import RequestProblem, RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

TEXT = pa.large_string()


def validator_of(**kinds: pa.DataType) -> Validator:
    """A validator of one input, where every value may be missing."""
    columns = tuple(
        ColumnSchema(name=name, type=kind, missing=True) for name, kind in kinds.items()
    )
    return Validator(ServiceSchema(inputs={"input1": PortSchema(columns=columns)}))


def table_of(outcome: ScoringRequest | RequestRefused) -> pa.Table:
    assert isinstance(outcome, ScoringRequest), outcome
    return outcome.inputs["input1"]


def problem_of(outcome: object) -> RequestProblem:
    assert isinstance(outcome, RequestRefused), outcome
    (problem,) = outcome.problems
    return problem


def reply_of(**columns: Any) -> ScoringReply:
    return ScoringReply(outputs={"output1": pa.table(columns)})


def validator_for(table: pa.Table) -> Validator:
    """A validator of tables that look like this one, where every value may be missing."""
    columns = port_schema(Dataset(table=table)).columns
    port = PortSchema(columns=tuple(replace(column, missing=True) for column in columns))
    return Validator(ServiceSchema(inputs={"input1": port}))


def request_of(reply: Mapping[str, Any]) -> dict[str, Any]:
    """A request with what a classic reply holds."""
    return {"Inputs": {name.replace("output", "input"): value for name, value in reply.items()}}


#: Names as datasets have them; text files hold no NUL.
_NAMES = st.text(
    st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=5
).filter(str.strip)
_TEXTS = st.text(max_size=8)
_UNITS = st.sampled_from(["s", "ms", "us", "ns"])
#: Seconds of the years 1 to 9999, of those that nanoseconds reach, and of any duration in them.
_YEARS = (-62_135_596_800, 253_402_300_799)
_NEAR = (-9_000_000_000, 9_000_000_000)
_FACTORS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


#: What makes a column of drawn values, and how they are drawn.
Drawn = tuple[Callable[[list[Any]], Any], st.SearchStrategy[Any]]


def _columns(kind: pa.DataType, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Drawn]:
    return st.just((lambda cells: pa.array(cells, kind), values))


def _categories(drawn: Any) -> Drawn:
    known, kind, ordered = drawn
    categories = pa.array(known, kind)

    def column(numbers: list[Any]) -> Any:
        places: Any = pa.array(numbers, pa.int32())
        return pa.DictionaryArray.from_arrays(places, categories, ordered=ordered)

    return column, st.integers(0, len(known) - 1)


def _categorical() -> st.SearchStrategy[Drawn]:
    kinds: list[Any] = [
        (TEXT, _TEXTS),
        (pa.int64(), st.integers(-9, 9)),
        (pa.date32(), st.integers(0, 9)),
    ]
    return st.sampled_from(kinds).flatmap(
        lambda kind: st.tuples(
            st.lists(kind[1], min_size=1, max_size=3, unique=True), st.just(kind[0]), st.booleans()
        ).map(_categories)
    )


def _times(unit: Any) -> st.SearchStrategy[Any]:
    low, high = _NEAR if unit == "ns" else _YEARS
    factor = _FACTORS[unit]
    values = st.integers(low * factor, high * factor)
    zones = st.sampled_from([None, "UTC"])
    return zones.flatmap(lambda zone: _columns(pa.timestamp(unit, zone), values))


def _durations(unit: Any) -> st.SearchStrategy[Any]:
    factor = _FACTORS[unit]
    values = st.integers(_NEAR[0] * factor, _NEAR[1] * factor)
    return _columns(pa.duration(unit), values)


def _integers(bits: int, *, signed: bool) -> st.SearchStrategy[Any]:
    kind = getattr(pa, f"{'' if signed else 'u'}int{bits}")()
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return _columns(kind, st.integers(low, high))


_KINDS = st.one_of(
    _columns(pa.bool_(), st.booleans()),
    st.builds(lambda *a: a, st.sampled_from([8, 16, 32, 64]), st.booleans()).flatmap(
        lambda a: _integers(a[0], signed=a[1])
    ),
    _columns(pa.float64(), st.floats(allow_nan=False)),
    _columns(pa.float32(), st.floats(allow_nan=False, width=32)),
    _columns(pa.decimal128(30, 4), st.decimals(-(10**25), 10**25, places=4)),
    _columns(TEXT, _TEXTS),
    st.deferred(_categorical),
    _columns(pa.date32(), st.integers(_YEARS[0] // 86_400, _YEARS[1] // 86_400)),
    _UNITS.flatmap(_times),
    _UNITS.flatmap(_durations),
)
_BYTES = _columns(pa.large_binary(), st.binary(max_size=8))


def tables(*, with_bytes: bool = True, rows: int = 5) -> st.SearchStrategy[pa.Table]:
    """Tables of a few rows, with values of every type that a dataset can hold."""

    def build(drawn: Any) -> st.SearchStrategy[pa.Table]:
        names, kinds, count = drawn
        lists = [
            st.lists(st.none() | values, min_size=count, max_size=count) for _, values in kinds
        ]
        return st.tuples(*lists).map(
            lambda columns: pa.table(
                [make(cells) for cells, (make, _) in zip(columns, kinds, strict=True)],
                names=names,
            )
        )

    kind = (_KINDS | _BYTES) if with_bytes else _KINDS
    return (
        st.integers(1, 4)
        .flatmap(
            lambda width: st.tuples(
                st.lists(_NAMES, min_size=width, max_size=width, unique=True),
                st.lists(kind, min_size=width, max_size=width),
                st.integers(0, rows),
            )
        )
        .flatmap(build)
    )
