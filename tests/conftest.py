import os

import hypothesis
import pytest

from studiolo.environments.building.build import default_environment as build_default_environment
from studiolo.environments.environment import Environment
from studiolo.environments.named.named_environments import NamedEnvironments
from studiolo.environments.request import EnvironmentRequest
from studiolo.environments.script_environment import environment_for

# A time limit for an example says more of the machine than of the code; and CI has to judge the
# same examples each time, so a few are enough. New ones are found wherever else the tests are run.
hypothesis.settings.register_profile("studiolo", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, max_examples=30)
hypothesis.settings.load_profile("ci" if "CI" in os.environ else "studiolo")


@pytest.fixture(scope="session")
def default_environment() -> Environment:
    """The environment of scripts that ask for nothing; the first build takes a minute."""
    return build_default_environment()


@pytest.fixture(scope="session")
def classic_environment() -> Environment:
    """The environment of scripts of 2015 to 2020."""
    return environment_for(EnvironmentRequest(base=NamedEnvironments(None).spec("classic")))
