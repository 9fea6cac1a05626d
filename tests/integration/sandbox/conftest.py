import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from studiolo.environments.environment import Environment

from .places import POLICY, Here, OrdinaryUser, Place
from .planted import Planted

_WITHHELD = {
    "full": (),
    "plain forks": (),
    "no memory group": ("memory control group",),
    "filtered": ("namespaces",),
    "ordinary user": (),
    "ordinary user, filtered": ("namespaces",),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"}:
        for item in items:
            if item.path.parent.name == "sandbox":
                item.add_marker(pytest.mark.skip(reason="the sandbox is built on Linux"))


@pytest.fixture(scope="session", params=list(_WITHHELD))
def place(request: pytest.FixtureRequest, default_environment: Environment) -> Iterator[Place]:
    """A sandbox at each level that this machine has."""
    name: str = request.param
    withheld = _WITHHELD[name]
    if not name.startswith("ordinary user"):
        prepared = name != "plain forks"
        warm_up = replace(POLICY.warm_up, forks_are_prepared=prepared)
        policy = replace(POLICY, warm_up=warm_up)
        with Here.opened(default_environment, withheld=withheld, policy=policy) as here:
            yield here
    elif os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary user already")
    else:
        process = OrdinaryUser(default_environment, withheld)
        yield process
        process.close()


@pytest.fixture(scope="session")
def full(default_environment: Environment) -> Iterator[Here]:
    """A sandbox with every layer that this machine has."""
    with Here.opened(default_environment) as here:
        if not here.namespaces:
            pytest.skip("this machine has no user namespaces")
        yield here


@pytest.fixture(scope="session")
def filtered(default_environment: Environment) -> Iterator[Here]:
    """A sandbox without namespaces."""
    with Here.opened(default_environment, withheld=("namespaces",)) as here:
        yield here


@pytest.fixture(params=["full", "filtered"])
def either(request: pytest.FixtureRequest) -> Here:
    """The two that differ most, where the other levels would show nothing new."""
    here: Here = request.getfixturevalue(request.param)
    return here


@pytest.fixture(scope="session")
def planted(default_environment: Environment) -> Iterator[Planted]:
    """Secrets of the host that no run may reach."""
    found = Planted(default_environment)
    yield found
    found.remove()
