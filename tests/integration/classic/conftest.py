"""Runs scripts in the real sandbox, in the environment `classic`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from textwrap import dedent
from typing import Any

import pyarrow as pa
import pytest

from studiolo.environments.environment import Environment
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.exchange.job import Job, Outcome
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory

Run = Callable[..., Outcome]


@pytest.fixture(scope="session")
def classic_sandbox(classic_environment: Environment) -> Iterator[Sandbox]:
    """One for all tests of this folder."""
    with LocalSandboxFactory(RunSettings()).sandbox_for(classic_environment) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def run(classic_sandbox: Sandbox) -> Run:
    """Runs a script, which may be indented as the test is, on frames."""

    def run_once(source: str, *inputs: pa.Table, **options: Any) -> Outcome:
        ports = {f"dataset{place}": table for place, table in enumerate(inputs, start=1)}
        with ExitStack() as files:
            given = {
                port: files.enter_context(MemoryFile.of_table(table, port))
                for port, table in ports.items()
            }
            return classic_sandbox.run(Job(source=dedent(source), inputs=given, **options))

    return run_once
