"""The files of the built front end: what a browser may keep, load and run."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from studiolo.server.access.sessions import Sessions
from studiolo.server.page.files import page_routes


def get(folder: Path, address: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        application = FastAPI()
        application.include_router(page_routes(Sessions(folder / "server"), folder / "built"))
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(address, headers=headers)

    return asyncio.run(ask())


@pytest.fixture
def built(tmp_path: Path) -> Path:
    assets = tmp_path / "built" / "assets"
    assets.mkdir(parents=True)
    (assets.parent / "index.html").write_text("<!doctype html><title>Studio</title>")
    (assets.parent / "favicon.svg").write_text("<svg/>")
    (assets / "index-1a2b.js").write_text("let whole")
    (assets / "index-1a2b.js.br").write_bytes(b"brotli")
    (assets / "index-1a2b.js.gz").write_bytes(b"gzip")
    (tmp_path / "secret.js").write_text("secret")
    return tmp_path


@pytest.mark.parametrize(
    "address",
    ["/", "/signin", "/experiments/a%2Fb/nodes/c", "/runs/1", "/services/x/dashboard", "/settings"],
)
def test_each_page_is_the_built_one(built: Path, address: str) -> None:
    answer = get(built, address)
    assert "<title>Studio</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_canvas_is_asked_for_together_with_its_scripts(built: Path) -> None:
    (built / "built" / "canvas.html").write_text("<!doctype html><title>Canvas</title>")
    answer = get(built, "/experiments/a%2Fb%20%ED%95%9C'")
    assert "<title>Canvas</title>" in answer.text
    address = "/api/experiments/a%2Fb%20%ED%95%9C'"
    assert answer.headers["link"] == f"<{address}>; rel=preload; as=fetch; crossorigin"
    assert answer.headers["cache-control"] == "no-cache"
    for other in ("/experiments", "/experiments/a/nodes/b", "/datasets/a"):
        assert "<title>Studio</title>" in get(built, other).text


def test_a_file_whose_name_tells_its_content_is_kept_for_ever(built: Path) -> None:
    answer = get(built, "/assets/index-1a2b.js", **{"Accept-Encoding": "identity"})
    assert answer.text == "let whole"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert get(built, "/favicon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, br", "br"), ("gzip;q=1", "gzip")])
def test_what_the_build_compressed_is_sent_so(built: Path, accepted: str, coding: str) -> None:
    async def raw() -> tuple[str, str]:
        application = FastAPI()
        application.include_router(page_routes(Sessions(built / "server"), built / "built"))
        transport = httpx.ASGITransport(application)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
            client.stream(
                "GET", "/assets/index-1a2b.js", headers={"Accept-Encoding": accepted}
            ) as answer,
        ):
            return answer.headers["content-encoding"], answer.headers["vary"]

    assert asyncio.run(raw()) == (coding, "Accept-Encoding")


@pytest.mark.parametrize(
    "address",
    ["/assets/../../secret.js", "/assets/%2e%2e/%2e%2e/secret.js", "/assets/missing.js", "/x.py"],
)
def test_nothing_else_is_a_file(built: Path, address: str) -> None:
    assert get(built, address).status_code == 404


def test_without_a_built_page_it_says_how_to_build_one(tmp_path: Path) -> None:
    answer = get(tmp_path, "/experiments/rank-features")
    assert "make frontend" in answer.text
