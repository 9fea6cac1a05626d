"""Experiments that become web services: set up, published, and how far that is."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from studiolo.errors import StudioloError
from studiolo.server.api.errors import INTERNAL, ErrorDocument, error_document
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.set_up.service_experiment import write_service_experiment
from studiolo.workspace.studio.publications import OngoingPublication, PublicationGoal
from studiolo.workspace.studio.studio import Studio


class SetUp(BaseModel):
    """Decisions that the experiment leaves open; see the errors of a set-up."""

    model_config = ConfigDict(extra="forbid")

    #: The node that trains the model to score with.
    learner: str | None = None
    #: Where rows of callers enter, and what the service returns: `node` or `node.port`.
    inputs: list[str] = []
    outputs: list[str] = []
    #: Whether to overwrite an experiment for the service that was changed since.
    replace: bool = False


class SetUpDocument(TypedDict):
    """The experiment that was written for a web service."""

    experiment: str
    #: What happened to the nodes, a sentence each.
    changes: Sequence[str]


class Publish(BaseModel):
    """An experiment to be published."""

    model_config = ConfigDict(extra="forbid")

    experiment: str
    service: str
    endpoint: str = DEFAULT_ENDPOINT
    note: Annotated[str, Field(max_length=10_000)] = ""


class PublicationDocument(TypedDict):
    """A publication: on its way, finished or failed."""

    id: str
    experiment: str
    service: str
    endpoint: str
    #: `running`, `freezing`, `finished` or `failed`.
    state: str
    #: The run that it makes, whose events say how far the nodes are.
    run: str | None
    #: The version that was published; null before that.
    version: int | None
    #: Why nothing was published.
    error: ErrorDocument | None
    #: Whether the endpoint is new, and its keys have not been taken yet.
    has_keys: bool


class PublicationsDocument(TypedDict):
    """The publications that go on or ended lately, the newest last."""

    publications: Sequence[PublicationDocument]


class KeysDocument(TypedDict):
    """The keys of a new endpoint, which are shown this once."""

    #: By slot: `primary` and `secondary`. Empty if they were taken before.
    keys: Mapping[str, str]


def publishing_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["services"])

    @routes.post("/experiments/{name}/web-service", status_code=201)
    def set_up_service(name: str, chosen: SetUp) -> SetUpDocument:
        """Write the experiment for a web service beside one that has trained a model.

        Where a decision is needed, the error's details have the choices: `field` says what they are
        for, as the fields of the request do.
        """
        experiment = studio.experiments.read(studio.workspace.experiment_folder(name))
        made = write_service_experiment(
            studio.workspace,
            experiment,
            learner=chosen.learner,
            inputs=chosen.inputs,
            outputs=chosen.outputs,
            replace=chosen.replace,
        )
        return {"experiment": made.folder.name, "changes": list(made.changes)}

    @routes.post("/services", status_code=202)
    def publish_service(publish: Publish) -> PublicationDocument:
        """Begin to publish an experiment: as a new service, or a new version of one.

        It runs, is frozen and has to answer its first rows. The run's events tell of the first, the
        publication of the rest.
        """
        folder = studio.workspace.experiment_folder(publish.experiment)
        goal = PublicationGoal(
            experiment=publish.experiment,
            service=publish.service,
            endpoint=publish.endpoint,
            note=publish.note,
        )
        return _document(studio.publications.start(studio.experiments.read(folder), goal))

    @routes.get("/publications")
    def list_publications() -> PublicationsDocument:
        """The publications that go on or ended lately."""
        return {"publications": [_document(one) for one in studio.publications.all()]}

    @routes.get("/publications/{publication}")
    def get_publication(publication: str) -> PublicationDocument:
        """How far a publication is."""
        return _document(studio.publications.find(publication))

    @routes.post("/publications/{publication}/keys")
    def take_keys(publication: str) -> KeysDocument:
        """The keys of a new endpoint. They are handed out once, and only their hashes are kept."""
        keys = studio.publications.find(publication).take_keys()
        return {"keys": {slot.value: key.reveal() for slot, key in keys.items()}}

    return routes


def _document(one: OngoingPublication) -> PublicationDocument:
    return {
        "id": one.id,
        "experiment": one.goal.experiment,
        "service": one.goal.service,
        "endpoint": one.goal.endpoint,
        "state": one.state.value,
        "run": one.run,
        "version": None if one.made is None else one.made.published.version.number,
        "error": _error(one.error),
        "has_keys": one.has_keys,
    }


def _error(error: BaseException | None) -> ErrorDocument | None:
    if error is None:
        return None
    return error_document(error) if isinstance(error, StudioloError) else INTERNAL
