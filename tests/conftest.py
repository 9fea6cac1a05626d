import os

import hypothesis
import pytest

from studiolo.environments.build import default_environment as build_default_environment
from studiolo.environments.environment import Environment

# A time limit for an example says more of the machine than of the code; and CI has to judge the
# same examples each time. New ones are found wherever else the tests are run.
hypothesis.settings.register_profile("studiolo", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("studiolo")


@pytest.fixture(scope="session")
def default_environment() -> Environment:
    """The environment of scripts that ask for nothing; the first build takes a minute."""
    return build_default_environment()
