"""Runs experiments in a workspace: plans, takes what is kept, carries out, remembers."""

import os
import socket
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studiolo.environments.progress import BuildProgress, ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.experiments.allowance import Allowance, merged
from studiolo.experiments.experiment import Experiment, NodeName, experiment_key
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.runs.engines.engine import Engine, RunContext
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.engines.sandbox_pool import BuildCancelledError
from studiolo.runs.experiments.dataset_files import DatasetFileWriter
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.runs.experiments.progress import Observer, Observers
from studiolo.runs.experiments.recorder import Recorder
from studiolo.runs.experiments.results_in_memory import ResultsInMemory
from studiolo.runs.experiments.running import EventLog, RunningExperiment
from studiolo.runs.experiments.scheduler import Scheduler
from studiolo.runs.experiments.sources import DatasetSources
from studiolo.runs.experiments.step_runner import StepRunner
from studiolo.runs.planning.draws import ExperimentDraws
from studiolo.runs.planning.plan import (
    Datasets,
    Modules,
    Plan,
    SavedObjects,
    Step,
    plan_run,
)
from studiolo.runs.planning.recipe import differences, without_draw
from studiolo.runs.planning.selection import Selection
from studiolo.runs.sandbox_factory import Environments, KnownEnvironments
from studiolo.store.blobs import Blobs
from studiolo.store.errors import StoreError
from studiolo.store.identity import RunId, new_run_id
from studiolo.store.locks import RunLock, SoleUse, WorkspaceUse, is_running
from studiolo.store.records import Records
from studiolo.store.result_record import StoredResult
from studiolo.store.run_record import (
    NewRun,
    NodeChange,
    NodeRecord,
    NodeState,
    PlannedNode,
    RunStatus,
    Session,
)

#: A snapshot has this for a file that is not text.
_NO_TEXT = ""
_BROKEN_OFF = "The run could not go on."


@dataclass(frozen=True, kw_only=True)
class WorkspaceParts:
    """The workspace, as far as a run needs it."""

    #: The workspace's folder, and its `.studiolo` folder.
    root: Path
    store: Path
    records: Records
    blobs: Blobs
    #: Looks at the modules as their files are now; one plan is made with one look.
    modules: Callable[[], Modules]
    datasets: Datasets
    saved: SavedObjects
    sources: DatasetSources
    #: Targets in the network that every run's scripts may reach.
    allow: tuple[Allowance, ...] = ()
    file_writer: DatasetFileWriter


class _Locking:
    """The environments of a run that begins: packages of scripts without a lock get one."""

    def __init__(
        self, environments: Environments, running: RunningExperiment, progress: ProgressCallback
    ) -> None:
        self._environments = environments
        self._running = running
        self._progress = progress

    def request(self, metadata: ScriptMetadata, *, script: Path | None) -> EnvironmentRequest:
        try:
            return self._environments.locked(metadata, script=script, progress=self._progressed)
        except BuildCancelledError:
            # Nothing of the run begins any more.
            return self._environments.request(metadata, script=script)

    def _progressed(self, progress: BuildProgress) -> None:
        if self._running.is_cancelled:
            raise BuildCancelledError
        self._progress(progress)


