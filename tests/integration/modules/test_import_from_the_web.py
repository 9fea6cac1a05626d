"""Import Data with addresses: the web, met through what the node may reach and is given."""

import contextlib
import gzip
import http.server
import io
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.workspace.sandboxes.secret_store import SecretStore
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

TOKEN = "t0ken-of-the-tests"  # of no account
TABLE = pa.table({"big": [2**60 + 1, None], "word": ["é", None], "yes": [True, None]})


def _parquet() -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(TABLE, buffer)
    return buffer.getvalue()


def _sqlite() -> bytes:
    """A database that was written with a write-ahead log, as servers do it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sales.db"
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("pragma journal_mode = wal")
            database.execute("create table sales (id, word, price, photo, mixed, none)")
            rows = [
                (2**60 + 1, "007", 1.5, b"a", 1),
                (None, None, 2, None, "x"),
                (3, "", None, b"", 2),
            ]
            database.executemany("insert into sales values (?, ?, ?, ?, ?, null)", rows)
            database.commit()
        return file.read_bytes()


CSV = b"code,n,x\n007,1,1.5\n010,,2\n"
CONTENTS = {
    "/rows.csv": CSV,
    "/bare.csv": b"1,a\n2,b\n",
    "/rows.csv.gz": gzip.compress(CSV),
    "/with%20blank/%ED%95%9C.csv?q=%C3%A9": b"n\n1\n",
    "/rows.tsv": CSV.replace(b",", b"\t"),
    "/rows.parquet": _parquet(),
    "/sales.db": _sqlite(),
    "/page": b"<!DOCTYPE html><html>Sign in</html>",
    "/latin.csv": b"n\ncaf\xe9\n",
    "/damaged.gz": gzip.compress(CSV)[:-9],
    "/empty.csv": b"",
}
#: The parameters of a node, and the columns that it gives.
READ = {
    "rows": ("address: http://data.example.com/rows.csv", None),
    "packed": ("address: http://data.example.com/rows.csv.gz", None),
    "tabs": ("address: http://data.example.com/rows.tsv, data_format: TSV", None),
    "moved": ("address: http://data.example.com/moved", None),
    "parquet": (
        "address: http://data.example.com/rows.parquet, data_format: Parquet",
        TABLE.to_pydict(),
    ),
    "bare": (
        "address: http://data.example.com/bare.csv, has_header: false",
        {"Col1": [1, 2], "Col2": ["a", "b"]},
    ),
    "database": (
        "address: http://data.example.com/sales.db, data_format: SQLite, "
        "query: 'select id, word, price, photo, none from sales'",
        {
            "id": [2**60 + 1, None, 3],
            "word": ["007", None, ""],
            "price": [1.5, 2.0, None],
            "photo": [b"a", None, b""],
            "none": [None] * 3,
        },
    ),
    "letters": ('address: "http://data.example.com/with blank/한.csv?q=é"', {"n": [1]}),
    "private": (
        "address: http://data.example.com/private, authentication: Bearer token, secret: TOKEN",
        None,
    ),
}
ROWS = {"code": ["007", "010"], "n": [1, None], "x": [1.5, 2.0]}
SQL = "data_format: SQLite, query:"
AT = "address: http://data.example.com"
#: The parameters of a node, the code of its failure, and parts of its message.
REFUSED = {
    "nothing": ("", "module-refused", "Give a file of the workspace, or an address"),
    "both": (f"file: here.csv, {AT}/rows.csv", "module-refused", "Leave one of them empty"),
    "no address": ("address: data.example.com/a.csv", "module-refused", "Write it whole"),
    "a file": ("address: file:///etc/passwd", "module-refused", "Write it whole"),
    "bad port": ("address: http://a.example:x/", "module-refused", "is not a web address"),
    "password": ("address: http://me:pw@a.example/", "module-refused", "Use a secret"),
    "other host": ("address: http://other.example.com/", "target-unreachable", "other.example.com"),
    "lost": (f"{AT}/lost.csv?key=hush", "module-refused", "/lost.csv answered 404 Not Found."),
    "page": (f"{AT}/page", "module-refused", "can't be read as CSV: it is a web page"),
    "latin": (f"{AT}/latin.csv", "module-refused", "byte 6, 0xe9, is not UTF-8"),
    "damaged": (f"{AT}/damaged.gz", "module-refused", "damaged gzip file"),
    "empty": (f"{AT}/empty.csv", "module-refused", "it is empty"),
    "no parquet": (f"{AT}/rows.csv, data_format: Parquet", "module-refused", "as Parquet"),
    "no query": (f"{AT}/sales.db, data_format: SQLite", "module-refused", "it needs a query"),
    "no database": (
        f"{AT}/rows.csv, {SQL} 'select 1'",
        "module-refused",
        "not the file of a SQLite",
    ),
    "no table": (f"{AT}/sales.db, {SQL} 'select * from x'", "module-refused", "no such table: x"),
    "query": (f"{AT}/rows.csv, query: 'select 1'", "module-refused", "only a database takes a"),
    "no rows": (f"{AT}/sales.db, {SQL} 'delete from sales'", "module-refused", "returns no table"),
    "several": (f"{AT}/sales.db, {SQL} 'select mixed from sales'", "module-refused", "(int, str)"),
    "cut off": (f"{AT}/cut", "module-refused", "not whole: IncompleteRead"),
    "to elsewhere": (f"{AT}/elsewhere", "target-unreachable", "elsewhere.example.com"),
    "unnamed": (f"{AT}/private, authentication: Bearer token", "module-refused", "Give its name"),
    "unused": (f"{AT}/rows.csv, secret: TOKEN", "module-refused", "has no use"),
    "not given": (
        f"{AT}/private, authentication: Bearer token, secret: OTHER",
        "module-refused",
        "studiolo secret set OTHER",
    ),
    "not carried away": (
        f"{AT}/moved, authentication: Bearer token, secret: TOKEN",
        "module-refused",
        "/moved answered 302 Found",
    ),
}


class _Data(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = CONTENTS.get(self.path)
        target = {"/moved": "/rows.csv", "/elsewhere": "http://elsewhere.example.com/"}
        if self.path == "/private" and self.headers["Authorization"] == f"Bearer {TOKEN}":
            content = CSV
        if self.path in target:
            self.send_response(302)
            self.send_header("Location", target[self.path])
        else:
            self.send_response(200 if content is not None or self.path == "/cut" else 404)
        self.send_header(
            "Content-Length", "10" if self.path == "/cut" else str(len(content or b""))
        )
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExperimentResult]:
    """A run of all nodes at once."""
    place = tmp_path_factory.mktemp("web")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Data)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = WorkspaceFolder(place / "workspace")
    folder.dataset("here.csv", "n\n1\n")
    allow = f'allow: ["data.example.com:80=127.0.0.1:{server.server_address[1]}"]'
    nodes = [
        f"{name}: {{module: import-data, parameters: {{{parameters}}}, {allow}, secrets: [TOKEN]}}"
        for name, (parameters, *_) in {**READ, **REFUSED}.items()
    ]
    nodes.append(f"alone: {{module: import-data, parameters: {{{AT}/rows.csv}}}}")
    folder.experiment("\n".join(nodes))
    store = SecretStore(place / "secrets")
    store.set("TOKEN", TOKEN)
    with pytest.MonkeyPatch.context() as patch, Workspace(folder.root) as workspace:
        patch.setattr("studiolo.workspace.sandboxes.secret_store.SecretStore", lambda: store)
        yield workspace.run(workspace.experiment("experiment"))
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _needs_user_namespaces(ran: ExperimentResult) -> None:
    failure = ran["rows"].failure
    if failure is not None and failure.code == NetworkUnavailableError.code:
        pytest.skip("this machine has no user namespaces")


@pytest.mark.parametrize("name", READ)
def test_data_of_an_address_are_a_dataset(ran: ExperimentResult, name: str) -> None:
    assert ran[name].failure is None, ran[name].failure
    assert ran[name].dataset().table.to_pydict() == (READ[name][1] or ROWS)


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_what_is_wrong(ran: ExperimentResult, name: str) -> None:
    failure = ran[name].failure
    assert failure is not None
    _, code, part = REFUSED[name]
    assert (failure.code, part in failure.message) == (code, True), failure.message
    assert TOKEN not in str(failure)
    assert "hush" not in failure.message


def test_a_node_without_allowance_names_the_one_that_it_needs(ran: ExperimentResult) -> None:
    failure = ran["alone"].failure
    assert failure is not None
    assert failure.code == "network-refused"
    assert 'allow: ["data.example.com:80"]' in failure.message
