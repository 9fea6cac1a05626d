"""The handler of one version of a service: rows in, rows out, errors as values.

It knows no transport. Each request runs in processes of its own, forked from zygotes that have
loaded the version's scripts, models and constant datasets; or in workers, if its endpoint asks for
those. Versions share neither.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Protocol, Self

from studiolo.datasets.dataset import Dataset
from studiolo.environments.environment import Environment
from studiolo.environments.progress import ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.experiments.allowance import Allowance
from studiolo.sandbox.errors import ZygoteDiedError
from studiolo.sandbox.exchange.device_table import device_table
from studiolo.sandbox.exchange.job import Connected, Outcome
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.program import Call, Program
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.network.traffic import NetworkConnection
from studiolo.sandbox.sandbox import Sandbox
from studiolo.services.scoring import ScoringFailed, ScoringReply, ScoringRequest, StepTrace
from studiolo.services.serving.errors import ServiceRestartingError
from studiolo.services.versions.frozen_version import FrozenVersion
from studiolo.services.versions.scoring_plan import Stage
from studiolo.store.services.service_record import ServiceIsolation


class ProgramSandboxFactory(Protocol):
    """Makes environments and sandboxes; see `workspace`."""

    def environment_for(
        self,
        request: EnvironmentRequest,
        *,
        progress: ProgressCallback | None = None,
    ) -> Environment:
        """The environment of a script, built if need be."""

    def program_sandbox(
        self,
        environment: Environment,
        program: Program,
        *,
        warm: int,
        several_calls: bool,
        allow: Sequence[Allowance],
    ) -> Sandbox:
        """A new sandbox that serves calls of a program, which may reach these targets."""

    def secrets(self, names: Collection[str]) -> Mapping[str, str]:
        """The secrets of these names, or an error of ours."""


class Handler:
    """Answers requests to one version of a service. For any number of threads; close it when done.

    Its processes start with the constructor, beside whatever the caller does.
    """

    def __init__(
        self,
        version: FrozenVersion,
        factory: ProgramSandboxFactory,
        *,
        warm: int,
        isolation: ServiceIsolation = ServiceIsolation.REQUEST,
        progress: ProgressCallback | None = None,
    ) -> None:
        """Begin to load the version.

        Args:
            version: What to serve.
            factory: What makes environments and sandboxes, with the limits of one request.
            warm: How many processes wait for the next request.
            isolation: Whether each request has processes of its own.
            progress: Told how far the building of an environment is.

        Raises:
            StudioloError: An environment can't be had, or a secret is missing.
        """
        self.schema = version.schema
        self._plan = version.plan
        #: The roles that columns had in the run, by the service's input: callers send none.
        self._roles = {
            name: table.roles
            for stage in version.plan.stages
            for name, table in stage.program.sample.items()
        }
        # They are as they were when the version was loaded, for as long as that is.
        self._secrets = [factory.secrets(stage.secrets) for stage in version.plan.stages]
        several = isolation is ServiceIsolation.WORKER
        self._closing = ExitStack()
        with ExitStack() as failing:
            self._sandboxes = [
                failing.enter_context(_sandbox(stage, factory, warm, several, progress))
                for stage in version.plan.stages
            ]
            self._closing = failing.pop_all()

    def wait_until_ready(self) -> None:
        """Wait until the first request would be answered at once.

        Raises:
            StudioloError: It never will be, such as because a model can't be opened.
        """
        for sandbox in self._sandboxes:
            sandbox.isolation  # noqa: B018

    @property
    def memory(self) -> int:
        """Bytes that its processes have in memory."""
        return sum(sandbox.memory for sandbox in self._sandboxes)

    def score(
        self, request: ScoringRequest, *, cancelled: threading.Event | None = None
    ) -> ScoringReply | ScoringFailed:
        """Answer a request; it ends soon after ``cancelled`` is set.

        Raises:
            ServiceRestartingError: Its process ended, and so did those that were to replace it.
            StudioloError: Nothing could be run at all.
        """
        parameters = self._parameters(request.parameters)
        values: dict[str, Connected] = {
            name: SealedTable.of_dataset(Dataset(table=table, roles=self._roles.get(name, {})))
            for name, table in request.inputs.items()
        }
        steps: list[StepTrace] = []
        notes: list[str] = []
        network: list[NetworkConnection] = []
        for number, (stage, sandbox) in enumerate(
            zip(self._plan.stages, self._sandboxes, strict=True)
        ):
            call = Call(
                inputs={name: _table(values[name]) for name in stage.program.inputs},
                parameters=parameters.get(number, {}),
                secrets=self._secrets[number],
            )
            try:
                outcome = sandbox.call(call, cancelled=cancelled)
            except ZygoteDiedError as died:
                raise ServiceRestartingError(why=died.why) from died
            steps += _traces(stage, outcome)
            notes += outcome.log
            network += outcome.network
            if outcome.failure is not None:
                return ScoringFailed(
                    failure=outcome.failure,
                    node=_failed_node(stage, outcome),
                    steps=steps,
                    notes=notes,
                    network=network,
                )
            values |= outcome.results
            for name, step in stage.devices.items():
                device = outcome.devices[step]
                values[name] = device_table(device.console, device.images)
        found = {name: values[label] for name, label in self._plan.outputs.items()}
        return ScoringReply(
            outputs={name: _table(found[name]).table for name in self.schema.outputs},
            models={name: _model(found[name]) for name in self.schema.models},
            steps=steps,
            notes=notes,
            network=network,
        )

    def close(self) -> None:
        """End its processes, and requests that still run."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _parameters(self, given: Mapping[str, Any]) -> dict[int, dict[int, dict[str, Any]]]:
        """The values of web-service parameters, by stage and step."""
        found: dict[int, dict[int, dict[str, Any]]] = {}
        for name, value in given.items():
            for place in self._plan.parameters[name]:
                step = found.setdefault(place.stage, {}).setdefault(place.step, {})
                step[place.parameter] = value
        return found


def _sandbox(
    stage: Stage,
    factory: ProgramSandboxFactory,
    warm: int,
    several: bool,
    progress: ProgressCallback | None,
) -> Sandbox:
    environment = factory.environment_for(stage.environment, progress=progress)
    # Pictures are looked at when the process that drew them has ended.
    several = several and not stage.devices
    return factory.program_sandbox(
        environment, stage.program, warm=warm, several_calls=several, allow=stage.allow
    )


def _table(value: Connected) -> SealedTable:
    assert isinstance(value, SealedTable)
    return value


def _model(value: Connected) -> MemoryFile:
    assert isinstance(value, MemoryFile)
    return value


def _traces(stage: Stage, outcome: Outcome) -> list[StepTrace]:
    # A script can claim that more steps began than there are.
    return [
        StepTrace(node=step.node, device=device)
        for step, device in zip(stage.program.steps, outcome.devices, strict=False)
    ]


def _failed_node(stage: Stage, outcome: Outcome) -> str:
    """The node of the step that failed; all of the stage's if a script has falsified that."""
    steps = stage.program.steps
    named = outcome.step if outcome.step is not None and outcome.step < len(steps) else None
    return ", ".join(step.node for step in (steps if named is None else [steps[named]]))
