from pathlib import Path

import pytest

from studiolo.environments.environment import Environment

from .workspaces import WorkspaceFolder


@pytest.fixture
def place(tmp_path: Path, default_environment: Environment) -> WorkspaceFolder:
    """A new workspace; the environment of scripts is there already."""
    return WorkspaceFolder(tmp_path / "workspace")
