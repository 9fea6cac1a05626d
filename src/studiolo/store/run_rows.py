"""Runs and their nodes, to and from their tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from studiolo.experiments.experiment import NodeName
from studiolo.store.database.schema import RESULTS, RUN_NODES, RUNS
from studiolo.store.identity import RecipeDigest, RunId
from studiolo.store.result_rows import images_from_json, images_to_json
from studiolo.store.run_record import (
    Draw,
    NewRun,
    NodeChange,
    NodeOutcome,
    NodeRecord,
    NodeState,
    PlannedNode,
    RunRecord,
    RunStatus,
    Session,
    WhyNode,
)

_LIGHT = [column for column in RUNS.c if column.name != "snapshot"]
_OF_RESULT = ("console", "log", "images")
# What a node printed, noted and drew is kept with it, or with the result that it reuses.
_NODES = select(
    *(column for column in RUN_NODES.c if column.name not in _OF_RESULT),
    *(func.coalesce(RUN_NODES.c[name], RESULTS.c[name]).label(name) for name in _OF_RESULT),
).select_from(RUN_NODES.outerjoin(RESULTS, RUN_NODES.c.recipe_digest == RESULTS.c.recipe_digest))
_DRAWS = (
    select(
        RUNS.c.experiment, RUN_NODES.c.node, RUN_NODES.c.undrawn, RUN_NODES.c.draw.label("number")
    )
    .join_from(RUN_NODES, RUNS, RUNS.c.id == RUN_NODES.c.run)
    .where(RUN_NODES.c.draw.is_not(None))
    .order_by(RUN_NODES.c.run.desc())
)
_THIS_NODE = (RUN_NODES.c.run == bindparam("of_run")) & (RUN_NODES.c.node == bindparam("of_node"))
_INTERRUPTED = "The process that was carrying out the run ended before the run did."


def begin(connection: Connection, run: NewRun, nodes: Sequence[PlannedNode]) -> None:
    """Write down a run and what is to become of its nodes."""
    connection.execute(
        insert(RUNS).values(
            id=run.id,
            experiment=run.experiment,
            experiment_name=run.experiment_name,
            status=run.status,
            partial=run.partial,
            started_at=run.started_at,
            ended_at=run.ended_at,
            snapshot=run.snapshot,
            pid=run.pid,
            host=run.host,
            prepares=run.prepares,
        )
    )
    if nodes:
        connection.execute(
            insert(RUN_NODES),
            [
                {
                    "run": run.id,
                    "node": node.node,
                    "position": position,
                    "state": node.state,
                    "reason": node.reason,
                    "recipe_digest": node.recipe_digest,
                    "draw": node.draw,
                    "undrawn": node.undrawn,
                }
                for position, node in enumerate(nodes)
            ],
        )


def change_nodes(connection: Connection, run: RunId, changes: Sequence[NodeChange]) -> None:
    """Write down how far nodes are."""
    stays = ("reason", "recipe_digest", "started_at", "ended_at", "console")
    statement = (
        update(RUN_NODES)
        .where(_THIS_NODE)
        .values(
            state=bindparam("new_state"),
            **{
                name: func.coalesce(
                    bindparam(f"new_{name}", type_=RUN_NODES.c[name].type), RUN_NODES.c[name]
                )
                for name in stays
            },
        )
    )
    if changes:
        connection.execute(
            statement,
            [
                {
                    "of_run": run,
                    "of_node": change.node,
                    "new_state": change.state,
                    **{f"new_{name}": getattr(change, name) for name in stays},
                }
                for change in changes
            ],
        )


def finish_nodes(connection: Connection, run: RunId, outcomes: Sequence[NodeOutcome]) -> None:
    """Write down how nodes ended."""
    if not outcomes:
        return
    rows = [_written(outcome) for outcome in outcomes]
    statement = (
        update(RUN_NODES)
        .where(_THIS_NODE)
        .values({name: bindparam(f"new_{name}") for name in rows[0]})
    )
    connection.execute(
        statement,
        [
            {
                "of_run": run,
                "of_node": outcome.node,
                **{f"new_{name}": value for name, value in row.items()},
            }
            for outcome, row in zip(outcomes, rows, strict=True)
        ],
    )


def end(connection: Connection, run: RunId, status: RunStatus, ended_at: datetime) -> None:
    """Write down how a run ended; nothing if it has ended already."""
    connection.execute(
        update(RUNS)
        .where(RUNS.c.id == run, RUNS.c.status == RunStatus.RUNNING)
        .values(status=status, ended_at=ended_at)
    )


def interrupt(connection: Connection, run: RunId) -> None:
    """Write down that no process carries a run any more; nothing if it has ended already."""
    times = select(func.max(RUN_NODES.c.started_at), func.max(RUN_NODES.c.ended_at))
    last = connection.execute(times.where(RUN_NODES.c.run == run)).one()
    started_at = connection.scalar(
        select(RUNS.c.started_at).where(RUNS.c.id == run, RUNS.c.status == RunStatus.RUNNING)
    )
    if started_at is None:
        return
    end(connection, run, RunStatus.INTERRUPTED, max(filter(None, (started_at, *last))))
    for before, after in (
        (NodeState.RUNNING, NodeState.CANCELLED),
        (NodeState.WAITING, NodeState.SKIPPED),
    ):
        connection.execute(
            update(RUN_NODES)
            .where(RUN_NODES.c.run == run, RUN_NODES.c.state == before)
            .values(state=after, reason=_INTERRUPTED)
        )


def runs(
    connection: Connection,
    *,
    experiment: str | None,
    status: RunStatus | None,
    limit: int | None,
) -> Sequence[RunRecord]:
    """Runs, newest first."""
    statement = select(*_LIGHT).order_by(RUNS.c.id.desc()).limit(limit)
    if experiment is not None:
        statement = statement.where(RUNS.c.experiment == experiment)
    if status is not None:
        statement = statement.where(RUNS.c.status == status)
    return [_read_run(row) for row in connection.execute(statement)]


def runs_called(connection: Connection, called: str, *, limit: int) -> Sequence[RunRecord]:
    """The run of that id; otherwise those whose id, or its random end, begins like that."""
    exact = connection.execute(select(*_LIGHT).where(RUNS.c.id == called)).first()
    if exact is not None:
        return [_read_run(exact)]
    # The random end is what tells runs of the same day apart, and is short enough to be typed.
    random_end = func.substr(RUNS.c.id, func.length(RUNS.c.id) - 5)
    alike = or_(
        RUNS.c.id.startswith(called, autoescape=True),
        random_end.startswith(called, autoescape=True),
    )
    statement = select(*_LIGHT).where(alike).order_by(RUNS.c.id.desc()).limit(limit)
    return [_read_run(row) for row in connection.execute(statement)]


def snapshot(connection: Connection, run: RunId) -> Mapping[str, Any] | None:
    """The experiment as it was when the run began."""
    found: Mapping[str, Any] | None = connection.scalar(
        select(RUNS.c.snapshot).where(RUNS.c.id == run)
    )
    return found


def nodes(connection: Connection, run: RunId) -> Sequence[NodeRecord]:
    """A run's nodes, in the order of the experiment."""
    statement = _NODES.where(RUN_NODES.c.run == run).order_by(RUN_NODES.c.position)
    return [_read_node(row) for row in connection.execute(statement)]


