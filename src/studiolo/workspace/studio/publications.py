"""Publications on their way: an experiment runs, is frozen, and becomes a version of a service."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.services.keys import Key
from studiolo.store.identity import RunId
from studiolo.store.services.service_record import KeySlot
from studiolo.workspace.services.publishing import Publication
from studiolo.workspace.studio.errors import PublicationUnknownError
from studiolo.workspace.studio.live_runs import LiveRuns
from studiolo.workspace.workspace import Workspace

#: Publications that have ended, for pages that come back late.
_REMEMBERED: Final = 20


class PublicationState(StrEnum):
    """How far a publication is."""

    #: The experiment runs.
    RUNNING = "running"
    #: Its results are frozen, and the version has to answer its first rows.
    FREEZING = "freezing"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class PublicationGoal:
    """The experiment to be published, and the endpoint for it."""

    #: The name of the experiment's folder.
    experiment: str
    service: str
    endpoint: str
    note: str


class OngoingPublication:
    """One publication, from the beginning of its run on. For any number of threads."""

    def __init__(self, goal: PublicationGoal) -> None:
        self.id = secrets.token_hex(8)
        self.goal = goal
        self.state = PublicationState.RUNNING
        #: The run that it makes; None before that.
        self.run: RunId | None = None
        #: Once it has finished.
        self.made: Publication | None = None
        #: Why it failed; not an error of ours, unless it is to be told as one.
        self.error: BaseException | None = None
        self._began = threading.Event()
        self._lock = threading.Lock()
        self._keys: Mapping[KeySlot, Key] = {}

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in (PublicationState.FINISHED, PublicationState.FAILED)

    @property
    def has_keys(self) -> bool:
        """Whether it made keys that have not been taken yet."""
        return bool(self._keys)

    def take_keys(self) -> Mapping[KeySlot, Key]:
        """The keys of a new endpoint, once: they are not kept."""
        with self._lock:
            keys, self._keys = self._keys, {}
            return keys

    def wait_for_run(self) -> None:
        """Wait until its run has begun.

        Raises:
            StudioloError: It could not begin.
        """
        self._began.wait()
        if self.run is None and self.error is not None:
            raise self.error

    # For the thread that carries it out.

    def began(self, run: RunId) -> None:
        """Its run has begun."""
        self.run = run
        self._began.set()

    def ended(self, made: Publication | BaseException) -> None:
        """It is over."""
        if isinstance(made, Publication):
            self.made, self._keys = made, made.keys
            self.state = PublicationState.FINISHED
        else:
            self.error = made
            self.state = PublicationState.FAILED
        self._began.set()


class Publications:
    """The publications of this process. For any number of threads."""

    def __init__(self, workspace: Workspace, runs: LiveRuns) -> None:
        self._workspace = workspace
        self._runs = runs
        self._lock = threading.Lock()
        self._all: OrderedDict[str, OngoingPublication] = OrderedDict()

    def start(self, experiment: Experiment, goal: PublicationGoal) -> OngoingPublication:
        """Begin to publish an experiment, and return as soon as it runs.

        Raises:
            ServiceNameError, ServiceOutputMissingError: It can't be published so.
            StudioloError: The run could not be begun.
        """
        one = OngoingPublication(goal)
        act = threading.Thread(target=self._publish, args=(experiment, one), name="publication")
        act.start()
        one.wait_for_run()
        with self._lock:
            self._all[one.id] = one
            over = [other.id for other in self._all.values() if other.is_over]
            for old in over[: max(0, len(over) - _REMEMBERED)]:
                del self._all[old]
        return one

    def find(self, identity: str) -> OngoingPublication:
        """A publication by its id.

        Raises:
            PublicationUnknownError: This process knows none of that id.
        """
        with self._lock:
            if identity not in self._all:
                raise PublicationUnknownError(publication=identity)
            return self._all[identity]

    def all(self) -> Sequence[OngoingPublication]:
        """Those that go on or ended lately, the newest last."""
        with self._lock:
            return list(self._all.values())

    def _publish(self, experiment: Experiment, one: OngoingPublication) -> None:
        def run(experiment: Experiment) -> ExperimentResult:
            handle = self._runs.start(experiment)
            one.began(handle.id)
            handle.wait()
            one.state = PublicationState.FREEZING
            return self._workspace.result(handle.id)

        try:
            made = self._workspace.services.publish(
                experiment,
                service=one.goal.service,
                endpoint=one.goal.endpoint,
                note=one.goal.note,
                run=run,
            )
        except Exception as error:  # who asks for the publication is told
            one.ended(error)
            if not isinstance(error, StudioloError):
                raise
        else:
            one.ended(made)
