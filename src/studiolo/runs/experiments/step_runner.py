"""Carries out one step of a run: gathers its inputs, has it executed, and gives its outcome."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PYTHON_DEVICE, PortKind, PortName
from studiolo.runs.engines.engine import Engine, ReadyStep, RunContext, StepOutcome
from studiolo.runs.engines.references import ResultReference
from studiolo.runs.experiments.dataset_files import DatasetFileWriter
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.runs.experiments.recorder import EndedStep, Recorder
from studiolo.runs.experiments.results_in_memory import Results, ResultsInMemory
from studiolo.runs.experiments.sources import DatasetSources, SourceOutcome
from studiolo.runs.planning.plan import Plan, Step
from studiolo.sandbox.exchange.device_table import device_table
from studiolo.sandbox.exchange.job import Failure
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.result_record import StoredResult
from studiolo.store.run_record import NodeState

#: The dataset in the zip of a dataset step, as one more output of it.
_UNPACKED = PortName("dataset in the zip")


class StepRunner:
    """Carries out steps of one run, any number of them at once."""

    def __init__(
        self,
        plan: Plan,
        context: RunContext,
        *,
        in_memory: ResultsInMemory,
        engine: Engine,
        sources: DatasetSources,
        file_writer: DatasetFileWriter,
        results: KeptResults,
        kept: Mapping[NodeName, StoredResult],
        observer: Observer,
        recorder: Recorder,
    ) -> None:
        """Prepare for a run.

        Args:
            plan: What it does.
            context: What its steps have in common.
            in_memory: The results of its steps, which `context` has too.
            engine: What runs modules.
            sources: What reads dataset files.
            file_writer: What writes files for modules that export.
            results: Where results are kept.
            kept: For steps that need not run: the results that stand in for them.
            observer: Whom to tell.
            recorder: Hears of a step that had to run although a result of it was kept.
        """
        self._plan = plan
        self._engine = engine
        self._sources = sources
        self._file_writer = file_writer
        self._kept_results = results
        self._kept = kept
        self._observer = observer
        self._recorder = recorder
        self._context = context
        self._lock = threading.Lock()
        self._opening: dict[NodeName, threading.Lock] = {}
        self.in_memory = in_memory

    def stop(self) -> None:
        """End what runs."""
        self._context.cancelled.set()

    def carry_out(self, step: Step, reason: str) -> EndedStep:
        """Carry out a step, and pass its results on; its outcome."""
        started = datetime.now(UTC)
        self._recorder.note_start(step.name, started)
        self._observer.node_changed(
            NodeProgress(node=step.name, state=NodeState.RUNNING, reason=reason)
        )
        done, failure = None, None
        results: Results = {}
        try:
            done = self._done(step)
            results = {port: self.in_memory.resolve(made) for port, made in done.results.items()}
        except StudioloError as error:
            # Not of the step's own making, but it can't be done, and others perhaps can.
            done, failure = None, _failure_of(error)
        state = NodeState.FAILED if done is None else _state_of(done)
        self.in_memory.let_go(step)
        return EndedStep(
            step=step,
            state=state,
            reason=reason,
            started_at=started,
            ended_at=datetime.now(UTC),
            done=done,
            results=results,
            failure=failure,
        )

    def _done(self, step: Step) -> StepOutcome:
        if step.dataset is not None:
            return self._handed_over(step, self._sources.read(step))
        if step.saved is not None:
            return self._handed_over(step, self._sources.saved(step))
        inputs: dict[PortName, ResultReference] = {}
        for port, (node, output) in step.sources.items():
            ports = self._ports_of(node)
            if isinstance(ports, Failure):
                return StepOutcome(results={}, failure=ports, seconds=0.0)
            if output not in ports:
                return StepOutcome(
                    results={}, failure=_empty_input(port, node, output), seconds=0.0
                )
            inputs[port] = self._as_needed(step, port, node, output)
        log: list[str] = []
        files = self.in_memory.hold_files(step, self._sources.files(step, log))
        work = ReadyStep(step=step, inputs=inputs, files=files)
        if (refused := self._file_writer.refusal(step)) is not None:
            return StepOutcome(results={}, failure=refused, seconds=0.0)
        done = self._engine.execute(
            work, self._context, on_console=lambda text: self._printed(step.name, text)
        )
        done = replace(done, log=[*log, *done.log])
        if done.failure is None:
            if step.returns_device:
                done = self._with_device(step, done)
            try:
                given = {port: self.in_memory.resolve(made) for port, made in inputs.items()}
                self._file_writer.export(step, given)
            except StudioloError as error:
                return replace(done, results={}, failure=_failure_of(error))
        return done

    def _with_device(self, step: Step, done: StepOutcome) -> StepOutcome:
        """The outcome with one more output: what the script printed and drew."""
        device = ResultReference(recipe=step.digest, port=PYTHON_DEVICE)
        self.in_memory.add(device, device_table(done.console, done.images))
        return replace(done, results={**done.results, PYTHON_DEVICE: device})

    def _printed(self, node: NodeName, text: str) -> None:
        self._recorder.note_console(node, text)
        self._observer.console_written(node, text)

    def _handed_over(self, step: Step, read: SourceOutcome) -> StepOutcome:
        results = self.in_memory.hand_over(step.digest, read.results)
        return StepOutcome(results=results, log=read.log, seconds=read.seconds)

    def _as_needed(
        self, step: Step, port: PortName, node: NodeName, output: PortName
    ) -> ResultReference:
        """The output of a node; for a zip, the dataset in it, if the port takes one."""
        assert step.definition is not None
        source = self._plan.steps[node]
        reference = ResultReference(recipe=source.digest, port=output)
        given = self.in_memory.resolve(reference)
        takes = step.definition.input(port)
        if takes is None or takes.kind is not PortKind.DATASET or isinstance(given, SealedTable):
            return reference
        unpacked = ResultReference(recipe=source.digest, port=_UNPACKED)
        self.in_memory.add(unpacked, self._sources.unpacked(source, given))
        return unpacked

    def _ports_of(self, node: NodeName) -> frozenset[str] | Failure:
        """The outputs of a node, in memory from now on; or the reason why they are lost."""
        with self._lock:
            opening = self._opening.setdefault(node, threading.Lock())
        with opening:
            if (found := self.in_memory.ports(node)) is not None:
                return found
            step = self._plan.steps[node]
            try:
                results = self._kept_results.open(self._kept[node].outputs)
            except (BlobMissingError, BlobRottenError) as error:
                return self._run_after_all(step, error)
            self.in_memory.hand_over(step.digest, results)
        return frozenset(results)

    def _run_after_all(
        self, step: Step, error: BlobMissingError | BlobRottenError
    ) -> frozenset[str] | Failure:
        """Make the result of a step again, because the kept one is damaged."""
        self._kept_results.discard(error)
        self.in_memory.expect(step)
        ended = self.carry_out(step, f"Its kept result is damaged: {_damage(error)}.")
        self._recorder.record(ended)
        if ended.done is not None and ended.done.failure is None:
            return frozenset(ended.done.results)
        failure = ended.failure if ended.done is None else ended.done.failure
        assert failure is not None
        if ended.state is NodeState.CANCELLED:
            return failure
        message = f"The node {step.name!r}, which it needs, had to run again: {failure.sentence}"
        return replace(failure, message=message, traceback="", frames=())


def _state_of(done: StepOutcome) -> NodeState:
    if done.failure is None:
        return NodeState.FINISHED
    return NodeState.CANCELLED if done.failure.code == "cancelled" else NodeState.FAILED


def _empty_input(port: PortName, node: NodeName, output: PortName) -> Failure:
    return Failure(
        code="input-empty",
        classic_number=3,
        message=f"The input {port} has no data: the node {node!r} left its output {output} empty.",
    )


def _damage(error: BlobMissingError | BlobRottenError) -> str:
    if isinstance(error, BlobMissingError):
        return f'the file "{error.path}" is missing'
    return f'the file "{error.path}" has changed since it was written ({error.reason})'


def _failure_of(error: StudioloError) -> Failure:
    return Failure(
        code=error.code,
        classic_number=error.classic_number,
        message=str(error),
        facts=error.facts(),
    )
