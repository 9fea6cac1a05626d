"""The runs that this process carries, and those that ended lately, with their events."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from studiolo.experiments.experiment import Experiment
from studiolo.runs.errors import RunNotHereError
from studiolo.runs.experiments.running import RunningExperiment
from studiolo.runs.planning.selection import Selection
from studiolo.store.identity import RunId
from studiolo.store.run_record import RunStatus
from studiolo.workspace.workspace import Workspace

#: Ended runs whose events are still there for those who come back late.
_REMEMBERED: Final = 20


class LiveRuns:
    """The runs that were started here. For any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._handles: OrderedDict[RunId, RunningExperiment] = OrderedDict()
        self._on_start: list[Callable[[], None]] = []

    def start(
        self, experiment: Experiment, selection: Selection | None = None
    ) -> RunningExperiment:
        """Begin a run; see `Workspace.start`."""
        handle = self._workspace.start(experiment, selection=selection)
        with self._lock:
            self._handles[handle.id] = handle
            over = [run for run, other in self._handles.items() if other.is_over]
            for run in over[: max(0, len(over) - _REMEMBERED)]:
                del self._handles[run]
            listeners = list(self._on_start)
        for act in listeners:
            act()
        return handle

    def find(self, run: str) -> RunningExperiment | None:
        """The handle of a run that this process carries, or did lately."""
        with self._lock:
            return self._handles.get(RunId(run))

    def cancel(self, run: str) -> None:
        """Ask a run to end. One that has ended stays as it is.

        Raises:
            RunUnknownError: There is no such run.
            RunNotHereError: Another process carries it.
        """
        handle = self.find(run)
        if handle is not None:
            handle.cancel()
        elif self._workspace.runs.find(run).status is RunStatus.RUNNING:
            raise RunNotHereError(run=run)

    def listen(self, act: Callable[[], None]) -> Callable[[], None]:
        """Call this whenever a run starts here; what returns ends that."""
        with self._lock:
            self._on_start.append(act)
        return lambda: self._on_start.remove(act)
