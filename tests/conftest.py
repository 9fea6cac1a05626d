import pytest

from studiolo.environments.build import default_environment as build_default_environment
from studiolo.environments.environment import Environment


@pytest.fixture(scope="session")
def default_environment() -> Environment:
    """The environment of scripts that ask for nothing; the first build takes a minute."""
    return build_default_environment()
