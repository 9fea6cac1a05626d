"""Bodies that are one table: Arrow, CSV and Parquet."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from tests.unit.server.codecs.schemas import (
    TEXT,
    problem_of,
    reply_of,
    table_of,
    tables,
    validator_for,
    validator_of,
)

from studiolo.datasets.formats.opening import read_content
from studiolo.server.codecs import arrow_stream, csv, parquet
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.reply import ReplyError, check_reply
from studiolo.services.schema import ServiceSchema
from studiolo.services.scoring import ProblemCode, RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

PERSON = validator_of(age=pa.int64(), name=TEXT)
LIMITS = RequestLimits(size=4 << 20, rows=1000)
FORMATS: dict[str, Any] = {"arrow": arrow_stream, "csv": csv, "parquet": parquet}


def decode(
    name: str, body: bytes, validator: Validator = PERSON, **parameters: str
) -> ScoringRequest | RequestRefused:
    outcome: ScoringRequest | RequestRefused = FORMATS[name].decode(
        body, parameters, validator, LIMITS
    )
    return outcome


def stream(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, **options) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


ADA = pa.table({"name": pa.array(["Ada"], TEXT), "age": pa.array([36], pa.int64())})


@pytest.mark.parametrize("name", FORMATS)
def test_a_body_is_the_table_of_the_only_input(name: str) -> None:
    body = FORMATS[name].encode(ScoringReply(outputs={"output1": ADA}))
    assert table_of(decode(name, body)).to_pylist() == [{"age": 36, "name": "Ada"}]


def test_an_arrow_stream_of_pandas_with_its_metadata_is_read_in_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arrow_stream, "read_confined", None)
    table = pa.Table.from_pandas(pd.DataFrame({"age": [36], "name": ["Ada"]}))
    assert b"pandas" in (table.schema.metadata or {})
    assert table_of(decode("arrow", stream(table))).to_pylist() == [{"age": 36, "name": "Ada"}]


@pytest.mark.parametrize(
    "body",
    [
        stream(pa.concat_tables([ADA, ADA])),
        stream(ADA, options=pa.ipc.IpcWriteOptions(compression="zstd")),
        stream(ADA.cast(pa.schema([field.with_metadata({"a": "b"}) for field in ADA.schema]))),
    ],
    ids=["batches", "compressed", "metadata of a column"],
)
def test_any_other_arrow_stream_is_read_in_a_process_of_its_own(body: bytes) -> None:
    assert table_of(decode("arrow", body)).column("name").to_pylist()[0] == "Ada"


def test_an_arrow_file_is_read_too() -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, ADA.schema) as writer:
        writer.write_table(ADA)
    assert table_of(decode("arrow", sink.getvalue().to_pybytes())).num_rows == 1


def test_csv_is_read_by_the_types_of_the_schema() -> None:
    check = validator_of(code=TEXT, flag=pa.bool_(), when=pa.timestamp("us"), n=pa.float64())
    body = b"code,n,flag,when\n007,5,True,5/30/2010 6:09:00 PM\n,,,\nNA,NA,false,2010-05-30\n"
    assert table_of(decode("csv", body, check)).to_pylist() == [
        {"code": "007", "flag": True, "when": datetime(2010, 5, 30, 18, 9), "n": 5.0},
        {"code": None, "flag": None, "when": None, "n": None},
        {"code": "NA", "flag": False, "when": datetime(2010, 5, 30), "n": None},
    ]


def test_a_cell_of_csv_that_does_not_fit_is_named() -> None:
    problem = problem_of(decode("csv", b"age,name\n1,a\nx,b\n"))
    assert problem.message == 'Row 2, column "age": expected a whole number, found "x".'


def test_parquet_has_its_own_types() -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"age": [36.0], "name": ["Ada"]}), sink)
    assert table_of(decode("parquet", sink.getvalue())).to_pylist() == [{"age": 36, "name": "Ada"}]


@pytest.mark.parametrize(
    ("name", "body", "code", "message"),
    [
        ("csv", b"", ProblemCode.REQUEST_EMPTY, "The body is empty."),
        ("csv", b"age,name\n1\n", ProblemCode.REQUEST_BODY_INVALID, "the body"),
        ("csv", b'age,name\n1,"x\n', ProblemCode.REQUEST_BODY_INVALID, "the body"),
        ("csv", b"age,name\n1,\xff\n", ProblemCode.REQUEST_BODY_INVALID, "UTF-8"),
        ("csv", b"," * (1 << 20), ProblemCode.REQUEST_BODY_INVALID, "65,536 bytes"),
        ("csv", b"age\n1\n", ProblemCode.INPUT_MISMATCH, 'The column "name" is missing.'),
        ("csv", b"age,name\n" + b"1,a\n" * 1001, ProblemCode.REQUEST_TOO_LARGE, "1,001 rows"),
        ("csv", b"x" * (5 << 20), ProblemCode.REQUEST_TOO_LARGE, "4,194,304 are allowed"),
        ("arrow", b"", ProblemCode.REQUEST_EMPTY, "The body is empty."),
        ("arrow", b"\xff\xff\xff\xff\0\0", ProblemCode.REQUEST_BODY_INVALID, "The body is not "),
        ("arrow", stream(ADA)[:-40], ProblemCode.REQUEST_BODY_INVALID, "The body is not "),
        ("parquet", b"PAR1PAR1", ProblemCode.REQUEST_BODY_INVALID, "The body is not "),
    ],
)
def test_a_body_that_can_t_be_read_is_refused(
    name: str, body: bytes, code: ProblemCode, message: str
) -> None:
    problem = problem_of(decode(name, body))
    assert (problem.code, message in problem.message) == (code, True), problem


def test_a_small_file_with_a_large_table_ends_in_a_process_of_its_own() -> None:
    sink = io.BytesIO()
    rows = 200_000_000
    many: Any = pa.RunEndEncodedArray.from_arrays(pa.array([rows], pa.int32()), pa.array([1.0]))
    batch = pa.RecordBatch.from_arrays([many], names=["age"])
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    problem = problem_of(decode("arrow", sink.getvalue()))
    assert "MiB of memory" in problem.message


def test_a_text_that_every_row_names_is_not_written_out() -> None:
    long = pa.array(["x" * (2 << 20)], TEXT)
    places: Any = pa.array([0] * 900, pa.int32())
    table = pa.table({"c": pa.DictionaryArray.from_arrays(places, long)})
    problem = problem_of(decode("arrow", stream(table), validator_of(c=TEXT)))
    assert "at most 268,435,456 bytes of values" in problem.message
    with pytest.raises(ReplyError, match="67,108,864 are allowed"):
        check_reply(ScoringReply(outputs={"output1": table}), RequestLimits())


def test_a_service_with_several_inputs_asks_for_json() -> None:
    port = PERSON.schema.inputs["input1"]
    check = Validator(ServiceSchema(inputs={"input1": port, "input2": port}))
    problem = problem_of(decode("csv", b"age,name\n1,a\n", check))
    assert problem.message == (
        'The service takes the inputs "input1", "input2", and a body in this format is one table. '
        "Send JSON (Content-Type: application/json)."
    )
    assert "takes no input" in problem_of(decode("csv", b"a\n", Validator(ServiceSchema()))).message


def test_parameters_come_with_the_query() -> None:
    problem = problem_of(decode("csv", b"age,name\n1,a\n", seed="7"))
    assert problem.code is ProblemCode.UNEXPECTED_PARAMETER


@pytest.mark.parametrize("name", FORMATS)
def test_one_output_goes_out(name: str) -> None:
    reply = ScoringReply(outputs={"output1": ADA, "output2": ADA.slice(0, 0)})
    encode: Callable[..., bytes] = FORMATS[name].encode
    with pytest.raises(ReplyError, match='one of "output1", "output2"'):
        encode(reply)
    assert table_of(decode(name, encode(reply, "output2"))).num_rows == 0


def test_csv_does_not_hold_bytes() -> None:
    with pytest.raises(ReplyError, match="binary values"):
        csv.encode(reply_of(a=pa.array([b"x"], pa.large_binary())))


@given(tables())
def test_a_table_comes_back_from_an_arrow_stream(table: pa.Table) -> None:
    body = arrow_stream.encode(ScoringReply(outputs={"output1": table}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_stream, "read_confined", None)
        assert table_of(decode("arrow", body, validator_for(table))).equals(table)


@settings(max_examples=30)
@given(tables())
def test_a_table_comes_back_from_parquet(table: pa.Table) -> None:
    body = parquet.encode(ScoringReply(outputs={"output1": table}))
    with pytest.MonkeyPatch.context() as patch:  # a process takes a hundred times as long
        patch.setattr(parquet, "read_confined", lambda content, **_: read_content(content))
        assert table_of(decode("parquet", body, validator_for(table))).equals(table)


@given(tables(with_bytes=False))
def test_a_table_comes_back_from_csv(table: pa.Table) -> None:
    try:
        body = csv.encode(ScoringReply(outputs={"output1": table}))
    except ReplyError:  # text with a NUL
        return
    assert table_of(decode("csv", body, validator_for(table))).equals(table)
