"""Runs Execute Python Script: reads what is connected, runs the script, gives back datasets."""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.invariants import check_dataset
from studiolo.datasets.reading.bundle import read_bundle
from studiolo.datasets.reading.files import DatasetFile
from studiolo.environments.environment import Environment
from studiolo.modules.script import Script, read_script
from studiolo.modules.script_metadata import read_script_metadata
from studiolo.runs.errors import DatasetUnsuitableError
from studiolo.runs.sandbox_factory import Environments, SandboxFactory
from studiolo.runs.scripts.circumstances import Circumstances
from studiolo.runs.scripts.environment_choice import AUTO, chosen_environment
from studiolo.runs.scripts.explanation import explained
from studiolo.runs.scripts.old_code_notes import notes_before
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.sandbox.exchange.job import Job, Outcome, PortBinding
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    import pandas as pd

    #: What can be connected to a dataset port: a file, or what is in memory already.
    DatasetSource = Path | str | DatasetFile | Dataset | pa.Table | pd.DataFrame


class ScriptRunner:
    """Runs scripts, in one sandbox per environment, kept between runs. Close it when done."""

    def __init__(self, factory: SandboxFactory, environments: Environments) -> None:
        self._factory = factory
        self._environments = environments
        self._lock = threading.RLock()
        self._sandboxes: dict[object, Sandbox] = {}

    def run(
        self,
        script: Path | str | Script,
        *,
        dataset1: "DatasetSource | None" = None,
        dataset2: "DatasetSource | None" = None,
        script_bundle: Path | str | None = None,
        parameters: Mapping[str, Any] | None = None,
        port_binding: PortBinding | str = PortBinding.CONNECTED,
        environment: str | None = None,
        seed: int | None = None,
        secrets: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        on_note: Callable[[str], None] | None = None,
        on_console: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> ScriptResult:
        """Run a script once. What the script does wrong is in the result, not an exception.

        Args:
            script: Its file, or its text as a `Script`.
            dataset1: The dataset for the first port.
            dataset2: The dataset for the second port.
            script_bundle: A zip of modules and files for the third port.
            parameters: Values for keyword-only parameters of `azureml_main`.
            port_binding: `connected` or `slot`: which argument a lone second dataset becomes.
            environment: The environment to run it in, or `auto`; what its metadata block says if
                not given.
            seed: Gives the same random numbers each time.
            secrets: Environment variables of this run alone, which nothing but what the script
                returns can show.
            limits: Replace the policy's.
            on_note: Gets the lines of the log that are known before the script runs.
            on_console: Gets the script's output while it runs.
            cancelled: Ends the run once it is set.

        Raises:
            StudioloError: An input can't be read, the environment can't be built, or the isolation
                asked for can't be had.
        """
        file = None if isinstance(script, Script) else Path(script)
        if not isinstance(script, Script):
            script = read_script(script)
        metadata = read_script_metadata(script.source)
        if environment is not None:
            metadata = replace(metadata, environment=environment)
        log: list[str] = []
        if metadata.environment == AUTO:
            choice = chosen_environment(script.source)
            metadata = replace(metadata, environment=choice.environment)
            log.append(choice.note)
        request = self._environments.locked(metadata, script=file, progress=self._factory.progress)
        log += request.notes
        used = self._factory.environment_for(request)
        # Before the inputs are read: the interpreter starts beside that.
        sandbox = self._sandbox(used)
        bundle = None if script_bundle is None else read_bundle(script_bundle)
        with ExitStack() as files:
            sources = {"dataset1": dataset1, "dataset2": dataset2}
            inputs = {
                port: SealedTable.of_dataset(_dataset(source, port, log), port)
                for port, source in sources.items()
                if source is not None
            }
            job = Job(
                source=script.source,
                script_name=script.name,
                inputs=inputs,
                bundle=None
                if bundle is None
                else files.enter_context(MemoryFile.of_bytes(bundle, "bundle")),
                parameters=parameters or {},
                port_binding=PortBinding(port_binding),
                nullable=metadata.nullable,
                seed=seed,
                secrets=secrets or {},
            )
            log += notes_before(script.source, bundle, classic=used.classic)
            if on_note is not None:
                for note in log:
                    on_note(note)
            outcome = sandbox.run(job, limits=limits, on_console=on_console, cancelled=cancelled)
            return _result(outcome, Circumstances(environment=used, job=job), log)

    def close(self) -> None:
        """End all sandboxes."""
        with self._lock:
            sandboxes, self._sandboxes = self._sandboxes, {}
        # Some are based on those before them.
        for sandbox in reversed(sandboxes.values()):
            sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sandbox(self, environment: Environment) -> Sandbox:
        with self._lock:
            kind = (environment.key, environment.data)
            if kind not in self._sandboxes:
                base = environment.started_from
                based = None if base is None else self._sandbox(base)
                self._sandboxes[kind] = self._factory.sandbox_for(environment, base=based)
            return self._sandboxes[kind]


def _dataset(source: object, port: str, log: list[str]) -> Dataset:
    if isinstance(source, Path | str):
        source = DatasetFile(path=source)
    if isinstance(source, DatasetFile):
        dataset = source.read()
        log += [f"{port}: {note}" for note in dataset.notes]
        return dataset
    if isinstance(source, pa.Table):
        return check_dataset(source)
    if isinstance(source, Dataset):
        return check_dataset(source.table, roles=source.roles)
    # A caller that has a frame has imported pandas already.
    from studiolo.runs import frames  # noqa: PLC0415

    if frames.is_frame(source):
        return Dataset(
            table=frames.table_of(source, log=lambda line: log.append(f"{port}: {line}"))
        )
    raise DatasetUnsuitableError(port=port, found=f"a {type(source).__name__}")


def _result(outcome: Outcome, ran: Circumstances, log: list[str]) -> ScriptResult:
    facts = {
        **outcome.facts,
        "failure": None if outcome.failure is None else explained(outcome.failure, ran),
        "log": [*log, *outcome.log],
    }
    return ScriptResult(
        **facts,
        datasets={
            port: result.dataset
            for port, result in outcome.results.items()
            if isinstance(result, SealedTable)
        },
        environment=ran.environment.name,
        script=ran.job.script_name,
    )
