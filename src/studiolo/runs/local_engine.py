"""Runs steps in sandboxes of this machine."""

import threading
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from studiolo.environments.environment import Environment
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Limits as NodeLimits
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, ParameterKind, PortKind, PortName
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.old_code.advice import notes
from studiolo.old_code.reading import read_old_code
from studiolo.runs.circumstances import Circumstances
from studiolo.runs.engine import Done, Work
from studiolo.runs.explanation import explained
from studiolo.runs.imports import imported_modules, worth_preloading
from studiolo.runs.plan import Step
from studiolo.sandbox.job import (
    SCRIPT_CONTRACT,
    ColumnParameter,
    Connected,
    Contract,
    Job,
    PortBinding,
)
from studiolo.sandbox.policy import Limits
from studiolo.sandbox.sandbox import Sandbox
from studiolo.sandbox.sealed_table import SealedTable

_OBJECTS = {PortKind.MODEL, PortKind.TRANSFORM}
_BUNDLE = PortName("script_bundle")
#: From so many runs on it pays to prepare a sandbox for many.
_MANY = 4
#: Forks that stand ready: one to take, and others while it is replaced.
_MOST_WARM = 3


class Workshop(Protocol):
    """Where environments and sandboxes come from; see `workspace`."""

    @property
    def limits(self) -> Limits:
        """Those of a run that asks for no others."""

    @property
    def slow_imports(self) -> Collection[str]:
        """Modules that take long to import, and that many scripts import."""

    def environment_for(self, metadata: ScriptMetadata) -> Environment:
        """The environment of a script, built if need be."""

    def sandbox_for(
        self, environment: Environment, *, preload: Collection[str], warm: int, many: bool
    ) -> Sandbox:
        """A new sandbox with that environment, with these modules imported beforehand."""


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """The properties shared by steps that can use the same sandbox."""

    dependencies: tuple[str, ...]
    requires_python: str | None
    #: Whether they import what takes long.
    slow: bool

    @property
    def metadata(self) -> ScriptMetadata:
        """The facts that decide their environment."""
        return ScriptMetadata(dependencies=self.dependencies, requires_python=self.requires_python)


class LocalEngine:
    """Sandboxes of this machine: for each environment a light one, and one with slow libraries.

    What a zygote has imported, each of its forks pays for with time to fork; what it has not, each
    run that needs it pays for with time to import. So scripts that import only pandas run apart
    from those that import scikit-learn.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._lock = threading.Lock()
        self._expected: Counter[_Kind] = Counter()
        self._preload: dict[_Kind, frozenset[str]] = {}
        self._sandboxes: dict[_Kind, tuple[Sandbox, Environment]] = {}

    def expect(self, steps: Collection[Step]) -> None:
        """Learn how many runs there will be of which kind, and begin to start what they need."""
        with self._lock:
            for step in steps:
                kind = self._kind(step)
                self._expected[kind] += 1
                self._preload[kind] = self._preload.get(kind, frozenset()) | self._slow(step)
        for kind in sorted(self._expected, key=lambda kind: -self._expected[kind]):
            # What can't be had is said when it is needed.
            with suppress(StudioloError):
                self._sandbox(kind)

    def execute(
        self,
        work: Work,
        *,
        on_console: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> Done:
        """Run a step in a sandbox of its kind; see `Engine.execute`."""
        step = work.step
        sandbox, environment = self._sandbox(self._kind(step))
        job = job_of(work)
        outcome = sandbox.run(
            job,
            limits=_limits(self._workshop.limits, step.node.limits),
            on_console=on_console,
            cancelled=cancelled,
        )
        failure = outcome.failure
        if failure is not None:
            failure = explained(failure, Circumstances(environment=environment, job=job))
        if not job.contract.module:
            said = notes(read_old_code(job.source))
            outcome = replace(outcome, log=[*said, *outcome.log])
        return Done.of_outcome(outcome, failure=failure, environment=environment.name)

    def close(self) -> None:
        """End all sandboxes."""
        with self._lock:
            sandboxes, self._sandboxes = self._sandboxes, {}
        for sandbox, _ in sandboxes.values():
            sandbox.close()

    def _kind(self, step: Step) -> _Kind:
        assert step.definition is not None
        # A pickled model imports what it was made with.
        opens_objects = any(port.kind in _OBJECTS for port in step.definition.inputs)
        return _Kind(
            dependencies=step.metadata.dependencies,
            requires_python=step.metadata.requires_python,
            slow=opens_objects or bool(self._slow(step)),
        )

    def _slow(self, step: Step) -> frozenset[str]:
        assert step.script is not None
        return worth_preloading(imported_modules(step.script.source), self._workshop.slow_imports)

    def _sandbox(self, kind: _Kind) -> tuple[Sandbox, Environment]:
        with self._lock:
            if kind not in self._sandboxes:
                environment = self._workshop.environment_for(kind.metadata)
                count = self._expected[kind]
                sandbox = self._workshop.sandbox_for(
                    environment,
                    preload=sorted(self._preload.get(kind, ())) if count > 1 else (),
                    warm=_MOST_WARM if count >= _MANY else 0,
                    many=count >= _MANY,
                )
                self._sandboxes[kind] = sandbox, environment
            return self._sandboxes[kind]


def job_of(work: Work) -> Job:
    """The job for the sandbox."""
    step = work.step
    assert step.definition is not None
    assert step.script is not None
    definition = step.definition
    inputs: dict[str, Connected] = {str(port): value for port, value in work.inputs.items()}
    if definition.id == EXECUTE_PYTHON_SCRIPT:
        bundle = inputs.get(_BUNDLE)
        assert not isinstance(bundle, SealedTable)
        return Job(
            source=step.script.source,
            script_name=step.script.name,
            contract=SCRIPT_CONTRACT,
            inputs={port: value for port, value in inputs.items() if port != _BUNDLE},
            bundle=bundle,
            parameters=step.parameters,
            port_binding=PortBinding(step.node.port_binding),
            nullable=step.metadata.nullable,
            seed=step.seed,
        )
    return Job(
        source=step.script.source,
        script_name=step.script.name,
        contract=Contract(inputs=definition.inputs, outputs=definition.outputs, module=True),
        inputs=inputs,
        parameters={
            name: value for name, value in step.parameters.items() if name not in work.files
        },
        column_parameters={
            name: ColumnParameter(
                port=parameter.port or PortName(""),
                single=parameter.kind is ParameterKind.COLUMN,
                selection=selection,
            )
            for name, (parameter, selection) in step.columns.items()
        },
        dataset_parameters={
            name: table for name, table in work.files.items() if isinstance(table, SealedTable)
        },
        nullable=step.metadata.nullable,
        seed=step.seed,
    )


def _limits(policy: Limits, node: NodeLimits) -> Limits | None:
    """The node's own limits; None where it has none, so that a fork that stands ready fits."""
    if node == NodeLimits():
        return None
    return replace(
        policy,
        timeout_seconds=node.timeout or policy.timeout_seconds,
        memory=node.memory or policy.memory,
        cpus=node.cpus or policy.cpus,
    )
