"""The records of a workspace: dataset versions, results, runs and their nodes, services."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection

from studiolo.experiments.experiment import NodeName
from studiolo.store import dataset_rows, result_rows, run_rows
from studiolo.store.database.database import Database
from studiolo.store.database.postgresql import PostgresqlDatabase
from studiolo.store.database.sqlite import SqliteDatabase
from studiolo.store.database_address import DatabaseAddress
from studiolo.store.dataset_record import DatasetVersion, SeenDataset
from studiolo.store.errors import RunAmbiguousError, RunUnknownError
from studiolo.store.identity import BlobDigest, RecipeDigest, RunId
from studiolo.store.locks import SoleUse
from studiolo.store.result_record import StoredResult
from studiolo.store.run_record import (
    WITH_OUTCOME,
    Draw,
    FinishedNode,
    NewRun,
    NodeChange,
    NodeRecord,
    NodeState,
    PlannedNode,
    Pruned,
    RunRecord,
    RunStatus,
    WhyNode,
)
from studiolo.store.services import service_rows
from studiolo.store.services.job_records import JobRecords
from studiolo.store.services.service_records import ServiceRecords

#: How many runs an error looks through for one that may have been meant.
_RECENT = 50
#: How many draws for one recipe are looked through.
_DRAWS = 100


class Records:
    """The records of one workspace, for any number of threads and processes.

    Each verb is one transaction: all of it is on the disk when it returns, or none of it ever.
    What refers to blobs is recorded after the blobs are put. Every verb may raise a `StoreError`:
    the disk is full, another process writes for too long, the file is damaged, the workspace may
    only be read.
    """

    def __init__(self, database: Database, store: Path) -> None:
        self._database = database
        self._store = store
        #: What was published, and the addresses for calling it.
        self.services = ServiceRecords(database)
        #: The batch jobs of services.
        self.jobs = JobRecords(database)

    @classmethod
    def open(
        cls, store: Path, *, address: DatabaseAddress | None = None, wait_seconds: float = 20.0
    ) -> Self:
        """Open the records of a workspace; create them if there are none.

        Args:
            store: The workspace's `.studiolo` folder.
            address: The database that they are in; if not given, a file in that folder.
            wait_seconds: Seconds to wait where another process is writing.

        Raises:
            RecordsNewerError: A newer Studiolo made them. They are as they were.
            StoreError: They can't be read, or there are none and none can be created.
        """
        if address is None:
            return cls(SqliteDatabase.open(store, wait_seconds=wait_seconds), store)
        return cls(PostgresqlDatabase.open(address, store, wait_seconds=wait_seconds), store)

    @property
    def read_only(self) -> bool:
        """Whether this process can only read them."""
        return self._database.read_only

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # Datasets

    def note_dataset(self, seen: SeenDataset, *, current: bool = True) -> DatasetVersion:
        """Remember a content of a dataset file.

        A content that was never seen under the name becomes its next version; one that was is that
        version again. Where nothing is new nothing is written, so that it works where nothing can.

        Args:
            seen: The content.
            current: Whether the file has it now; if not, the current version stays the current one.
        """
        with self._database.reading() as connection:
            known = (
                dataset_rows.current(connection, seen.name)
                if current
                else dataset_rows.with_content(connection, seen.name, seen.content)
            )
        if known is not None and dataset_rows.adds_nothing(seen, known):
            return known
        with self._database.writing() as connection:
            return dataset_rows.note(connection, seen, current=current, now=datetime.now(UTC))

    def dataset_version(self, name: str, version: int | None = None) -> DatasetVersion | None:
        """A version of a dataset; the current one if none is named. None if there is no such."""
        with self._database.reading() as connection:
            if version is None:
                return dataset_rows.current(connection, name)
            return dataset_rows.version(connection, name, version)

    def dataset_versions(self, name: str) -> Sequence[DatasetVersion]:
        """All versions of a dataset, oldest first."""
        with self._database.reading() as connection:
            return dataset_rows.versions(connection, name)

    # Results

    def find_results(self, digests: Iterable[RecipeDigest]) -> Mapping[RecipeDigest, StoredResult]:
        """Those of the results that are kept. Whether their blobs are there, `Blobs` knows."""
        with self._database.reading() as connection:
            return result_rows.find(connection, digests)

    def recipes(self, digests: Iterable[RecipeDigest]) -> Mapping[RecipeDigest, Mapping[str, Any]]:
        """The recipes of those results that are kept."""
        with self._database.reading() as connection:
            return result_rows.recipes(connection, digests)

    # A run, by the process that carries it

    def begin_run(self, run: NewRun, nodes: Sequence[PlannedNode]) -> None:
        """Remember that a run begins, with its nodes in the order of the experiment.

        Its `RunLock` is held by then: a running run that no process holds is taken for
        interrupted.
        """
        with self._database.writing() as connection:
            run_rows.begin(connection, run, nodes)

    def change_nodes(self, run: RunId, changes: Sequence[NodeChange]) -> None:
        """Remember how far nodes are."""
        with self._database.writing() as connection:
            run_rows.change_nodes(connection, run, changes)

    def finish_nodes(self, run: RunId, batch: Sequence[FinishedNode]) -> None:
        """Remember how nodes ended, and their results: of the whole batch, or of none."""
        results = [finished.result for finished in batch if finished.result is not None]
        with self._database.writing() as connection:
            result_rows.keep(connection, results)
            run_rows.finish_nodes(connection, run, [finished.outcome for finished in batch])

    def end_run(self, run: RunId, status: RunStatus, *, ended_at: datetime) -> None:
        """Remember how a run ended. One that has ended stays as it is."""
        with self._database.writing() as connection:
            run_rows.end(connection, run, status, ended_at)

    # Runs, by those who look

    def runs(
        self,
        experiment: str | None = None,
        *,
        status: RunStatus | None = None,
        limit: int | None = None,
    ) -> Sequence[RunRecord]:
        """Runs of an experiment or of all, in one status or in any, newest first."""
        with self._database.reading() as connection:
            return run_rows.runs(connection, experiment=experiment, status=status, limit=limit)

    def run(self, called: str) -> RunRecord:
        """The run of that id, or the only one whose id, or whose id's random end, begins so.

        Raises:
            RunUnknownError: There is none.
            RunAmbiguousError: There are several.
        """
        with self._database.reading() as connection:
            found = run_rows.runs_called(connection, called, limit=6) if called else []
            if not found:
                raise RunUnknownError(run=called, recent=_recent_ids(connection))
        if len(found) > 1:
            raise RunAmbiguousError(run=called, matches=[run.id for run in found])
        return found[0]

    def snapshot(self, run: RunId) -> Mapping[str, Any]:
        """The experiment as it was when the run began.

        Raises:
            RunUnknownError: There is no such run.
        """
        with self._database.reading() as connection:
            found = run_rows.snapshot(connection, run)
            if found is None:
                raise RunUnknownError(run=run, recent=_recent_ids(connection))
        return found

    def nodes_of(self, run: RunId) -> Sequence[NodeRecord]:
        """A run's nodes, in the order of the experiment."""
        with self._database.reading() as connection:
            return run_rows.nodes(connection, run)

    def latest_nodes(
        self, experiment: str, *, states: Collection[NodeState] = WITH_OUTCOME
    ) -> Mapping[NodeName, NodeRecord]:
        """Each node as the newest run left it that brought it to one of the states."""
        with self._database.reading() as connection:
            return run_rows.latest_nodes(connection, experiment, node=None, states=states)

    def latest_node(
        self,
        experiment: str,
        node: NodeName,
        *,
        states: Collection[NodeState] = WITH_OUTCOME,
    ) -> NodeRecord | None:
        """The same for one node."""
        with self._database.reading() as connection:
            return run_rows.latest_nodes(connection, experiment, node=node, states=states).get(node)

    def reasons(self, runs: Collection[RunId]) -> Mapping[RunId, Sequence[WhyNode]]:
        """Why the nodes of runs ran, in the order of their experiments."""
        with self._database.reading() as connection:
            return {run: run_rows.reasons(connection, run) for run in runs}

    def latest_draws(self, experiment: str) -> Sequence[Draw]:
        """The last draw of each node of an experiment, newest first."""
        with self._database.reading() as connection:
            return run_rows.latest_draws(connection, experiment)

    def draws_for(self, undrawn: RecipeDigest) -> Sequence[Draw]:
        """The last draws for a recipe, of any node and in any experiment, newest first."""
        with self._database.reading() as connection:
            return run_rows.draws_for(connection, undrawn, limit=_DRAWS)

    # Tidying up

    def mark_interrupted(self, runs: Iterable[RunId]) -> None:
        """Remember that no process carries these runs any more; those that have ended stay so."""
        with self._database.writing() as connection:
            for run in runs:
                run_rows.interrupt(connection, run)

    def prune(self, *, keep: int, alone: SoleUse) -> Pruned:
        """Forget all but the newest runs of each experiment, and results that none of these names.

        Args:
            keep: How many of each experiment stay, besides those that are running.
            alone: Proof that no other process uses this workspace and relies on a result in it.

        Raises:
            ValueError: It isn't held, or is another workspace's.
        """
        if not alone.covers(self._store):
            raise ValueError(f"to prune {self._store} needs its SoleUse, held")
        with self._database.writing() as connection:
            runs = run_rows.forget(connection, keep=keep)
            return Pruned(runs=runs, results=result_rows.forget_unused(connection))

    def referenced_blobs(self) -> Set[BlobDigest]:
        """All blobs that anything refers to; what `Blobs.sweep` asks for."""
        with self._database.reading() as connection:
            of_results = result_rows.referenced_blobs(connection)
            return of_results | service_rows.referenced_blobs(connection)


def _recent_ids(connection: Connection) -> Sequence[RunId]:
    recent = run_rows.runs(connection, experiment=None, status=None, limit=_RECENT)
    return [run.id for run in recent]
