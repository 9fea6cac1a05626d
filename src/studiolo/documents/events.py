"""The events of a run, and of an experiment, as documents: one type for each event."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from studiolo.environments.progress import BuildProgress
from studiolo.errors import Fact
from studiolo.runs.experiments.progress import NodeProgress
from studiolo.runs.experiments.run_events import (
    ConsoleDropped,
    ConsoleWritten,
    NodeNoted,
    RunBegan,
    RunEvent,
)
from studiolo.runs.history.current_state import CurrentRun
from studiolo.sandbox.exchange.job import Failure
from studiolo.store.run_record import RunStatus


class RunBeganEvent(TypedDict):
    """Event `run_began`: the run is recorded."""

    #: In an order in which they can run.
    nodes: Sequence[str]


class _FailedKeys(TypedDict):
    #: Of a failure: what went wrong, its code, and what it is about.
    error: str | None
    error_code: str | None
    error_subject: str | None
    #: What it is made of, by name; empty where that is not known.
    error_facts: Mapping[str, Fact]
    #: The class of the exception; empty if there was none.
    error_type: str
    #: The line of the script that it was raised at, from 1.
    error_line: int | None


class NodeEvent(_FailedKeys):
    """Event `node`: the state of a node changed."""

    node: str
    #: `waiting`, `running`, `finished`, `kept`, `failed`, `cancelled` or `skipped`.
    state: str
    #: Why it runs, or does not: a sentence.
    reason: str
    seconds: float | None
    rows: int | None
    bytes: int | None
    #: Of a kept result, the run that made it.
    from_run: str | None


class ConsoleEvent(TypedDict):
    """Event `console`: a node printed something."""

    node: str
    text: str


class ConsoleDroppedEvent(TypedDict):
    """Event `console_dropped`: lines of consoles that are not kept, by node."""

    lines: Mapping[str, int]


class NotesEvent(TypedDict):
    """Event `notes`: calls of a node's script mean something else today."""

    node: str
    notes: Sequence[str]


class EnvironmentEvent(TypedDict):
    """Event `environment`: an environment is being built."""

    phase: str
    done: int | None
    total: int | None
    message: str


class RunEndedEvent(TypedDict):
    """Event `run_ended`: nothing comes after it."""

    #: `finished`, `failed`, `cancelled` or `interrupted`.
    status: str


class RunBrokenOffEvent(TypedDict):
    """Event `run_broken_off`: the run could not be begun, or not go on. Nothing comes after it."""

    code: str
    message: str
    #: What the message is made of, by name.
    facts: Mapping[str, Fact]


RunEventDocument = (
    RunBeganEvent
    | NodeEvent
    | ConsoleEvent
    | ConsoleDroppedEvent
    | NotesEvent
    | EnvironmentEvent
    | RunEndedEvent
    | RunBrokenOffEvent
)


class ExperimentChangedEvent(TypedDict):
    """Event `changed`: files of the experiment have changed, here or in an editor.

    The first event of a stream has the present state.
    """

    #: Of experiment.yaml; null if it is gone.
    revision: str | None
    #: Changes whenever a node has been moved.
    layout: str
    #: Changes whenever a script, or a module or an environment of the workspace, has changed.
    scripts: str


class PeopleEvent(TypedDict):
    """Event `people`: how many pages have the experiment open, with this one."""

    pages: int


class NewRunEvent(TypedDict):
    """Event `run`: the newest run of the experiment."""

    run: str
    #: `running`, `finished`, `failed`, `cancelled` or `interrupted`.
    status: str
    #: How long it took; null while it runs.
    seconds: float | None


ExperimentEventDocument = ExperimentChangedEvent | PeopleEvent | NewRunEvent


def run_event_document(event: RunEvent) -> tuple[str, RunEventDocument]:
    """The name and the document of an event."""
    if isinstance(event, RunBegan):
        return "run_began", {"nodes": list(event.nodes)}
    if isinstance(event, NodeProgress):
        return "node", node_event(event)
    if isinstance(event, ConsoleWritten):
        return "console", {"node": event.node, "text": event.text}
    if isinstance(event, ConsoleDropped):
        return "console_dropped", {
            "lines": {str(node): lines for node, lines in event.lines.items()}
        }
    if isinstance(event, NodeNoted):
        return "notes", {"node": event.node, "notes": list(event.notes)}
    if isinstance(event, BuildProgress):
        return "environment", {
            "phase": event.phase.value,
            "done": event.done,
            "total": event.total,
            "message": event.message,
        }
    return "run_ended", {"status": event.status.value}


def node_event(progress: NodeProgress) -> NodeEvent:
    """The document of a node's state."""
    return {
        "node": progress.node,
        "state": progress.state.value,
        "reason": progress.reason,
        "seconds": progress.seconds,
        "rows": progress.rows,
        "bytes": progress.bytes,
        "from_run": progress.from_run,
        **_failed(progress.failure),
    }


def _failed(failure: Failure | None) -> _FailedKeys:
    if failure is None:
        return {
            "error": None,
            "error_code": None,
            "error_subject": None,
            "error_facts": {},
            "error_type": "",
            "error_line": None,
        }
    return {
        "error": failure.message,
        "error_code": failure.code,
        "error_subject": failure.subject,
        "error_facts": failure.facts,
        "error_type": failure.exception_type,
        "error_line": failure.frames[-1].line if failure.frames else None,
    }


def recorded_events(run: CurrentRun) -> list[tuple[str, RunEventDocument]]:
    """A run whose events are not here, as the events that lead to its present state."""
    began: RunBeganEvent = {"nodes": list(run.nodes)}
    events: list[tuple[str, RunEventDocument]] = [("run_began", began)]
    for name, node in run.nodes.items():
        state: NodeEvent = {
            "node": name,
            "state": node.state.value,
            "reason": node.record.reason,
            "seconds": node.record.seconds,
            "rows": node.record.rows,
            "bytes": node.record.bytes,
            "from_run": node.record.from_run,
            **_failed(node.failure),
        }
        events.append(("node", state))
    if run.record.status is not RunStatus.RUNNING:
        events.append(("run_ended", {"status": run.record.status.value}))
    return events
