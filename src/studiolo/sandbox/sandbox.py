"""The sandbox: runs one script after another, each in a process that has never run another."""

import contextlib
import functools
import itertools
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from studiolo.experiments.allowance import Allowance
from studiolo.sandbox.errors import ZygoteDiedError
from studiolo.sandbox.exchange.attachment import Attachment
from studiolo.sandbox.exchange.job import (
    Failure,
    Job,
    Outcome,
    PythonDevice,
    Status,
    Timings,
)
from studiolo.sandbox.exchange.program import Call, PackedProgram, Program, request_of_call
from studiolo.sandbox.exchange.run_request import RunRequest, request_of
from studiolo.sandbox.exchange.variables import FrameVariables
from studiolo.sandbox.masking import Masking
from studiolo.sandbox.network.guest_network import GuestNetwork
from studiolo.sandbox.network.traffic import Traffic
from studiolo.sandbox.policy import isolation
from studiolo.sandbox.policy.configuration import ScriptInterpreter
from studiolo.sandbox.policy.isolation import Isolation, IsolationReport
from studiolo.sandbox.policy.policy import Limits, Policy
from studiolo.sandbox.process.bring_up import BringUp, Started
from studiolo.sandbox.process.control_groups import find_memory_groups
from studiolo.sandbox.process.ended_run import EndedRun
from studiolo.sandbox.process.ending import interrupted, unusable
from studiolo.sandbox.process.launcher import Launcher
from studiolo.sandbox.process.run_files import RunFiles
from studiolo.sandbox.process.supervision import End, OverError, Watch
from studiolo.sandbox.process.workers import COPIED_BYTES, Worker, Workers
from studiolo_guest.wire import VARIABLES_FOLLOW

_sandboxes = itertools.count(1)
#: How many are started anew where one dies after another, as under a killer of processes.
_NEW_ZYGOTES = 3
#: Seconds between two looks at whether a run that waits was cancelled.
_PAUSE = 0.05
_T = TypeVar("_T")
#: From the end of a process's socket to its own.
_ENDING_SECONDS = 0.1
#: For a script that has failed to show its variables; its own code may have to be interrupted.
_VARIABLES_SECONDS = 2.0


