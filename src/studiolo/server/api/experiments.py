"""Experiments: listed, made, looked at, edited, arranged and removed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse
from typing_extensions import TypedDict

from studiolo.documents.experiment import (
    ExperimentDocument,
    ExperimentsDocument,
    PositionDocument,
    SamplesDocument,
    VersionsDiffer,
    experiment_document,
    experiments_document,
    samples_document,
    versions_differ,
)
from studiolo.experiments.errors import LayoutFileError
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.experiments.layout import Layout, Position
from studiolo.server.api.errors import ErrorDocument, error_document
from studiolo.workspace.drafts.conflicts import ExperimentChangedError
from studiolo.workspace.studio.edits import Edit
from studiolo.workspace.studio.errors import EditsOutdatedError
from studiolo.workspace.studio.script_files import ScriptText, save_script, script_text
from studiolo.workspace.studio.studio import Studio

#: Edits at one time; pasting thousands of nodes is one.
_MOST_EDITS = 20_000


class NewExperiment(BaseModel):
    """An experiment to be made: empty, of a sample, as a copy, or as it was in a run."""

    model_config = ConfigDict(extra="forbid")

    #: The name of its folder; chosen by the sample or the copy if not given.
    name: str | None = None
    title: str = ""
    description: str = ""
    sample: str | None = None
    copy_of: str | None = None
    #: The run whose experiment is to be made anew.
    run: str | None = None


class NewExperimentDocument(TypedDict):
    """The experiment that was made."""

    name: str


class RemovedDocument(TypedDict):
    """The experiment that was removed."""

    #: Brings it back.
    removed: str


class Edits(BaseModel):
    """Edits that were made from a version of an experiment."""

    model_config = ConfigDict(extra="forbid")

    revision: str
    edits: Annotated[
        list[Annotated[Edit, Field(discriminator="kind")]], Field(max_length=_MOST_EDITS)
    ]


class ConflictDocument(TypedDict):
    """The answer where an experiment has changed since edits were made."""

    error: ErrorDocument
    #: The experiment as it is now.
    theirs: ExperimentDocument
    #: Where it differs from what was to be saved; null if that is not known.
    differences: Sequence[VersionsDiffer] | None


class NodePosition(BaseModel):
    """A position on the canvas."""

    model_config = ConfigDict(extra="forbid")

    x: Annotated[float, Field(ge=-1e7, le=1e7, allow_inf_nan=False)]
    y: Annotated[float, Field(ge=-1e7, le=1e7, allow_inf_nan=False)]


class Positions(BaseModel):
    """Nodes that were moved."""

    model_config = ConfigDict(extra="forbid")

    positions: dict[str, NodePosition]


class LayoutDocument(TypedDict):
    """The positions of nodes."""

    positions: Mapping[str, PositionDocument]


class ScriptDocument(TypedDict):
    """A script beside an experiment."""

    file: str
    text: str
    #: An edit of the text names it.
    revision: str


class ScriptConflictDocument(TypedDict):
    """The answer where a script has changed since it was read."""

    error: ErrorDocument
    #: Its text now; null if it was deleted.
    theirs: str | None
    revision: str


class NewText(BaseModel):
    """The text of a script, and the revision of the text that it was made from."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=4 << 20)]
    revision: str


def experiment_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["experiments"])
    _add_list_routes(routes, studio)
    _add_routes_of_one(routes, studio)
    _add_script_routes(routes, studio)
    return routes


