"""The progress of a run, as its observers hear it."""

from dataclasses import dataclass
from typing import Protocol

from studiolo.experiments.experiment import NodeName
from studiolo.sandbox.job import Failure
from studiolo.store.identity import RunId
from studiolo.store.run_record import NodeState


@dataclass(frozen=True, kw_only=True)
class NodeProgress:
    """Where a node stands; of one that has ended, what it cost."""

    node: NodeName
    state: NodeState
    #: Why it runs, or does not: a sentence.
    reason: str = ""
    seconds: float | None = None
    #: Rows of all its outputs; None where none is a dataset.
    rows: int | None = None
    #: Bytes of all its outputs.
    bytes: int | None = None
    #: Bytes of memory that it took at the most.
    peak_memory: int | None = None
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
