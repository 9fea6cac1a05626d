"""Calls as the clients of the classic services make them."""

import json
import urllib.request

import httpx
import pytest
from tests.unit.server.servers import BODY, PRIMARY, SECONDARY, Served, error_of

from studiolo.services.keys import Key


def test_a_table_comes_back_as_the_classic_service_sent_it(server: Served) -> None:
    answer = server.call("2.5")
    assert answer.status_code == 200
    assert answer.json() == {
        "Results": {"output1": {"type": "table", "value": {"Values": [["2.5"]]}}}
    }
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_details_add_names_and_types(server: Served) -> None:
    answer = httpx.post(
        f"{server.execute}&details=true",
        json=BODY,
        headers={"Authorization": f"Bearer {PRIMARY.reveal()}"},
    )
    value = answer.json()["Results"]["output1"]["value"]
    assert value == {"ColumnNames": ["x"], "ColumnTypes": ["Double"], "Values": [["2"]]}


def test_the_swagger_form_is_lists_of_objects(server: Served) -> None:
    answer = httpx.post(
        f"{server.execute}&format=swagger",
        json={"Inputs": {"input1": [{"x": 1}, {"x": None}]}},
        headers={"Authorization": f"Bearer {PRIMARY.reveal()}"},
    )
    assert answer.json() == {"Results": {"output1": [{"x": "1"}, {"x": None}]}}


def test_the_addresses_of_the_newer_services_work(server: Served) -> None:
    url = server.execute.replace("/workspaces/", "/subscriptions/")
    answer = httpx.post(url, json=BODY, headers={"Authorization": f"Bearer {PRIMARY.reveal()}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer ", "bearer  "])
@pytest.mark.parametrize("key", [PRIMARY, SECONDARY], ids=["primary", "secondary"])
def test_either_key_opens_it_however_the_header_is_written(
    server: Served, scheme: str, key: Key
) -> None:
    headers = {"Authorization": f"{scheme} {key.reveal()}"}
    assert server.call(headers=headers).status_code == 200


def test_the_sample_of_the_classic_help_page_runs_with_urllib(server: Served) -> None:
    body = str.encode(json.dumps(BODY))
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Bearer " + PRIMARY.reveal(),
    }
    request = urllib.request.Request(server.execute, body, headers)
    with urllib.request.urlopen(request) as response:
        assert json.loads(response.read())["Results"]["output1"]["type"] == "table"


def test_every_answer_has_a_date_and_a_request_id_and_is_not_compressed(server: Served) -> None:
    for answer in (server.call(), server.call(headers={"Accept-Encoding": "gzip"})):
        assert answer.headers["date"].endswith(" GMT")
        assert len(answer.headers["x-ms-request-id"]) == 36
        assert "content-encoding" not in answer.headers
    assert server.call().headers["x-ms-request-id"] != answer.headers["x-ms-request-id"]


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("api-version=1.0", 400, "BadVersionCall"),
        ("api-version=2.0&details=perhaps", 400, "InvalidQueryParameter"),
        ("api-version=2.0&format=xml", 400, "InvalidQueryParameter"),
        ("", 200, ""),
        ("api-version=2.0&details=True&unknown=1", 200, ""),
    ],
)
def test_a_query_is_checked(server: Served, query: str, status: int, detail: str) -> None:
    url = f"{server.execute.partition('?')[0]}?{query}"
    answer = httpx.post(url, json=BODY, headers={"Authorization": f"Bearer {PRIMARY.reveal()}"})
    assert answer.status_code == status
    if detail:
        assert error_of(answer) == ("BadArgument", detail)


def test_a_row_that_does_not_fit_is_told_with_its_place(server: Served) -> None:
    answer = server.call("many")
    assert answer.status_code == 400
    assert error_of(answer) == ("BadUserArgument", "InputParseError")
    assert 'Row 1, column "x"' in answer.json()["error"]["details"][0]["message"]


@pytest.mark.parametrize(
    ("headers", "status", "detail"),
    [
        ({"Content-Type": "application/xml"}, 415, "MediaTypeUnsupported"),
        ({"Content-Encoding": "gzip"}, 415, "MediaTypeUnsupported"),
        ({"Accept": "image/png"}, 406, "ReplyNotAcceptable"),
    ],
)
def test_what_cannot_be_read_or_written_is_refused(
    server: Served, headers: dict[str, str], status: int, detail: str
) -> None:
    answer = server.call(headers={"Authorization": f"Bearer {PRIMARY.reveal()}", **headers})
    assert (answer.status_code, error_of(answer)[1]) == (status, detail)


@pytest.mark.parametrize(
    "content_type",
    ["application/json;charset=UTF8", "text/json", "application/x-www-form-urlencoded"],
)
def test_json_may_be_announced_as_clients_do(server: Served, content_type: str) -> None:
    headers = {"Authorization": f"Bearer {PRIMARY.reveal()}", "Content-Type": content_type}
    assert server.call(headers=headers).status_code == 200


def test_a_script_that_fails_is_the_caller_s_error_without_its_traceback(server: Served) -> None:
    answer = server.call("-2")
    assert answer.status_code == 400
    detail = answer.json()["error"]["details"][0]
    assert error_of(answer) == ("ModuleExecutionError", "85")
    assert detail["target"] == "score"
    assert detail["message"] == "Error 0085: ZeroDivisionError: division by zero"
    assert "secret" not in answer.text


def test_what_failed_is_kept_for_the_owner(server: Served) -> None:
    answer = server.call("-2")
    kept = server.folder / "failed-requests.jsonl"
    last = json.loads(kept.read_text(encoding="utf-8").splitlines()[-1])
    assert last["request_id"] == answer.headers["x-ms-request-id"]
    assert (last["service"], last["endpoint"], last["version"]) == ("iris", "default", 1)
    assert last["steps"] == [{"node": "score", "console": "printed by the script\n"}]
    assert "secret.py" in last["traceback"]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_fault_of_ours_tells_nothing_of_itself(server: Served) -> None:
    answer = server.call("-3")
    assert answer.status_code == 500
    assert error_of(answer) == ("InternalError", "UnknownError")
    assert answer.headers["x-ms-request-id"] in answer.text
    assert "secret" not in answer.text


def test_plain_json_keeps_its_types(server: Served) -> None:
    answer = httpx.post(
        f"{server.url}/services/iris/score",
        json={"inputs": {"input1": [{"x": 1.5}]}},
        headers={"Authorization": f"Bearer {PRIMARY.reveal()}"},
    )
    assert answer.json() == {"outputs": {"output1": [{"x": 1.5}]}}
    url = f"{server.url}/services/iris/endpoints/default/score"
    answer = httpx.post(
        url,
        json={"inputs": {"input1": []}},
        headers={"Authorization": f"Bearer {PRIMARY.reveal()}"},
    )
    assert answer.json() == {"outputs": {"output1": []}}


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/health")])
def test_an_address_without_a_route_is_an_error_like_the_others(
    server: Served, method: str, path: str
) -> None:
    answer = httpx.request(method, server.url + path)
    assert answer.status_code in (404, 405)
    assert error_of(answer)
