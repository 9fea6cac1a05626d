"""A run of an experiment and its nodes, as they are remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from studiolo.experiments.experiment import NodeName
from studiolo.store.identity import RecipeDigest, RunId
from studiolo.store.measures import Measures
from studiolo.store.result_record import KeptImage, NewResult


class RunStatus(StrEnum):
    """How far a run is, or how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    #: The process that carried it ended before the run did.
    INTERRUPTED = "interrupted"


class Session(StrEnum):
    """How a person looks into a node."""

    CONSOLE = "console"
    DEBUGGER = "debugger"


class NodeState(StrEnum):
    """How far a node of a run is, or how it ended."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    #: It did not run: a kept result stands in for it.
    KEPT = "kept"
    FAILED = "failed"
    CANCELLED = "cancelled"
    #: It did not run, because something that it needs did not succeed.
    SKIPPED = "skipped"


#: The states of a node that something came of, be it a failure.
WITH_OUTCOME = frozenset({NodeState.FINISHED, NodeState.KEPT, NodeState.FAILED})


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run of an experiment, or of a part of it."""

    id: RunId
    #: The experiment's file, relative to the workspace, with slashes.
    experiment: str
    #: What people called the experiment then.
    experiment_name: str
    status: RunStatus = RunStatus.RUNNING
    #: Whether only some nodes were asked for.
    partial: bool = False
    started_at: datetime
    #: None while it runs. Of an interrupted run: the last time that anything was recorded of it.
    ended_at: datetime | None = None
    #: The process that carries it, or did.
    pid: int
    host: str
    #: The session that a run of the nodes before it prepares; None for any other run.
    prepares: Session | None = None


@dataclass(frozen=True, kw_only=True)
class NewRun(RunRecord):
    """A run as it is recorded, with what is only read when it is looked at."""

    #: The experiment as it was, as plain JSON: its file's text, scripts by name with their text,
    #: the versions of datasets.
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A number that was drawn at random for a node, by which its result differs from all others."""

    #: The experiment's folder, as in `RunRecord`.
    experiment: str
    node: NodeName
    #: The digest of the node's recipe without the draw.
    undrawn: RecipeDigest
    #: 32 bits.
    number: int


@dataclass(frozen=True, kw_only=True)
class PlannedNode:
    """A node as its run begins."""

    node: NodeName
    state: NodeState = NodeState.WAITING
    #: Why it is to run, or not: a sentence.
    reason: str = ""
    #: None where it depends on what nodes before it give.
    recipe_digest: RecipeDigest | None = None
    #: Its draw, and the digest of its recipe without it; None where nothing was drawn.
    draw: int | None = None
    undrawn: RecipeDigest | None = None


@dataclass(frozen=True, kw_only=True)
class NodeChange:
    """A step in the life of a node. What is None stays as it was recorded."""

    node: NodeName
    state: NodeState
    reason: str | None = None
    recipe_digest: RecipeDigest | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    #: What it has printed so far.
    console: str | None = None


@dataclass(frozen=True, kw_only=True)
class NodeOutcome(Measures):
    """How a node ended, with all that is recorded of it."""

    node: NodeName
    state: NodeState
    reason: str
    recipe_digest: RecipeDigest | None = None
    #: Of a kept result: the run that made it.
    from_run: RunId | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    #: What it printed, said and drew. None: what its result says, which is how a node is recorded
    #: that a kept result stands in for.
    console: str | None = None
    log: Sequence[str] | None = None
    images: Sequence[KeptImage] | None = None
    #: What it talked to in the network in this run, as plain JSON; None for nothing.
    network: Sequence[Mapping[str, Any]] | None = None
    #: Why it failed, as plain JSON.
    failure: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class FinishedNode:
    """A node that has ended, and the result to be kept of it, if there is a new one."""

    outcome: NodeOutcome
    result: NewResult | None = None


@dataclass(frozen=True, kw_only=True)
class NodeRecord(NodeOutcome):
    """The record of a node of a run."""

    run: RunId
    #: Its place in the order of the experiment, from 0.
    position: int
    #: What was drawn for it; see `Draw`.
    draw: int | None = None


@dataclass(frozen=True, kw_only=True)
class WhyNode:
    """Why a node ran, or did not, without all else that is remembered of it."""

    node: NodeName
    state: NodeState
    reason: str


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """The number of runs and results that were forgotten."""

    runs: int
    results: int
