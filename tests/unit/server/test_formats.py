"""Calls in the formats that the classic services did not have."""

import httpx
import pyarrow as pa
import pytest
from tests.unit.server.servers import PRIMARY, Served, error_of

from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes
from studiolo.server.codecs import arrow_stream, csv, parquet
from studiolo.services.scoring import ScoringReply

REPLY = ScoringReply(outputs={"output1": pa.table({"x": pa.array([2.0, 2.5])})})
FORMATS = {
    "application/vnd.apache.arrow.stream": (arrow_stream.encode(REPLY), FileFormat.ARROW),
    "text/csv": (csv.encode(REPLY), FileFormat.CSV),
    "application/vnd.apache.parquet": (parquet.encode(REPLY), FileFormat.PARQUET),
}


def post(url: str, body: bytes, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    authorization = {"Authorization": f"Bearer {PRIMARY.reveal()}"}
    return httpx.post(url, content=body, headers={**authorization, **named}, timeout=60)


def own(server: Served) -> str:
    return f"{server.url}/services/iris/score"


@pytest.mark.parametrize("media_type", FORMATS)
@pytest.mark.parametrize("classic", [False, True])
def test_a_table_goes_in_and_comes_out_in_one_format(
    server: Served, media_type: str, classic: bool
) -> None:
    body, file_format = FORMATS[media_type]
    url = server.execute if classic else own(server)
    answer = post(url, body, Content_Type=media_type)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media_type
    table = read_dataset_bytes(answer.content, name="answer", format=file_format).table
    assert table.to_pydict() == {"x": [2.0, 2.5]}


def test_the_reply_may_be_in_another_format_than_the_request(server: Served) -> None:
    answer = post(own(server), b"x\n2\n", Content_Type="text/csv", Accept="application/json")
    assert answer.json() == {"outputs": {"output1": [{"x": 2.0}]}}
    answer = post(own(server), b'{"inputs":{"input1":[{"x":2}]}}', Accept="text/csv")
    assert (answer.status_code, answer.text) == (200, "x\n2.0\n")


@pytest.mark.parametrize(
    ("headers", "status", "detail"),
    [
        ({"Content_Type": "application/xml"}, 415, "MediaTypeUnsupported"),
        ({"Content_Type": "text/csv", "Accept": "text/html"}, 406, "ReplyNotAcceptable"),
        ({"Content_Type": "application/vnd.apache.parquet"}, 400, "RequestBodyInvalid"),
    ],
)
def test_what_can_t_be_read_or_written_is_refused(
    server: Served, headers: dict[str, str], status: int, detail: str
) -> None:
    answer = post(own(server), b"x\n2\n", **headers)
    assert (answer.status_code, error_of(answer)[1]) == (status, detail)


def test_an_unknown_output_is_refused(server: Served) -> None:
    answer = post(f"{own(server)}?output=output9", b"x\n2\n", Content_Type="text/csv")
    assert (answer.status_code, error_of(answer)[1]) == (400, "InvalidQueryParameter")
