"""The runs of a workspace: listed, looked at, compared and forgotten."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.runs.history.comparison import ComparedRun, Comparison, compare_runs
from studiolo.runs.history.current_state import CurrentRun, current_record, current_run
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.runs.history.provenance import Provenance
from studiolo.sandbox.exchange.job import Connected
from studiolo.store.identity import RecipeDigest, RunId
from studiolo.store.locks import SoleUse, WorkspaceUse
from studiolo.store.result_record import StoredResult
from studiolo.store.run_record import NodeRecord, RunRecord, RunStatus, WhyNode
from studiolo.workspace.folder.state_folder import StateFolder


@dataclass(frozen=True, kw_only=True)
class SeenRun:
    """A run as it is now, with what each of its nodes was made of."""

    run: CurrentRun
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """The runs that were forgotten, and what was removed with them."""

    runs: int
    results: int
    #: Files that were removed, and their bytes.
    files: int
    size: int


class RunHistory:
    """The runs that a workspace remembers."""

    def __init__(self, state: StateFolder) -> None:
        self._store = state.path
        self._blobs = state.blobs
        self._open = state.records

    def in_use(self) -> WorkspaceUse:
        """A lock under which nothing is removed that a reader still needs.

        Raises:
            RecordsBusyError: Another process is removing things, and takes too long.
        """
        return WorkspaceUse.begin(self._store)

    def newest(
        self, experiment: str | None = None, *, limit: int | None = None
    ) -> Sequence[RunRecord]:
        """The runs of an experiment, or of all, as they are now, newest first."""
        found = self._open().runs(experiment, limit=limit)
        return [current_record(record, self._store) for record in found]

    def reasons(self, runs: Sequence[RunId]) -> Mapping[RunId, Sequence[WhyNode]]:
        """Why the nodes of each of these runs ran, in the order of the experiment."""
        return self._open().reasons(runs)

    def find(self, called: str) -> RunRecord:
        """The run with that id, or with the only id that begins, or whose random end begins, so.

        Raises:
            RunUnknownError: There is none.
            RunAmbiguousError: There are several.
        """
        return self._open().run(called)

    def latest_of_node(self, experiment: str, node: NodeName) -> RunId | None:
        """The newest run in which the node had an outcome; None if it never ran."""
        found = self._open().latest_node(experiment, node)
        return None if found is None else found.run

    def latest_nodes(self, experiment: str) -> Mapping[NodeName, NodeRecord]:
        """Each node of an experiment as the newest run left it that it had an outcome in."""
        return self._open().latest_nodes(experiment)

    def result(self, called: str) -> ExperimentResult:
        """The outcome of a run; raises as `find` does."""
        return ExperimentResult(self._open(), KeptResults(self._blobs), self.find(called))

    def kept(self, recipes: Collection[RecipeDigest]) -> Mapping[RecipeDigest, StoredResult]:
        """The results of these recipes that are kept, as far as their files are there."""
        found = self._open().find_results(set(recipes))
        there = KeptResults(self._blobs).are_there(found.values())
        return {result.recipe_digest: result for result in there}

    def outputs(
        self, recipes: Iterable[RecipeDigest | None]
    ) -> Mapping[RecipeDigest | None, Collection[str]]:
        """The output ports at which kept results have something, by the results' recipes."""
        found = self._open().find_results({recipe for recipe in recipes if recipe is not None})
        return {recipe: tuple(result.outputs) for recipe, result in found.items()}

    def output(self, result: StoredResult, port: str) -> Connected:
        """The value of a kept result at a port.

        Raises:
            BlobMissingError, BlobRottenError: It is missing or damaged.
        """
        return KeptResults(self._blobs).open({port: result.outputs[port]})[port]

    def look(self, called: str) -> SeenRun:
        """A run with its nodes as they are now; raises as `find` does."""
        run = current_run(self.result(called), self._store)
        provenance = Provenance(self._open(), run.record.id, run.nodes)
        return SeenRun(run=run, provenance=provenance)

    def compare(self, before: str, after: str) -> Comparison:
        """The differences of two runs; raises as `find` does."""
        earlier, later = (
            ComparedRun(run=seen.run, provenance=seen.provenance)
            for seen in (self.look(before), self.look(after))
        )
        return compare_runs(earlier, later)

    def forget(self, *, keep: int) -> Forgotten:
        """Forget all but the newest runs of each experiment, and remove what only they needed.

        Raises:
            WorkspaceInUseError: Another process uses the workspace. Nothing is forgotten.
        """
        with SoleUse.begin(self._store) as alone:
            records = self._open()
            # No process carries a run beside us: what is recorded as running was interrupted.
            records.mark_interrupted([run.id for run in records.runs(status=RunStatus.RUNNING)])
            alone.forget_ended_runs()
            pruned = records.prune(keep=keep, alone=alone)
            swept = self._blobs.sweep(records.referenced_blobs, alone=alone)
            return Forgotten(
                runs=pruned.runs,
                results=pruned.results,
                files=swept.blobs + swept.unfinished,
                size=swept.size,
            )