def latest_nodes(
    connection: Connection,
    experiment: str,
    *,
    node: NodeName | None,
    states: Collection[NodeState],
) -> Mapping[NodeName, NodeRecord]:
    """Of each node of an experiment, the record of the newest run that brought it to a state."""
    newest = (
        # Ids sort by time.
        select(RUN_NODES.c.node, func.max(RUN_NODES.c.run).label("run"))
        .join(RUNS, RUNS.c.id == RUN_NODES.c.run)
        .where(RUNS.c.experiment == experiment, RUN_NODES.c.state.in_(states))
        .group_by(RUN_NODES.c.node)
    )
    if node is not None:
        newest = newest.where(RUN_NODES.c.node == node)
    chosen = newest.subquery()
    statement: Select[Any] = _NODES.join(
        chosen, (RUN_NODES.c.run == chosen.c.run) & (RUN_NODES.c.node == chosen.c.node)
    )
    return {row.node: _read_node(row) for row in connection.execute(statement)}


def reasons(connection: Connection, run: RunId) -> Sequence[WhyNode]:
    """Why a run's nodes ran, in the order of the experiment."""
    statement = (
        select(RUN_NODES.c.node, RUN_NODES.c.state, RUN_NODES.c.reason)
        .where(RUN_NODES.c.run == run)
        .order_by(RUN_NODES.c.position)
    )
    return [
        WhyNode(node=row.node, state=NodeState(row.state), reason=row.reason)
        for row in connection.execute(statement)
    ]


