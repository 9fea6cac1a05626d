"""The events of a run, for observers."""

from collections.abc import Sequence
from dataclasses import dataclass

from studiolo.environments.progress import BuildProgress
from studiolo.experiments.experiment import NodeName
from studiolo.sandbox.exchange.job import Failure
from studiolo.store.identity import RunId
from studiolo.store.measures import Measures
from studiolo.store.run_record import NodeState, RunStatus


@dataclass(frozen=True, kw_only=True)
class NodeProgress(Measures):
    """The state of a node and, once it has ended, what it cost."""

    node: NodeName
    state: NodeState
    #: Why it runs, or does not: a sentence.
    reason: str = ""
    #: The run that its kept result comes from.
    from_run: RunId | None = None
    failure: Failure | None = None


class Observer:
    """Watches a run. Its methods are called from any thread and must be quick; these do nothing."""

    def run_began(self, run: RunId, nodes: Sequence[NodeName]) -> None:
        """The run is recorded, with these nodes, in the order in which they can run."""

    def environment_progressed(self, progress: BuildProgress) -> None:
        """An environment that a node needs is being built."""

    def node_changed(self, progress: NodeProgress) -> None:
        """A node's state changed. One that has ended is recorded by then."""

    def node_noted(self, node: NodeName, notes: Sequence[str]) -> None:
        """Calls in a node's script mean something else today; called before it runs."""

    def console_written(self, node: NodeName, text: str) -> None:
        """A node printed something."""

    def run_ended(self, status: RunStatus) -> None:
        """The run ended, and that is recorded."""


class Observers(Observer):
    """Several observers of one run, called one after the other."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def run_began(self, run: RunId, nodes: Sequence[NodeName]) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.run_began(run, nodes)

    def environment_progressed(self, progress: BuildProgress) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.environment_progressed(progress)

    def node_changed(self, progress: NodeProgress) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.node_changed(progress)

    def node_noted(self, node: NodeName, notes: Sequence[str]) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.node_noted(node, notes)

    def console_written(self, node: NodeName, text: str) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.console_written(node, text)

    def run_ended(self, status: RunStatus) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.run_ended(status)
