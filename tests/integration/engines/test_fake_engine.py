"""The engine for tests keeps the contract of engines."""

from collections.abc import Mapping
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from studiolo.runs.engines.engine import Engine

from .contract import EngineContract
from .fake_engine import FakeEngine, FakeRun, StepFailedError


def plus(tables: Mapping[str, pa.Table], run: FakeRun) -> pa.Table:
    return tables["dataset1"].set_column(0, "n", pc.add(tables["dataset1"]["n"], 1))


def fail(tables: Mapping[str, pa.Table], run: FakeRun) -> pa.Table:
    raise StepFailedError("script-exception", "no")


def say(tables: Mapping[str, pa.Table], run: FakeRun) -> pa.Table:
    for number in range(5):
        run.say(f"line {number}\n")
    return tables["dataset1"]


def hang(tables: Mapping[str, pa.Table], run: FakeRun) -> pa.Table:
    run.say("begun\n")
    run.hang()
    return tables["dataset1"]


SCRIPTS = {"plus.py": plus, "fail.py": fail, "say.py": say, "hang.py": hang}


class TestFakeEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return cast("Engine", FakeEngine(scripts=SCRIPTS))
