"""The engine that carries out the steps of a run; all that the scheduler knows of one."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from studiolo.environments.progress import ProgressCallback
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortName
from studiolo.runs.engines.capacity import Capacity
from studiolo.runs.engines.references import ResultReference, ResultTable
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.planning.plan import Step
from studiolo.sandbox.exchange.job import Failure, Image, Outcome
from studiolo.sandbox.network.traffic import NetworkConnection
from studiolo.store.measures import Cost


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """The facts that the steps of one run have in common for an engine."""

    #: The results that its steps refer to.
    results: ResultTable
    settings: RunSettings = field(default_factory=RunSettings)
    #: Set when what runs is to end.
    cancelled: threading.Event = field(default_factory=threading.Event)
    #: Told how far the building of an environment is.
    on_build: ProgressCallback = field(default=lambda _progress: None)
    #: Told, before a node's script runs, which of its calls mean something else today: sentences.
    on_notes: Callable[[NodeName, Sequence[str]], None] = field(default=lambda _node, _notes: None)


@dataclass(frozen=True, kw_only=True)
class ReadyStep:
    """A step whose inputs are there."""

    step: Step
    #: By input port.
    inputs: Mapping[PortName, ResultReference]
    #: Datasets that parameters stand for, by parameter.
    files: Mapping[str, ResultReference] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepOutcome(Cost):
    """The outcome of a step."""

    #: By output port, without the ports left empty; nothing if it failed.
    results: Mapping[PortName, ResultReference]
    #: Why it did not succeed; None if it did.
    failure: Failure | None = None
    #: What it printed and drew.
    console: str = ""
    images: Sequence[Image] = ()
    #: Remarks that are not errors, a sentence each.
    log: Sequence[str] = ()
    #: What it talked to in the network, and what it was refused.
    network: Sequence[NetworkConnection] = ()
    seconds: float
    #: The name of the environment that it ran in, and how well it was isolated; empty for what the
    #: host does itself, such as reading a dataset file.
    environment: str = ""
    isolation: str = ""

    @classmethod
    def of_outcome(
        cls,
        outcome: Outcome,
        *,
        results: Mapping[PortName, ResultReference],
        failure: Failure | None,
        environment: str,
    ) -> Self:
        """The outcome of a step that ran in a sandbox."""
        return cls(
            results=results,
            failure=failure,
            console=outcome.device.console,
            images=outcome.device.images,
            log=outcome.log,
            network=outcome.network,
            **Cost.of(outcome),
            environment=environment,
            isolation=outcome.isolation.level.value,
        )


class Engine(Protocol):
    """Runs modules. Any number of threads may execute at once, for any number of runs."""

    @property
    def capacity(self) -> Capacity:
        """The room that it has for steps; runs take it before they have a step executed."""

    def expect(self, steps: Collection[Step], run: RunContext) -> None:
        """Get ready for these steps, in the background; they are what is going to be executed."""

    def execute(
        self, work: ReadyStep, run: RunContext, *, on_console: Callable[[str], None] | None = None
    ) -> StepOutcome:
        """Run a step once and wait for its end; it ends soon after the run is cancelled.

        Raises:
            StudioloError: Nothing could be run at all, for example without an environment. What the
                step itself does wrong is an outcome.
        """

    def close(self) -> None:
        """End everything that it keeps ready."""
