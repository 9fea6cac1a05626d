"""A server for the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.server.servers import Served, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One endpoint without other limits than the usual ones."""
    folder: Path = tmp_path_factory.mktemp("server")
    with serving(folder) as served:
        yield served