class Sandbox:
    """Runs scripts with one environment's Python.

    Starting begins with the constructor and continues beside whatever the caller does until the
    first run. Any number of threads may run scripts at once. Close it, or use it as a context
    manager: its processes end with it.
    """

    def __init__(
        self,
        policy: Policy,
        interpreter: ScriptInterpreter,
        *,
        isolation_asked: Isolation = Isolation.AUTO,
        warm: int = 0,
        many: bool = False,
        withheld: Collection[str] = (),
        launcher: Launcher | None = None,
        program: Program | None = None,
        several_calls: bool = False,
        allow: Sequence[Allowance] = (),
        base: "Sandbox | None" = None,
    ) -> None:
        """Begin to start.

        ``warm`` is the number of processes that are kept waiting, so that a run waits for none;
        ``many`` prepares for many runs, which takes longer to start and makes each faster;
        ``withheld`` names layers to do without, as a machine would that does not have them;
        ``launcher`` is an interpreter that was started beforehand; with a ``program`` it serves
        calls of that, and nothing else. With ``several_calls`` a process serves one call after
        another, so that code of one can see what is left of those before; not if there are targets
        in the network that runs may reach, which ``allow`` has: connections are of one call. A
        ``base`` has the environment that this one's adds to: runs are forks of its zygote, where
        the machine has namespaces for that. It has to be closed after this one.

        Raises:
            ProgramTooWideError: The program has too many constants.
        """
        self._policy = policy
        self._program = program
        self._packed = None if program is None else PackedProgram(program)
        network = GuestNetwork.of(allow) if allow else None
        several_calls = several_calls and network is None
        self._base = base
        self._added = interpreter.python.parent.parent.name
        self._workers = Workers(policy.limits, warm=warm, several=several_calls)
        self._name = str(next(_sandboxes))
        self._withheld = withheld
        self._lock = threading.Lock()
        self._started: Started | None = None
        #: A start anew that runs wait for which may be cancelled meanwhile.
        self._restart_lock = threading.Lock()
        self._restart: Future[Started] | None = None
        self._why_no_groups = ""
        self._report: IsolationReport | None = None
        self._closed = False
        self._new_bring_up = functools.partial(
            BringUp,
            policy,
            interpreter,
            isolation_asked,
            new_directory=self._workers.new_directory,
            many=many or warm > 0,
            withheld=withheld,
            program=self._packed,
            several_calls=several_calls,
            network=network,
        )
        self._bring_up: BringUp | None = None
        if base is None:
            self._bring_up = self._new_bring_up(launcher=launcher)

    @property
    def isolation(self) -> IsolationReport:
        """The layers of this sandbox's runs; waits for it to have started."""
        self._despite_deaths(self._ready)
        assert self._report is not None
        return self._report

    @property
    def not_preloaded(self) -> Collection[str]:
        """Modules that could not be imported beforehand, each with the reason."""
        return self._ready().not_preloaded

    @property
    def memory(self) -> int:
        """Bytes that its processes have in memory, without those of its base; 0 while it starts."""
        started = self._started
        return 0 if started is None else self._workers.memory(started)

    def run(
        self,
        job: Job,
        *,
        limits: Limits | None = None,
        on_console: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
        attached: Attachment | None = None,
    ) -> Outcome:
        """Run a job once and wait for its end.

        ``limits`` stand in for the policy's; ``on_console`` gets what the script prints as it
        comes; a run ends soon after ``cancelled`` is set; ``attached`` is a person's line to it.

        Raises:
            IsolationUnavailableError: the machine can't isolate as far as was asked.
            NetworkUnavailableError: it can't give runs a network of their own.
            ZygoteFailedError: the environment's interpreter can't be started.
        """
        if self._program is not None:
            raise ValueError("this sandbox serves calls of a program")
        if not job.secrets:
            return self._run(request_of(job), limits, on_console, cancelled, attached)
        masking = Masking(job.secrets.values())
        live = masking.passing_on(on_console or (lambda _: None))
        outcome = self._run(request_of(job), limits, live.write, cancelled, attached)
        live.finish()
        return _masked(outcome, masking)

    def call(
        self,
        call: Call,
        *,
        limits: Limits | None = None,
        cancelled: threading.Event | None = None,
    ) -> Outcome:
        """Serve one call of the program; see `run`.

        Raises:
            IsolationUnavailableError: the machine can't isolate as far as was asked.
            NetworkUnavailableError: it can't give runs a network of their own.
            ZygoteFailedError: the program's environment or its constants can't be loaded.
        """
        if self._program is None:
            raise ValueError("this sandbox has no program")
        outcome = self._run(request_of_call(self._program, call), limits, None, cancelled)
        return _masked(outcome, Masking(call.secrets.values())) if call.secrets else outcome

    def _run(
        self,
        request: RunRequest,
        limits: Limits | None,
        on_console: Callable[[str], None] | None,
        cancelled: threading.Event | None,
        attached: Attachment | None = None,
    ) -> Outcome:
        arrived = time.perf_counter()
        own = limits or self._policy.limits
        worker = self._take(own if limits is not None else None, cancelled)
        if worker is None:
            return self._never_begun(own, time.perf_counter() - arrived)
        outcome = None
        try:
            unconfined = worker.unconfined()
            baseline = worker.started.baseline
            files = RunFiles(
                request, worker.files(request.outputs), own, baseline, on_console, attached
            )
            outcome = self._attend(worker, files, own, cancelled, attached, arrived, unconfined)
        finally:
            if attached is not None:
                attached.ended()
            # What is left to do when it is gone, others do: the caller has the answer by then.
            good = outcome is not None and outcome.failure is None
            self._workers.give_back(worker, good=good)
        return outcome

    def _attend(
        self,
        worker: Worker,
        files: RunFiles,
        limits: Limits,
        cancelled: threading.Event | None,
        attached: Attachment | None,
        arrived: float,
        unconfined: Failure | None,
    ) -> Outcome:
        child, group, started = worker.child, worker.group, worker.started
        before = worker.cpu_seconds_before()
        asked = time.perf_counter()
        watch = Watch(
            deadline=asked + limits.timeout_seconds,
            cancelled=cancelled,
            attached=attached,
            group=group,
            memory=limits.memory + COPIED_BYTES + started.baseline if group is None else None,
            files=files.written_to,
            directory=None
            if started.namespaces
            else (limits.work_directory_size, limits.work_directory_files),
        )
        end, message, traffic = End.GONE, b"", Traffic()
        if unconfined is None:
            with worker.proxy() as proxy:
                end, message = worker.serve(files, watch)
            traffic = traffic if proxy is None else proxy.traffic
        ended = time.perf_counter()
        peak = group.peak() if group is not None else child.peak_memory(started.inherited)
        after = worker.cpu_seconds()
        if unconfined is None and end is End.GONE and not child.has_ended(_ENDING_SECONDS):
            end = End.CUT_OFF
        if group is not None and group.ran_out():
            end = End.OUT_OF_MEMORY
        if end is End.DONE and message == VARIABLES_FOLLOW:
            # Why it failed is known; whatever the wait ends with, what came is looked at.
            until = time.perf_counter() + _VARIABLES_SECONDS
            worker.wait(files, replace(watch, deadline=until, attached=None))
        if not self._workers.several or end is not End.DONE:
            worker.end()
        failed = unconfined or unusable(message) or interrupted(end, limits, ended - asked)
        ended_run = EndedRun(
            zygote=started.zygote,
            end=end,
            answer=message,
            worker=worker,
            files=files,
            limits=limits,
            watch=watch,
            folder=Path(self._policy.filesystem.folders[0]).name,
            steps=None if self._program is None else len(self._program.steps),
        )
        try:
            result, devices, left_out = ended_run.collect(failed)
        except OverError as over:
            failed = interrupted(over.end, limits, time.perf_counter() - asked)
            result, devices, left_out = ended_run.collect(failed)
        report = result.report
        step = None
        if self._program is not None and result.failure is not None:
            # One that was ended says nothing of it; then it is the last one that began.
            step = len(devices) - 1 if report is None or report.step is None else report.step
        assert self._report is not None
        return Outcome(
            status=Status.FAILED if result.failure else Status.SUCCEEDED,
            failure=result.failure,
            step=step,
            results=result.results,
            device=PythonDevice.joined(devices),
            devices=[] if self._program is None else devices,
            log=[*(report.log if report else []), *left_out, *traffic.remarks],
            network=traffic.connections,
            timings=Timings(
                start=asked - arrived,
                run=ended - asked,
                collect=time.perf_counter() - ended,
                phases=report.phases if report else {},
            ),
            peak_memory=peak,
            cpu_seconds=None if before is None or after is None else after - before,
            isolation=self._report,
        )

    def close(self) -> None:
        """End every process of this sandbox and remove what they left."""
        with self._lock:
            self._closed = True
            if self._bring_up is not None:
                self._bring_up.abandon()
                self._bring_up = None
            started, self._started = self._started, None
        self._workers.close(started)
        if self._packed is not None:
            self._packed.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ready(self) -> Started:
        started = self._started
        if started is not None and started.zygote.alive:
            return started
        with self._lock:
            if self._closed:
                raise ValueError("this sandbox is closed")
            if self._started is not None and not self._started.zygote.alive:
                self._workers.retire(self._started)
                self._started = None
            if self._started is None:
                self._started = self._start()
            return self._started

    def _start(self) -> Started:
        if self._base is not None:
            lent = self._base._ready()
            if lent.namespaces:
                return self._start_on(replace(lent, borrowed=True), self._base.isolation)
            # Without a mount namespace a fork can't be shown an environment that others are not.
            self._base = None
        bring_up, self._bring_up = self._bring_up or self._new_bring_up(), None
        if self._workers.groups is None:
            self._find_groups()
        memory = self._policy.warm_up.memory
        counted = bring_up.launcher_pid
        self._workers.count(counted, memory)
        try:
            started = bring_up.finish()
        except BaseException:
            self._workers.uncount()
            raise
        if started.zygote.launcher_pid != counted:
            # It had to begin again, with fewer layers.
            self._workers.count(started.zygote.launcher_pid, memory)
        version = None if self._workers.groups is None else self._workers.groups.version
        layers = isolation.memory_layers(version, self._why_no_groups)
        self._report = replace(started.report, layers=[*started.report.layers, *layers])
        self._workers.start(started)
        return started

    def _start_on(self, started: Started, report: IsolationReport) -> Started:
        if self._workers.groups is None:
            self._find_groups()
        self._report = report
        self._workers.start(started, added=self._added)
        return started

    def _find_groups(self) -> None:
        if isolation.MEMORY_GROUP in self._withheld:
            self._why_no_groups = "withheld"
        else:
            self._workers.groups, self._why_no_groups = find_memory_groups(self._name)

    def _take(self, limits: Limits | None, cancelled: threading.Event | None) -> Worker | None:
        """A worker that waits for its request, made now if there is none.

        None if the run was cancelled while the sandbox started anew.
        """

        def taken() -> Worker | None:
            started = self._ready_unless(cancelled)
            return None if started is None else self._workers.take(started, limits)

        return self._despite_deaths(taken)

    def _despite_deaths(self, act: Callable[[], _T]) -> _T:
        """Do something with a zygote; with new ones if they have died unnoticed or die meanwhile.

        One that says what is wrong with it is not tried again.
        """
        for _ in range(_NEW_ZYGOTES):
            with contextlib.suppress(ZygoteDiedError):
                return act()
        return act()

    def _ready_unless(self, cancelled: threading.Event | None) -> Started | None:
        """A zygote; None if that is waited for when the run is cancelled.

        One that starts anew goes on starting then, for the next run: on a busy machine that can
        take longer than a run may.
        """
        started = self._started
        if cancelled is None or self._report is None or (started and started.zygote.alive):
            return self._ready()
        with self._restart_lock:
            restart = self._restart
            if restart is None:
                restart = self._restart = Future()
                threading.Thread(target=self._start_anew, args=(restart,), name="restart").start()
        while not wait([restart], timeout=_PAUSE).done:
            if cancelled.is_set():
                return None
        return restart.result()

    def _start_anew(self, restart: "Future[Started]") -> None:
        """A thread that starts the zygote for all runs that wait for it."""
        try:
            restart.set_result(self._ready())
        except BaseException as error:  # noqa: BLE001  # it is the runs' that wait
            restart.set_exception(error)
        finally:
            with self._restart_lock:
                self._restart = None

    def _never_begun(self, limits: Limits, waited: float) -> Outcome:
        """The outcome of a run that was cancelled before there was a process for it."""
        assert self._report is not None
        return Outcome(
            status=Status.FAILED,
            failure=interrupted(End.CANCELLED, limits, 0.0),
            results={},
            device=PythonDevice.joined([]),
            log=[],
            timings=Timings(start=waited, run=0.0, collect=0.0, phases={}),
            peak_memory=None,
            cpu_seconds=None,
            isolation=self._report,
        )


def _masked(outcome: Outcome, masking: Masking) -> Outcome:
    """An outcome without the secrets, but for what was returned and drawn."""

    def device(made: PythonDevice) -> PythonDevice:
        return replace(made, console=masking.text(made.console))

    return replace(
        outcome,
        failure=masking.of(_without_variables(outcome.failure)),
        device=device(outcome.device),
        devices=[device(one) for one in outcome.devices],
        log=masking.of(list(outcome.log)),
        network=masking.of(list(outcome.network)),
    )


def _without_variables(failure: Failure | None) -> Failure | None:
    """A failure without the variables of its frames: a part of a secret is not recognized there."""
    if failure is None:
        return None
    frames = [replace(frame, variables=FrameVariables()) for frame in failure.frames]
    return replace(failure, frames=frames)
