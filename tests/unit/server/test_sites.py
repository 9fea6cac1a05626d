"""Pages of other sites can't use a browser to call the server."""

import httpx
import pytest
from starlette.datastructures import Headers
from tests.unit.server.servers import BODY, PRIMARY, Served, error_of

from studiolo.server.http.sites import Sites

SITES = Sites(["scoring.example.org"])


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("localhost:8765", True),
        ("LOCALHOST.:80", True),
        ("127.0.0.1:8765", True),
        ("[::1]:8765", True),
        ("192.168.1.5", True),
        ("scoring.example.org", True),
        ("scoring.example.org:443", True),
        ("evil.example.org", False),
        ("scoring.example.org.evil.org", False),
        ("127.0.0.1.evil.org", False),
        ("localhost@evil.org", False),
        ("localhost:80:80", False),
        ("", False),
    ],
)
def test_hosts(host: str, known: bool) -> None:
    assert SITES.is_host(Headers({"host": host})) is known


def test_no_host_and_two_hosts_are_unknown() -> None:
    assert not SITES.is_host(Headers({}))
    raw = [(b"host", b"localhost"), (b"host", b"evil.org")]
    assert not SITES.is_host(Headers(raw=raw))


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({"origin": "http://localhost:8765"}, False),
        ({"origin": "http://localhost:9999"}, True),
        ({"origin": "https://evil.org"}, True),
        ({"origin": "null"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost:8765"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}, False),
        (
            {"sec-fetch-site": "cross-site", "sec-fetch-dest": "document", "origin": "null"},
            True,
        ),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], elsewhere: bool) -> None:
    given = Headers({"host": "localhost:8765", **headers})
    assert SITES.comes_from_elsewhere(given) is elsewhere


@pytest.mark.parametrize("host", ["scoring.example.org", "scoring.example.org:443"])
def test_behind_a_proxy_that_ends_tls_its_own_pages_may_call(host: str) -> None:
    given = Headers({"host": host, "origin": "https://scoring.example.org"})
    assert not SITES.comes_from_elsewhere(given)


def test_the_server_refuses_what_does_not_come_from_its_own_pages(server: Served) -> None:
    key = {"Authorization": f"Bearer {PRIMARY.reveal()}"}
    answer = httpx.post(server.execute, json=BODY, headers={**key, "Host": "evil.example.org"})
    assert answer.status_code == 421
    assert error_of(answer) == ("BadArgument", "HostUnknown")
    answer = httpx.post(server.execute, json=BODY, headers={**key, "Origin": "https://evil.org"})
    assert answer.status_code == 403
    assert error_of(answer) == ("Unauthorized", "SiteRefused")


def test_no_page_elsewhere_may_read_an_answer(server: Served) -> None:
    preflight = {"Origin": "https://evil.org", "Access-Control-Request-Method": "POST"}
    for answer in (
        httpx.options(server.execute, headers=preflight),
        httpx.get(f"{server.url}/health", headers={"Origin": "https://evil.org"}),
        server.call(),
    ):
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
