"""A bench that runs scripts in the real sandbox, in the default environment."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from textwrap import dedent
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from studiolo.environments.build import default_environment
from studiolo.sandbox.job import Failure, Job, Outcome
from studiolo.sandbox.memory_file import MemoryFile
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace import LocalWorkshop, RunSettings


class Bench:
    """Runs scripts one after the other and says how they went."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def run(
        self,
        source: str,
        *,
        dataset1: pa.Table | None = None,
        dataset2: pa.Table | None = None,
        bundle: Mapping[str, str | bytes] | None = None,
        **options: Any,
    ) -> Outcome:
        """Run a script, indented as the test is; ``bundle`` holds the zip's members by name."""
        tables = {"dataset1": dataset1, "dataset2": dataset2}
        with ExitStack() as files:
            job = Job(
                source=dedent(source).lstrip("\n"),
                inputs={
                    port: files.enter_context(MemoryFile.of_table(table, port))
                    for port, table in tables.items()
                    if table is not None
                },
                bundle=None
                if bundle is None
                else files.enter_context(MemoryFile.of_bytes(zipped(bundle), "bundle")),
                **options,
            )
            return self._sandbox.run(job)

    def table(self, source: str, **options: Any) -> pa.Table:
        """Run a script that succeeds; its Results Dataset."""
        outcome = self.run(source, **options)
        assert outcome.failure is None, outcome.failure
        return outcome.tables["results_dataset"]

    def console(self, source: str, **options: Any) -> str:
        """Run a script that succeeds; what it printed."""
        outcome = self.run(source, **options)
        assert outcome.failure is None, outcome.failure
        return outcome.device.console

    def failure(self, source: str, **options: Any) -> Failure:
        """Run a script that fails; how."""
        outcome = self.run(source, **options)
        assert outcome.failure is not None, outcome
        assert not outcome.tables
        return outcome.failure


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(scope="session", params=[0, 1], ids=["cold", "warm"])
def each_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A sandbox that has imported pandas only, then one with the usual libraries."""
    workshop = LocalWorkshop(RunSettings(warm=request.param))
    with workshop.sandbox_for(default_environment()) as sandbox:
        yield Bench(sandbox)


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """A sandbox with the usual libraries imported."""
    workshop = LocalWorkshop(RunSettings(warm=1))
    with workshop.sandbox_for(default_environment()) as sandbox:
        yield Bench(sandbox)


@pytest.fixture(scope="session")
def one() -> pa.Table:
    """What the tests connect to Dataset1."""
    return pa.table({"name": ["first"]})


@pytest.fixture(scope="session")
def two() -> pa.Table:
    """What the tests connect to Dataset2."""
    return pa.table({"name": ["second"]})


def frame(**columns: Any) -> Callable[[], pd.DataFrame]:
    """A frame of these columns."""
    return lambda: pd.DataFrame(columns)
