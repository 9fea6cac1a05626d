"""The engine of this machine, with its real sandboxes, keeps the contract of engines."""

import functools

import pytest

from studiolo.runs.engines.engine import Engine
from studiolo.runs.engines.local_engine import LocalEngine
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory

from .contract import EngineContract


class TestLocalEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return LocalEngine(functools.cache(LocalSandboxFactory))
