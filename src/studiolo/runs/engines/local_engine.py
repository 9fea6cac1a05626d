"""Runs steps in sandboxes of this machine."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from studiolo.datasets.databases import is_database
from studiolo.environments.progress import BuildProgress, ProgressCallback
from studiolo.experiments.experiment import NodeLimits
from studiolo.modules.catalogue import is_built_in
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, ParameterKind, PortKind, PortName
from studiolo.runs.engines.capacity import Capacity
from studiolo.runs.engines.engine import ReadyStep, RunContext, StepOutcome
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.engines.sandbox_pool import (
    STILL_WAITING,
    BuildCancelledError,
    SandboxKind,
    SandboxPool,
)
from studiolo.runs.planning.plan import Step
from studiolo.runs.sandbox_factory import SandboxFactory
from studiolo.runs.scripts.circumstances import Circumstances
from studiolo.runs.scripts.explanation import explained
from studiolo.runs.scripts.imports import imported_modules, worth_preloading
from studiolo.runs.scripts.old_code_notes import notes_before
from studiolo.sandbox.exchange.job import (
    SCRIPT_CONTRACT,
    ColumnParameter,
    Connected,
    Contract,
    Failure,
    Job,
    PortBinding,
)
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.policy.policy import Limits

_OBJECTS = {PortKind.MODEL, PortKind.TRANSFORM}
_BUNDLE = PortName("script_bundle")
_CANCELLED = Failure(
    code="cancelled",
    classic_number=None,
    message="The run was cancelled while an environment was built.",
)
#: The room that all engines of this process share.
THIS_MACHINE = Capacity()


class LocalEngine:
    """Sandboxes of this machine: for each environment a light one, and one with slow libraries.

    What a zygote has imported, each of its forks pays for with time to fork; what it has not, each
    run that needs it pays for with time to import. So scripts that import only pandas run apart
    from those that import scikit-learn.
    """

    def __init__(
        self,
        factory: Callable[[RunSettings], SandboxFactory],
        *,
        capacity: Capacity = THIS_MACHINE,
        idle_memory: int | None = None,
        secrets: Callable[[Collection[str]], Mapping[str, str]] = lambda _: {},
    ) -> None:
        """Start nothing yet.

        Args:
            factory: Gives the factory of sandboxes with these settings.
            capacity: The room for steps; that of this process, which all of its engines share,
                if not given.
            idle_memory: See `SandboxPool`.
            secrets: Gives the secrets of these names, or raises an error of ours.
        """
        self._factory = factory
        self._pool = SandboxPool(factory, idle_memory=idle_memory)
        self.capacity = capacity
        self._secrets = secrets

    def expect(self, steps: Collection[Step], run: RunContext) -> None:
        """Begin to start what these steps need; see `Engine.expect`."""
        expected: Counter[SandboxKind] = Counter()
        preload: dict[SandboxKind, frozenset[str]] = {}
        for step in steps:
            slow = self._slow(step, run)
            kind = _kind(step, run, slow=bool(slow))
            expected[kind] += 1
            preload[kind] = preload.get(kind, frozenset()) | slow
        for kind, count in expected.most_common():
            self._pool.prepare(kind, count, preload[kind], _told(run))

    def execute(
        self, work: ReadyStep, run: RunContext, *, on_console: Callable[[str], None] | None = None
    ) -> StepOutcome:
        """Run a step in a sandbox of its kind; see `Engine.execute`."""
        step = work.step
        inputs = {port: run.results.resolve(given) for port, given in work.inputs.items()}
        files = {name: run.results.resolve(given) for name, given in work.files.items()}
        secrets = self._secrets(step.node.secrets) if step.node.secrets else {}
        kind = _kind(step, run, slow=bool(self._slow(step, run)))
        try:
            with self._pool.use(kind, _told(run)) as pooled:
                job = replace(job_of(step, inputs, files), secrets=secrets)
                assert step.environment is not None
                old_code = _notes_before(step, job, classic=pooled.environment.classic)
                if notes := [*step.environment.notes, *old_code]:
                    run.on_notes(step.name, notes)
                outcome = pooled.sandbox.run(
                    job,
                    limits=limits_of(self._factory(run.settings).limits, step.node.limits),
                    on_console=on_console,
                    cancelled=run.cancelled,
                )
        except BuildCancelledError:
            return StepOutcome(results={}, failure=_CANCELLED, seconds=0.0)
        environment = pooled.environment
        failure = outcome.failure
        if failure is not None:
            failure = explained(failure, Circumstances(environment=environment, job=job))
            if failure.code == "module-refused" and _is_of_library(step):
                # Its lines help only people who can change them.
                failure = replace(failure, traceback="", frames=())
        outcome = replace(outcome, log=[*notes, *outcome.log])
        results = {} if failure else run.results.hand_over(step.digest, outcome.results)
        return StepOutcome.of_outcome(
            outcome, results=results, failure=failure, environment=environment.name
        )

    def close(self) -> None:
        """End all sandboxes."""
        self._pool.close()

    def _slow(self, step: Step, run: RunContext) -> frozenset[str]:
        assert step.script is not None
        slow = self._factory(run.settings).slow_imports
        return worth_preloading(imported_modules(step.script.source), slow)


def _kind(step: Step, run: RunContext, *, slow: bool) -> SandboxKind:
    assert step.definition is not None
    assert step.environment is not None
    # A pickled model imports what it was made with.
    opens_objects = any(
        port.kind in _OBJECTS and port.name in step.sources for port in step.definition.inputs
    )
    return SandboxKind(
        environment=step.environment,
        slow=opens_objects or slow,
        settings=replace(run.settings, allow=step.allow),
    )


def _told(run: RunContext) -> ProgressCallback:
    """Passes on how far a build is, each step once, and ends it with the run."""
    last: BuildProgress | None = None

    def progressed(progress: BuildProgress) -> None:
        nonlocal last
        if run.cancelled.is_set():
            raise BuildCancelledError
        if progress not in (last, STILL_WAITING):
            last = progress
            run.on_build(progress)

    return progressed


def _is_of_library(step: Step) -> bool:
    return step.definition is not None and is_built_in(step.definition)


def job_of(step: Step, inputs: Mapping[PortName, Connected], files: Mapping[str, Connected]) -> Job:
    """The job for the sandbox.

    Args:
        step: The step.
        inputs: What is connected to it, by input port.
        files: Datasets and files that parameters stand for, by parameter.
    """
    assert step.definition is not None
    assert step.script is not None
    definition = step.definition
    connected: dict[str, Connected] = {str(port): value for port, value in inputs.items()}
    if definition.id == EXECUTE_PYTHON_SCRIPT:
        bundle = connected.get(_BUNDLE)
        assert not isinstance(bundle, SealedTable)
        return Job(
            source=step.script.source,
            script_name=step.script.name,
            contract=SCRIPT_CONTRACT,
            inputs={port: value for port, value in connected.items() if port != _BUNDLE},
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
        inputs=connected,
        parameters={name: value for name, value in step.parameters.items() if name not in files},
        column_parameters={
            name: ColumnParameter(
                port=parameter.port or PortName(""),
                single=parameter.kind is ParameterKind.COLUMN,
                selection=selection,
            )
            for name, (parameter, selection) in step.columns.items()
        },
        dataset_parameters=files,
        file_names={
            name: version.name for name, version in step.files.items() if is_database(version.name)
        },
        nullable=step.metadata.nullable,
        seed=step.seed,
    )


def _notes_before(step: Step, job: Job, *, classic: bool) -> Sequence[str]:
    """Notes on a script before it runs; none on a module."""
    if job.contract.module:
        return ()
    bundle = job.bundle
    content = bundle.read(bundle.size) if isinstance(bundle, MemoryFile) else None
    chosen = [step.environment_note] if step.environment_note else []
    return [*chosen, *notes_before(job.source, content, classic=classic)]


def limits_of(policy: Limits, node: NodeLimits) -> Limits | None:
    """The node's own limits; None where it has none, so that a waiting fork fits."""
    if node == NodeLimits():
        return None
    return replace(
        policy,
        timeout_seconds=node.timeout or policy.timeout_seconds,
        memory=node.memory or policy.memory,
        cpus=node.cpus or policy.cpus,
    )
