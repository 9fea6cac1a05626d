"""Who comes in: by the link, by a cookie, by the token, and nobody else."""

import io
import logging
import stat
import time
from pathlib import Path

import httpx
import pytest
from tests.unit.server.api.studios import ServedStudio

from studiolo.server.access.sessions import MOST_SESSIONS, SESSION_SECONDS, Sessions
from studiolo.server.openapi import openapi_document
from studiolo.server.watching.logs import ACCESS, logged

ROUTES = [
    (method, path) for path, methods in openapi_document()["paths"].items() for method in methods
]
#: What a browser is told about every answer that is not one of our pages.
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; sandbox"
JSON = "application/json"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_answers_those_who_are_not_signed_in(
    studio: ServedStudio, method: str, path: str
) -> None:
    with studio.signed_out() as client:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": "a=b"}):
            answer = client.request(method, f"/api{path}", headers=headers)
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "signed-out"
            assert answer.headers["content-security-policy"] == NOTHING_RUNS


def test_the_link_signs_a_browser_in_and_leaves_no_token_in_its_address(
    studio: ServedStudio,
) -> None:
    with studio.signed_out() as browser:
        answer = browser.get(f"/signin?token={studio.sessions.token}")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        said = answer.headers["set-cookie"].lower()
        assert "httponly" in said
        assert "samesite=strict" in said
        assert "path=/" in said
        assert studio.sessions.token not in answer.headers["set-cookie"]
        assert browser.get("/api/session").json() == {"signed_in": True}


def test_a_wrong_token_signs_nobody_in(studio: ServedStudio) -> None:
    with studio.signed_out() as browser:
        answer = browser.get("/signin?token=wrong")
        assert answer.headers["location"] == "/signin?refused=1"
        assert "set-cookie" not in answer.headers
        for body in (b'{"token": "wrong"}', b"{", b"[]", b'{"token": 1}'):
            answer = browser.post("/signin", content=body)
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "token-refused"


def test_a_form_signs_in_and_signing_out_ends_the_session(studio: ServedStudio) -> None:
    with studio.signed_out() as browser:
        answer = browser.post("/signin", json={"token": studio.sessions.token})
        assert answer.status_code == 204
        cookie = browser.cookies[studio.sessions.cookie]
        assert browser.get("/api/session").status_code == 200
        assert browser.post("/signout").status_code == 204
    # Also for those who have kept the cookie.
    kept = {"Cookie": f"{studio.sessions.cookie}={cookie}"}
    assert httpx.get(f"{studio.url}/api/session", headers=kept).status_code == 401


def test_a_change_by_cookie_comes_from_a_page_of_the_studio(studio: ServedStudio) -> None:
    cookie = {"Cookie": f"{studio.sessions.cookie}={studio.sessions.begin()}"}
    ours = {"Origin": studio.url, "X-Studiolo-Session": "1"}

    def post(headers: dict[str, str]) -> httpx.Response:
        return httpx.post(f"{studio.url}/api/experiments", headers=headers, json={"name": "/"})

    for missing in ({}, {"Origin": studio.url}, {"X-Studiolo-Session": "1"}):
        answer = post({**cookie, **missing})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "site-refused")
    elsewhere = post({**cookie, **ours, "Origin": "http://127.0.0.1:1"})
    assert elsewhere.status_code == 403
    # It gets as far as its name.
    assert post({**cookie, **ours}).json()["error"]["code"] == "experiment-name"


def test_a_page_of_another_site_reads_nothing_either(studio: ServedStudio) -> None:
    cookie = {"Cookie": f"{studio.sessions.cookie}={studio.sessions.begin()}"}
    headers = {**cookie, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "empty"}
    assert httpx.get(f"{studio.url}/api/workspace", headers=headers).status_code == 403
    rebound = {**cookie, "Host": "evil.example.org"}
    assert httpx.get(f"{studio.url}/api/workspace", headers=rebound).status_code == 421


def test_a_wrong_token_is_not_made_good_by_a_cookie(studio: ServedStudio) -> None:
    answer = studio.browser.get("/api/session", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


def test_the_token_is_in_no_log(studio: ServedStudio) -> None:
    lines = io.StringIO()
    with logged(lines), studio.signed_out() as browser:
        assert ACCESS.isEnabledFor(logging.INFO)
        browser.get(f"/signin?token={studio.sessions.token}")
        browser.post("/signin", json={"token": studio.sessions.token})
        cookie = browser.cookies[studio.sessions.cookie]
        browser.get("/api/session", headers={"Authorization": f"Bearer {studio.sessions.token}"})
        browser.get("/api/session")
        # A request is written down after it has been answered.
        while lines.getvalue().count("/api/session") < 2:
            time.sleep(0.01)
    written = lines.getvalue()
    assert studio.sessions.token not in written
    assert cookie not in written


def test_a_large_body_is_refused_before_it_is_read(studio: ServedStudio) -> None:
    answer = studio.program.post("/experiments", content=b" " * (17 << 20))
    assert answer.status_code == 413


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    Sessions(folder).begin()
    for name in ("token", "sessions.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_sessions_and_the_token_survive_a_restart(tmp_path: Path) -> None:
    before = Sessions(tmp_path)
    cookie = f"{before.cookie}={before.begin()}"
    after = Sessions(tmp_path)
    assert after.token == before.token
    assert after.is_open(cookie)
    # What the file has opens nothing.
    assert cookie.partition("=")[2] not in (tmp_path / "sessions.json").read_text()


def test_a_damaged_file_signs_people_out(tmp_path: Path) -> None:
    (tmp_path / "sessions.json").write_text("{")
    assert not Sessions(tmp_path).is_open("x=y")


def test_a_session_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(tmp_path)
    cookie = f"{sessions.cookie}={sessions.begin()}"
    assert sessions.is_open(cookie)
    later = time.time() + SESSION_SECONDS + 1
    monkeypatch.setattr("studiolo.server.access.sessions.time.time", lambda: later)
    assert not sessions.is_open(cookie)


def test_there_are_only_so_many_sessions(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    first = f"{sessions.cookie}={sessions.begin()}"
    for _ in range(MOST_SESSIONS):
        last = f"{sessions.cookie}={sessions.begin()}"
    assert not sessions.is_open(first)
    assert sessions.is_open(last)


def test_a_person_who_mistypes_an_address_sees_a_page(studio: ServedStudio) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    with studio.signed_out() as browser:
        for address in ("/experimentz", "/experimentz/a/b", "/x.py"):
            answer = browser.get(address, headers=accept)
            assert answer.status_code == 404
            assert answer.headers["content-type"].startswith("text/html")
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            # Programs read the error.
            assert browser.get(address).json()["error"]["code"] == "NotFound"
            assert browser.post(address, headers=accept).headers["content-type"].startswith(JSON)
        for address in ("/api/nothing", "/workspaces/w/nothing", "/assets/nothing.js"):
            answer = browser.get(address, headers=accept)
            assert answer.status_code in (401, 404)
            assert answer.headers["content-type"].startswith(JSON)