def latest_draws(connection: Connection, experiment: str) -> Sequence[Draw]:
    """The last draw of each node of an experiment, newest first."""
    newest = (
        select(RUN_NODES.c.node, func.max(RUN_NODES.c.run).label("run"))
        .join(RUNS, RUNS.c.id == RUN_NODES.c.run)
        .where(RUNS.c.experiment == experiment, RUN_NODES.c.draw.is_not(None))
        .group_by(RUN_NODES.c.node)
        .subquery()
    )
    statement = _DRAWS.join(
        newest, (RUN_NODES.c.run == newest.c.run) & (RUN_NODES.c.node == newest.c.node)
    )
    return [Draw(**row._mapping) for row in connection.execute(statement)]


def draws_for(connection: Connection, undrawn: RecipeDigest, *, limit: int) -> Sequence[Draw]:
    """The last draws for a recipe, of any node and in any experiment, newest first."""
    statement = _DRAWS.where(RUN_NODES.c.undrawn == undrawn).limit(limit)
    return [Draw(**row._mapping) for row in connection.execute(statement)]


def forget(connection: Connection, *, keep: int) -> int:
    """Delete all runs but the newest of each experiment, and those that are running; how many."""
    rank = func.row_number().over(partition_by=RUNS.c.experiment, order_by=RUNS.c.id.desc())
    ranked = select(RUNS.c.id, rank.label("rank")).subquery()
    old = select(ranked.c.id).where(ranked.c.rank > keep)
    statement = delete(RUNS).where(RUNS.c.id.in_(old), RUNS.c.status != RunStatus.RUNNING)
    return connection.execute(statement).rowcount


def _read_run(row: Row[Any]) -> RunRecord:
    return RunRecord(
        id=row.id,
        experiment=row.experiment,
        experiment_name=row.experiment_name,
        status=RunStatus(row.status),
        partial=row.partial,
        started_at=row.started_at,
        ended_at=row.ended_at,
        pid=row.pid,
        host=row.host,
        prepares=None if row.prepares is None else Session(row.prepares),
    )


def _written(outcome: NodeOutcome) -> dict[str, Any]:
    """The columns for how a node ended. A field has the name of its column."""
    columns = {field.name: getattr(outcome, field.name) for field in fields(NodeOutcome)}
    del columns["node"]
    return {
        **columns,
        "log": None if outcome.log is None else list(outcome.log),
        "images": None if outcome.images is None else images_to_json(outcome.images),
    }


def _read_node(row: Row[Any]) -> NodeRecord:
    columns = {field.name: getattr(row, field.name) for field in fields(NodeRecord)}
    columns["state"] = NodeState(row.state)
    columns["images"] = None if row.images is None else images_from_json(row.images)
    return NodeRecord(**columns)