class ExperimentRunner:
    """Runs experiments of one workspace with one engine."""

    def __init__(self, parts: WorkspaceParts, engine: Engine, environments: Environments) -> None:
        self._parts = parts
        self._engine = engine
        self._environments = environments
        self._results = KeptResults(parts.blobs)
        self._running: weakref.WeakSet[RunningExperiment] = weakref.WeakSet()

    def plan(
        self,
        experiment: Experiment,
        selection: Selection | None = None,
        *,
        nonce: str = "",
        new_draws: bool = False,
        environments: KnownEnvironments | None = None,
        allow: Collection[Allowance] = (),
    ) -> Plan:
        """The plan for a run of the experiment, kept results left aside.

        Nodes keep what was drawn for them. What has no draw, or is to run again, gets one only
        with ``new_draws``. Scripts may reach the targets in ``allow``, and those of the workspace.
        """
        draws = ExperimentDraws(
            self._parts.records,
            experiment_key(experiment, self._parts.root),
            experiment.nodes.keys(),
            new=new_draws,
        )
        return plan_run(
            experiment,
            self._parts.modules(),
            self._parts.datasets,
            self._parts.saved,
            environments=environments or self._environments,
            draws=draws,
            nonce=nonce,
            selection=selection,
            allow=merged(self._parts.allow, allow),
        )

    def close(self) -> None:
        """Cancel what runs, and wait for its end."""
        for running in list(self._running):
            running.cancel()
        for running in list(self._running):
            running.join()

    def start(
        self,
        experiment: Experiment,
        *,
        selection: Selection | None = None,
        settings: RunSettings | None = None,
        observer: Observer | None = None,
        prepares: Session | None = None,
    ) -> RunningExperiment:
        """Begin to run an experiment that was checked, or a part of it, and return at once.

        What its nodes do wrong is recorded with the run, not raised. ``prepares`` is the session
        that the run is for, if it is.
        """
        began = datetime.now(UTC)
        running = RunningExperiment(new_run_id(began), prepares=prepares)
        # Before its thread starts: whatever interrupts this, `close` finds it.
        self._running.add(running)
        log = EventLog(running.note)
        news = log if observer is None else Observers(log, observer)
        thread = threading.Thread(
            target=self._run,
            args=(running, began, experiment, selection, settings or RunSettings(), news),
            name=f"studiolo-run-{running.id}",
        )
        try:
            thread.start()
        except BaseException as error:
            if thread.ident is None:
                running.end(None, error)
            raise
        return running

    def _run(
        self,
        running: RunningExperiment,
        began: datetime,
        experiment: Experiment,
        selection: Selection | None,
        settings: RunSettings,
        observer: Observer,
    ) -> None:
        """Carry a run out, in a thread of its own."""
        try:
            status = self._carry_out(running, began, experiment, selection, settings, observer)
        except BaseException as error:  # noqa: BLE001  # the end of a thread: `wait` raises it
            running.end(None, error)
        else:
            running.end(status)

    def _carry_out(
        self,
        running: RunningExperiment,
        began: datetime,
        experiment: Experiment,
        selection: Selection | None,
        settings: RunSettings,
        observer: Observer,
    ) -> RunStatus:
        parts, run = self._parts, running.id
        with WorkspaceUse.begin(parts.store), RunLock.take(parts.store, run):
            self._mark_interrupted()
            locking = _Locking(self._environments, running, observer.environment_progressed)
            plan = self.plan(
                experiment,
                selection,
                nonce=run,
                new_draws=True,
                allow=settings.allow,
                environments=locking,
            )
            kept = self._kept(plan)
            reasons = self._reasons(plan, kept)
            parts.records.begin_run(
                _new_run(running, began, plan, kept, parts.root),
                [
                    PlannedNode(
                        node=name,
                        reason=reasons[name],
                        recipe_digest=step.digest,
                        draw=step.draw,
                        undrawn=step.undrawn,
                    )
                    for name, step in plan.steps.items()
                ],
            )
            observer.run_began(run, list(plan.steps))
            status = RunStatus.FAILED
            try:
                status = self._execute(running, plan, kept, reasons, settings, observer)
            except BaseException:
                with suppress(StoreError):
                    self._leave_rest(run)
                raise
            finally:
                # Where recording is what failed, this fails too; the next run then finds that no
                # process carries it.
                with suppress(StoreError):
                    parts.records.end_run(run, status, ended_at=datetime.now(UTC))
                observer.run_ended(status)
        self._sweep()
        return status

    def _execute(
        self,
        running: RunningExperiment,
        plan: Plan,
        kept: Mapping[NodeName, StoredResult],
        reasons: Mapping[NodeName, str],
        settings: RunSettings,
        observer: Observer,
    ) -> RunStatus:
        parts = self._parts
        scheduler = Scheduler(plan, kept=kept, reasons=reasons, capacity=self._engine.capacity)
        in_memory = ResultsInMemory(
            plan, [step for name, step in plan.steps.items() if name not in kept]
        )
        context = RunContext(
            results=in_memory,
            settings=settings,
            on_build=observer.environment_progressed,
            on_notes=observer.node_noted,
        )
        running.on_cancel(scheduler.cancel)
        # Beside what comes next: it starts the interpreters that they need.
        self._engine.expect(
            [s for n, s in plan.steps.items() if n not in kept and s.definition is not None],
            context,
        )
        with Recorder(
            running.id, parts.records, self._results, observer, on_error=scheduler.break_off
        ) as recorder:
            runner = StepRunner(
                plan,
                context,
                in_memory=in_memory,
                engine=self._engine,
                sources=parts.sources,
                file_writer=parts.file_writer,
                results=self._results,
                kept=kept,
                observer=observer,
                recorder=recorder,
            )
            return scheduler.carry_out(runner, recorder)

    def _leave_rest(self, run: RunId) -> None:
        """Nothing comes any more of the nodes that have not ended."""
        records = self._parts.records
        unended = (NodeState.WAITING, NodeState.RUNNING)
        left = [node.node for node in records.nodes_of(run) if node.state in unended]
        records.change_nodes(
            run,
            [NodeChange(node=node, state=NodeState.CANCELLED, reason=_BROKEN_OFF) for node in left],
        )

    def _kept(self, plan: Plan) -> Mapping[NodeName, StoredResult]:
        """The results that stand in for steps, as far as their blobs are there."""
        wanted = {n: s.digest for n, s in plan.steps.items() if s.may_be_kept}
        found = self._parts.records.find_results(set(wanted.values()))
        there = {r.recipe_digest: r for r in self._results.are_there(found.values())}
        return {name: there[digest] for name, digest in wanted.items() if digest in there}

    def _reasons(self, plan: Plan, kept: Collection[NodeName]) -> Mapping[NodeName, str]:
        """Why each step runs, or does not: a sentence."""
        reasons = dict.fromkeys(kept, "Nothing that it depends on has changed.")
        rest = [step for name, step in plan.steps.items() if name not in kept]
        if not rest:
            return reasons
        key = experiment_key(plan.experiment, self._parts.root)
        before = self._parts.records.latest_nodes(key)
        digests = {r.recipe_digest for r in before.values() if r.recipe_digest is not None}
        recipes = self._parts.records.recipes(digests)
        for step in rest:
            record = before.get(step.name)
            digest = None if record is None else record.recipe_digest
            recipe = None if digest is None else recipes.get(digest)
            reasons[step.name] = _reason(step, record, recipe)
        return reasons

    def _mark_interrupted(self) -> None:
        records, store = self._parts.records, self._parts.store
        running = records.runs(status=RunStatus.RUNNING)
        left = [run.id for run in running if not is_running(store, run.id)]
        if left:
            records.mark_interrupted(left)

    def _sweep(self) -> None:
        """Remove unreferenced results and leftovers of killed runs, if no other process runs."""
        with suppress(StoreError), SoleUse.begin(self._parts.store) as alone:
            self._parts.blobs.sweep(self._parts.records.referenced_blobs, alone=alone)
            alone.forget_ended_runs()


