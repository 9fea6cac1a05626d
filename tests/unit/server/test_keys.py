"""No route works without a key but health and the pages that are the same for everybody."""

import io
import json
import logging
import time

import httpx
import pytest
from tests.unit.server.servers import BODY, PRIMARY, Served, error_of

from studiolo.calling.errors import ServiceRefusedError, ServiceUnreachableError
from studiolo.calling.server_figures import server_figures
from studiolo.server.watching.logs import logged
from studiolo.services.keys import Key

WRONG = Key.new().reveal()
#: Open to everybody.
OPEN = {"/health", "/ready", "/openapi.json"}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        f"Bearer {WRONG}",
        f"Basic {PRIMARY.reveal()}",
        PRIMARY.reveal(),
        f"Bearer {PRIMARY.reveal()[:-1]}",
        f"Bearer {PRIMARY.reveal()} {PRIMARY.reveal()}",
    ],
    # The keys are new in each process; the names of tests have to be the same in all.
    ids=range(8),
)
def test_without_a_key_nothing_is_scored(server: Served, header: str | None) -> None:
    answered = server.handlers[0].answered
    answer = server.call(headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert error_of(answer) == ("Unauthorized", "ScoreRequestUnauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert server.handlers[0].answered == answered


def test_two_keys_in_one_request_are_none(server: Served) -> None:
    headers = [("Authorization", f"Bearer {key}") for key in (PRIMARY.reveal(), WRONG)]
    assert httpx.post(server.execute, json=BODY, headers=headers).status_code == 401


def test_a_wrong_address_and_a_wrong_key_get_the_same_answer(server: Served) -> None:
    wrong = {"Authorization": f"Bearer {WRONG}"}
    right = {"Authorization": f"Bearer {PRIMARY.reveal()}"}
    endpoint = server.records[0].endpoint.id
    addresses = [
        (server.execute, wrong),
        (server.execute.replace(endpoint, "0" * 32), right),
        (server.execute.replace(endpoint, "%27%20OR%201=1--"), right),
        (f"{server.url}/services/nothing/score", right),
        (f"{server.url}/services/iris/endpoints/nothing/score", right),
    ]
    answers = [httpx.post(url, json=BODY, headers=headers) for url, headers in addresses]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_every_route_asks_for_a_key(server: Served) -> None:
    paths = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    assert len(paths) >= 6
    for path, methods in paths.items():
        for method, operation in methods.items():
            if path in OPEN:
                continue
            url = server.url + path.replace("{", "").replace("}", "")
            answer = httpx.request(method.upper(), url)
            assert answer.status_code == 401, path
            assert operation["security"] == [{"key": []}]


def test_a_key_or_what_was_sent_is_in_no_log(server: Served) -> None:
    stream = io.StringIO()
    with logged(stream):
        answers = [server.call(cell) for cell in ("2", "-2", "-3", "many-secret-words")]
        refused_one = httpx.post(
            f"{server.execute}&secret=query-words",
            json=BODY,
            headers={"Authorization": f"Bearer {WRONG}", "X-Secret": "header-words"},
        )
        asked = [it.headers["x-ms-request-id"] for it in [*answers, refused_one]]
        logging.getLogger("studiolo.server").warning("another line")
        until = time.monotonic() + 30
        while not all(f'"request_id": "{it}"' in stream.getvalue() for it in asked):
            assert time.monotonic() < until
            time.sleep(0.01)
    text = stream.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    # A line is written after its answer: one of a test before this may be among them.
    lines = [line for line in lines if line.get("request_id", asked[0]) in asked]
    assert [line["status"] for line in lines if "status" in line] == [200, 400, 500, 400, 401]
    for secret in (PRIMARY.reveal(), WRONG, "query-words", "header-words", "many-secret-words"):
        assert secret not in text
    scored = lines[0]
    assert scored["service"] == "iris"
    assert scored["version"] == 1
    assert scored["bytes_out"] > 0
    refused = next(line for line in lines if line.get("status") == 401)
    assert refused["error"] == "ScoreRequestUnauthorized"
    assert {"time", "request_id", "client", "method", "path", "seconds"} <= refused.keys()


def test_the_metrics_want_their_own_token(server: Served) -> None:
    token = server.folder / "metrics-token"
    assert token.stat().st_mode & 0o777 == 0o600
    url = f"{server.url}/metrics"
    assert httpx.get(url).status_code == 401
    key = {"Authorization": f"Bearer {PRIMARY.reveal()}"}
    assert httpx.get(url, headers=key).status_code == 401
    server.call("2")
    server.call("-2")
    answer = httpx.get(url, headers={"Authorization": f"Bearer {token.read_text().strip()}"})
    assert answer.status_code == 200
    names = 'service="iris",endpoint="default",version="v1"'
    lines = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if line[0] != "#")
    outcome = f"studiolo_version_requests_total{{{names},outcome="
    assert int(lines[f'{outcome}"succeeded"}}']) >= 1
    assert int(lines[f'{outcome}"85"}}']) >= 1
    count = int(lines[f"studiolo_version_request_seconds_count{{{names}}}"])
    assert lines[f'studiolo_version_request_seconds_bucket{{{names},le="+Inf"}}'] == str(count)
    assert int(lines['studiolo_http_responses_total{status="401"}']) >= 2


def test_figures_are_read_by_those_who_have_the_token(server: Served) -> None:
    token = (server.folder / "metrics-token").read_text().strip()
    before = server_figures(server.url, token=token, service="iris")["default"]["v1"]
    server.call("2")
    server.call("-2")
    after = server_figures(server.url, token=token, service="iris")["default"]["v1"]
    assert (after.requests, after.errors) == (before.requests + 2, before.errors + 1)
    assert after.seconds > before.seconds
    assert server_figures(server.url, token=token, service="other") == {}
    with pytest.raises(ServiceRefusedError):
        server_figures(server.url, token="wrong", service="iris")
    with pytest.raises(ServiceUnreachableError):
        server_figures("http://127.0.0.1:1", token=token, service="iris")
