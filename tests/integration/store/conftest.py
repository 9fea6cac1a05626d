from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studiolo.store.blobs import Blobs
from studiolo.store.database_address import DatabaseAddress
from studiolo.store.records import Records

from .postgresql_server import PostgresqlServer
from .processes import Writers


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A workspace's folder for what is remembered; it isn't there yet."""
    return tmp_path / "work space %41" / ".studiolo"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> DatabaseAddress | None:
    """Where records are: in the store's own file, or in a schema that is empty."""
    if request.param == "sqlite":
        return None
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return DatabaseAddress(server.new_schema())


@pytest.fixture
def open_records(store: Path, address: DatabaseAddress | None) -> Callable[[], Records]:
    """Opens the records; whoever asks for it runs on each kind of database."""
    return lambda: Records.open(store, address=address)


@pytest.fixture
def records(open_records: Callable[[], Records]) -> Iterator[Records]:
    with open_records() as opened:
        yield opened


@pytest.fixture
def all_bytes(
    request: pytest.FixtureRequest, store: Path, address: DatabaseAddress | None
) -> Callable[[], bytes]:
    """Reads everything that is on the disk of what was recorded, with logs."""

    def read() -> bytes:
        folder = store
        if address is not None:
            server: PostgresqlServer = request.getfixturevalue("postgresql")
            server.execute("CHECKPOINT")
            folder = server.folder
        return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    return read


@pytest.fixture
def blobs(store: Path) -> Blobs:
    return Blobs(store)


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    with Writers() as started:
        yield started
