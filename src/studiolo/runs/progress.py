"""The progress of a run, as its observers hear it."""

from dataclasses import dataclass
from typing import Protocol

from studiolo.experiments.experiment import NodeName
from studiolo.sandbox.job import Failure
from studiolo.store.identity import RunId
from studiolo.store.measures import Measures
from studiolo.store.run_record import NodeState


@dataclass(frozen=True, kw_only=True)
class NodeProgress(Measures):
    """Where a node stands; of one that has ended, what it cost."""

    node: NodeName
    state: NodeState
    #: Why it runs, or does not: a sentence.
    reason: str = ""
    #: The run that its kept result comes from.
    from_run: RunId | None = None
    failure: Failure | None = None


class Observer(Protocol):
    """Watches a run; called from any thread, and expected to be quick."""

    def node_changed(self, progress: NodeProgress) -> None:
        """A node's state changed. One that has ended is recorded by then."""

    def console_written(self, node: NodeName, text: str) -> None:
        """A node printed something."""


class Unobserved:
    """Nobody watches."""

    def node_changed(self, progress: NodeProgress) -> None:
        """Nothing."""

    def console_written(self, node: NodeName, text: str) -> None:
        """Nothing."""
