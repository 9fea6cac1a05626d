"""Runs: started, listed, looked at, compared and cancelled."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from studiolo.documents.comparison import ComparisonDocument, comparison_document
from studiolo.documents.experiment import ExperimentDocument, experiment_document
from studiolo.documents.history import HistoryDocument, history_document
from studiolo.documents.run import RunDocument, run_document
from studiolo.runs.history.run_changes import run_changes
from studiolo.runs.planning.selection import Selection
from studiolo.workspace.experiments.experiment_folders import EXPERIMENTS
from studiolo.workspace.studio.studio import Studio


class NewRun(BaseModel):
    """Which nodes to run; all that have no kept result, if nothing is said."""

    model_config = ConfigDict(extra="forbid")

    #: Run up to these.
    up_to: list[str] = []
    #: Run these again, and no other node that has a kept result.
    only: list[str] = []
    #: Run these and all that comes after them again.
    from_here: list[str] = []
    #: Take no kept result.
    again: bool = False


class NewRunDocument(TypedDict):
    """The run that was begun."""

    run: str


class CancelledDocument(TypedDict):
    """The run that was asked to end."""

    run: str


class RunScriptsDocument(TypedDict):
    """The scripts of a run."""

    #: The texts as they were when the run began, by the names of their files.
    scripts: Mapping[str, str]


def run_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["runs"])
    runs = studio.workspace.runs

    @routes.post("/experiments/{name}/runs", status_code=202)
    def start_run(name: str, new: NewRun) -> NewRunDocument:
        """Begin to run an experiment, or a part of it."""
        experiment = studio.experiments.read(studio.workspace.experiment_folder(name))
        selection = Selection.of(
            experiment, to=new.up_to, only=new.only, start=new.from_here, again=new.again
        )
        return {"run": studio.runs.start(experiment, selection).id}

    @routes.get("/runs")
    def list_runs(
        experiment: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
    ) -> HistoryDocument:
        """The runs of an experiment, or of all, newest first, and what was new in each."""
        key = None if experiment is None else f"{EXPERIMENTS}/{experiment}"
        found = runs.newest(key, limit=limit + 1)
        reasons = runs.reasons([run.id for run in found[:limit]])
        changes = {run: run_changes(nodes) for run, nodes in reasons.items() if nodes}
        return history_document(
            found[:limit], changes=changes, experiment=key, draft=None, more=len(found) > limit
        )

    @routes.get("/runs/{run}")
    def get_run(run: str) -> RunDocument:
        """A run with its nodes, as it is now."""
        seen = runs.look(run)
        return run_document(seen.run, seen.provenance)

    @routes.get("/runs/{run}/experiment")
    def get_experiment_of_run(run: str) -> ExperimentDocument:
        """The experiment as it was when the run began, to be drawn and not to be edited."""
        return experiment_document(studio.experiments.as_run(run))

    @routes.get("/runs/{run}/scripts")
    def get_scripts_of_run(run: str) -> RunScriptsDocument:
        """The scripts of the experiment as they were when the run began."""
        return {"scripts": runs.look(run).provenance.scripts}

    @routes.post("/runs/{run}/cancel", status_code=202)
    def cancel_run(run: str) -> CancelledDocument:
        """Ask a run to end, which it does soon."""
        studio.runs.cancel(run)
        return {"run": run}

    @routes.get("/runs/{run}/differences/{other}")
    def compare_runs(run: str, other: str) -> ComparisonDocument:
        """The differences between an earlier run and a later one."""
        return comparison_document(runs.compare(run, other))

    return routes