def _add_list_routes(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/experiments")
    def list_experiments() -> ExperimentsDocument:
        """The experiments of the workspace, the one that was changed last first."""
        return experiments_document(studio.list.all())

    @routes.get("/samples")
    def list_samples() -> SamplesDocument:
        """The samples that can be opened."""
        return samples_document(studio.samples())

    @routes.post("/experiments", status_code=201)
    def make_experiment(new: NewExperiment) -> NewExperimentDocument:
        """Make an experiment: empty, of a sample, as a copy, or as it was in a run."""
        if new.sample is not None:
            return {"name": studio.open_sample(new.sample, new.name)}
        if new.copy_of is not None:
            return {"name": studio.copy(new.copy_of, new.name)}
        if new.run is not None:
            return {"name": studio.copy_of_run(new.run, new.name)}
        name = new.name or ""
        studio.new(name, title=new.title, description=new.description)
        return {"name": name}

    @routes.post("/removed/{removed}/restore")
    def restore_experiment(removed: str) -> NewExperimentDocument:
        """Bring back an experiment that was removed."""
        return {"name": studio.restore(removed)}


def _add_routes_of_one(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/experiments/{name}", response_model=ExperimentDocument)
    def get_experiment(name: str, response: Response) -> Any:
        """An experiment, with all that its canvas shows."""
        document = experiment_document(studio.experiments.open(name))
        response.headers["ETag"] = tag = f'"{document["revision"]}"'
        return _answer(document, {"ETag": tag})

    @routes.delete("/experiments/{name}")
    def remove_experiment(name: str) -> RemovedDocument:
        """Remove an experiment; it can be brought back."""
        return {"removed": studio.remove(name)}

    @routes.post(
        "/experiments/{name}/edits",
        response_model=ExperimentDocument,
        responses={409: {"model": ConflictDocument}},
    )
    def edit_experiment(name: str, edits: Edits) -> Any:
        """Carry out edits: all of them, or none. Answers the experiment as it is then."""
        try:
            studio.edit(name, edits.edits, revision=edits.revision)
        except (ExperimentChangedError, EditsOutdatedError) as error:
            found = error.difference if isinstance(error, ExperimentChangedError) else None
            conflict: ConflictDocument = {
                "error": error_document(error),
                "theirs": experiment_document(studio.experiments.open(name)),
                "differences": None if found is None else versions_differ(found),
            }
            return JSONResponse(conflict, 409)
        return _answer(experiment_document(studio.experiments.open(name)))

    @routes.get("/experiments/{name}/layout")
    def get_layout(name: str) -> LayoutDocument:
        """The positions of an experiment's nodes; refused while their file has mistakes."""
        experiment = studio.experiments.shown(name)
        read = studio.workspace.layout(experiment)
        if read.findings:
            raise LayoutFileError(read.findings)
        return _layout_document(read.layout, experiment)

    @routes.put("/experiments/{name}/layout")
    def arrange_experiment(name: str, moved: Positions) -> LayoutDocument:
        """Move nodes on the canvas; the others stay where they are."""
        experiment = studio.experiments.shown(name)
        positions = {
            NodeName(node): Position(x=place.x, y=place.y)
            for node, place in moved.positions.items()
        }
        return _layout_document(studio.workspace.arrange(experiment, positions), experiment)


def _layout_document(layout: Layout, experiment: Experiment) -> LayoutDocument:
    return {
        "positions": {
            node: {"x": at.x, "y": at.y}
            for node, at in layout.positions.items()
            if node in experiment.nodes
        }
    }


def _answer(document: ExperimentDocument, headers: Mapping[str, str] | None = None) -> Any:
    """The answer without FastAPI's check, which takes twice as long as making the document.

    The few values that JSON does not have, such as .nan in the file, need FastAPI's translation.
    """
    try:
        return JSONResponse(document, headers=headers)
    except ValueError:
        return document


def _add_script_routes(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/experiments/{name}/files/{file:path}")
    def get_script(name: str, file: str) -> ScriptDocument:
        """A script beside an experiment."""
        folder = studio.workspace.experiment_folder(name)
        return _script(script_text(folder, file))

    @routes.put(
        "/experiments/{name}/files/{file:path}",
        responses={409: {"model": ScriptConflictDocument}},
    )
    def save_script_text(name: str, file: str, new: NewText) -> ScriptDocument:
        """Write a script, if it still has the revision that its text was made from."""
        experiment = studio.experiments.shown(name)
        editing = studio.workspace.editing
        saved = save_script(
            experiment.folder, file, new.text, revision=new.revision, editing=editing
        )
        return _script(saved)


def _script(script: ScriptText) -> ScriptDocument:
    return {"file": script.file, "text": script.text, "revision": script.revision}