def _reason(step: Step, before: NodeRecord | None, recipe: Mapping[str, object] | None) -> str:
    if before is None:
        return "It has not run before."
    if before.state is NodeState.FAILED:
        return "It failed the last time."
    if recipe is None:
        return "Its last result is no longer kept."
    earlier, now = without_draw(recipe, before.draw), without_draw(step.recipe, step.draw)
    if not step.may_be_kept:
        # What it needs was mostly asked to run again, too, and has another draw.
        now = {**now, "inputs": earlier.get("inputs", {})}
    if changed := differences(earlier, now):
        return f"Changed: {', '.join(changed)}."
    if not step.may_be_kept:
        return "It was asked to run again."
    return "It has a new draw." if step.draw != before.draw else "Its result is no longer kept."


def _new_run(
    running: RunningExperiment,
    began: datetime,
    plan: Plan,
    kept: Collection[NodeName],
    root: Path,
) -> NewRun:
    experiment = plan.experiment
    return NewRun(
        id=running.id,
        prepares=running.prepares,
        experiment=experiment_key(experiment, root),
        experiment_name=experiment.name,
        partial=plan.partial,
        started_at=began,
        pid=os.getpid(),
        host=socket.gethostname(),
        snapshot={
            "file": _text(experiment.folder / "experiment.yaml"),
            "scripts": dict(_scripts(plan.steps.values())),
            "datasets": {
                step.dataset.name: step.dataset.digest
                for step in plan.steps.values()
                if step.dataset is not None
            },
            # Those of kept results are recorded with them.
            "recipes": {n: step.recipe for n, step in plan.steps.items() if n not in kept},
        },
    )


def _scripts(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    for step in steps:
        if step.node.script is not None and step.script is not None:
            yield step.node.script, step.script.source


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        # An experiment that was made in Python has no file.
        return _NO_TEXT
