from collections.abc import Iterator
from pathlib import Path

import pytest

from studiolo.store.blobs import Blobs
from studiolo.store.records import Records

from .processes import Writers


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A workspace's folder for what is remembered; it isn't there yet."""
    return tmp_path / "work space %41" / ".studiolo"


@pytest.fixture
def records(store: Path) -> Iterator[Records]:
    with Records.open(store) as opened:
        yield opened


@pytest.fixture
def blobs(store: Path) -> Blobs:
    return Blobs(store)


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    with Writers() as started:
        yield started
