from pathlib import Path

import pytest

from studiolo.environments.environment import Environment

from .command_line import CommandLine


@pytest.fixture
def studiolo(tmp_path: Path, default_environment: Environment) -> CommandLine:
    """The command line in an empty folder; the environment of scripts is there already."""
    return CommandLine(tmp_path)
