from collections.abc import Iterator

import pytest
from tests.unit.server.api.studios import ServedStudio, served_studio


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStudio]:
    """A server for all tests of a file."""
    with served_studio(tmp_path_factory.mktemp("studio") / "workspace") as served:
        yield served
