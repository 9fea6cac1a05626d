"""Runs scripts in the real sandbox, in the default environment."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from textwrap import dedent
from typing import Any

import pyarrow as pa
import pytest

from studiolo.environments.building.build import default_environment
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.exchange.job import Failure, Job, Outcome
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory


@pytest.fixture(scope="session")
def warm_sandbox() -> Iterator[Sandbox]:
    """One that has imported the usual libraries before any run."""
    factory = LocalSandboxFactory(RunSettings(warm=1))
    with factory.sandbox_for(default_environment()) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def cold_sandbox() -> Iterator[Sandbox]:
    """One that has imported pandas only."""
    factory = LocalSandboxFactory(RunSettings(warm=0))
    with factory.sandbox_for(default_environment()) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def run(warm_sandbox: Sandbox) -> Callable[..., Outcome]:
    """Runs a script, which may be indented as the test is."""

    def run_once(source: str, **options: Any) -> Outcome:
        return _run(warm_sandbox, source, **options)

    return run_once


@pytest.fixture(scope="session", params=["cold", "warm"])
def run_in_each(request: pytest.FixtureRequest) -> Callable[..., Outcome]:
    """Runs a script in a sandbox that has imported its libraries, and in one that has not."""
    sandbox: Sandbox = request.getfixturevalue(f"{request.param}_sandbox")

    def run_once(source: str, **options: Any) -> Outcome:
        return _run(sandbox, source, **options)

    return run_once


@pytest.fixture(scope="session")
def table_of(run: Callable[..., Outcome]) -> Callable[..., pa.Table]:
    """Runs a script that succeeds; gives its Results Dataset."""

    def table(source: str, **options: Any) -> pa.Table:
        outcome = run(source, **options)
        assert outcome.failure is None, outcome.failure
        return outcome.tables["results_dataset"]

    return table


@pytest.fixture(scope="session")
def console_of(run: Callable[..., Outcome]) -> Callable[..., str]:
    """Runs a script that succeeds; gives what it printed."""

    def console(source: str, **options: Any) -> str:
        outcome = run(source, **options)
        assert outcome.failure is None, outcome.failure
        return outcome.device.console

    return console


@pytest.fixture(scope="session")
def failure_of(run: Callable[..., Outcome]) -> Callable[..., Failure]:
    """Runs a script that fails; gives how."""

    def failure(source: str, **options: Any) -> Failure:
        outcome = run(source, **options)
        assert outcome.failure is not None, outcome
        assert not outcome.tables
        return outcome.failure

    return failure


@pytest.fixture(scope="session")
def one() -> pa.Table:
    """What the tests connect to Dataset1."""
    return pa.table({"name": ["first"]})


@pytest.fixture(scope="session")
def two() -> pa.Table:
    """What the tests connect to Dataset2."""
    return pa.table({"name": ["second"]})


def _run(
    sandbox: Sandbox,
    source: str,
    *,
    dataset1: pa.Table | None = None,
    dataset2: pa.Table | None = None,
    bundle: Mapping[str, str | bytes] | bytes | None = None,
    on_console: Callable[[str], None] | None = None,
    **options: Any,
) -> Outcome:
    """``bundle`` is a zip, or its members by name."""
    tables = {"dataset1": dataset1, "dataset2": dataset2}
    archive = zipped(bundle) if isinstance(bundle, Mapping) else bundle
    with ExitStack() as files:
        job = Job(
            source=dedent(source).lstrip("\n"),
            inputs={
                port: files.enter_context(MemoryFile.of_table(table, port))
                for port, table in tables.items()
                if table is not None
            },
            bundle=None
            if archive is None
            else files.enter_context(MemoryFile.of_bytes(archive, "bundle")),
            **options,
        )
        return sandbox.run(job, on_console=on_console)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip of these members, by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
