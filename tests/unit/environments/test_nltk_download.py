"""NLTK's data from the network: what the index describes, or nothing."""

import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from studiolo.environments.data.errors import DataDownloadError, DataUnknownError
from studiolo.environments.data.kept_data import KeptData


def _zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("stopwords/english", b"the\nof\n")
    return content.getvalue()


DATA = _zipped()
MD5, SHA256 = (hashlib.new(kind, DATA).hexdigest() for kind in ("md5", "sha256"))
_LINE = '<package id="{}" subdir="corpora" url="{}" size="{}" {}/>'
_PACKAGES = (
    ("stopwords", "data.zip", len(DATA), f'checksum="{MD5.upper()}"'),
    ("changed", "data.zip", len(DATA), f'checksum="{MD5}" sha256_checksum="{"0" * 64}"'),
    ("unchecked", "data.zip", len(DATA), ""),
    ("longer", "data.zip", len(DATA) - 1, f'sha256_checksum="{SHA256}"'),
    ("lost", "lost.zip", 1, f'checksum="{MD5}"'),
    ("local", "file:///etc/passwd", 1, f'checksum="{MD5}"'),
    ("../out", "data.zip", len(DATA), f'checksum="{MD5}"'),
)
_INDEX = "<nltk_data>" + "".join(_LINE.format(*one) for one in _PACKAGES) + "</nltk_data>"
_CONTENTS = {"/index.xml": _INDEX.encode(), "/data.zip": DATA, "/page": b"<html><br>"}


class _Data(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = _CONTENTS.get(self.path)
        self.send_response(200 if content is not None else 404)
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Data)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_what_the_index_describes_is_added(site: str, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    added = KeptData(tmp_path).download(
        ["stopwords"], index=f"{site}/index.xml", progress=lambda *one: told.append(one)
    )
    assert added == ["corpora/stopwords"]
    file = tmp_path / "data" / "nltk" / "corpora" / "stopwords" / "english"
    assert file.read_bytes() == b"the\nof\n"
    assert told == [("stopwords", len(DATA))]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("changed", "its sha256 checksum is not the one that the index gives"),
        ("unchecked", "its md5 checksum"),
        ("longer", "it has more than"),
        ("lost", "the server answered 404 Not Found"),
        ("local", "it is not a web address"),
    ],
)
def test_anything_else_adds_nothing(site: str, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(DataDownloadError, match=said) as raised:
        KeptData(tmp_path).download(["stopwords", name], index=f"{site}/index.xml")
    assert "--from nltk_data" in str(raised.value)
    assert KeptData(tmp_path).names() == []


def test_an_index_that_is_none_and_a_name_that_it_does_not_have(site: str, tmp_path: Path) -> None:
    data = KeptData(tmp_path)
    with pytest.raises(DataDownloadError, match="not an index of NLTK's data"):
        data.download(["stopwords"], index=f"{site}/page")
    with pytest.raises(DataDownloadError, match="Connection refused"):
        data.download(["stopwords"], index="http://127.0.0.1:1/index.xml")
    for name in ("stopword", "../out"):
        with pytest.raises(DataUnknownError):
            data.download([name], index=f"{site}/index.xml")
