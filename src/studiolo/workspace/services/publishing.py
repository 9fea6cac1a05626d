"""Publishing: an experiment becomes a version of a web service."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.experiments.web_service.interface import ServiceInterface, WebServiceParameter
from studiolo.modules.declaration import read_script_parameters
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, Parameter
from studiolo.runs.experiments.progress import Observer
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.runs.planning.plan import Plan
from studiolo.services.errors import ServiceGraphError
from studiolo.services.keys import Key, hashes, new_keys
from studiolo.services.schema import ServiceSchema, port_schema
from studiolo.services.schema_document import write_schema
from studiolo.services.scoring import ScoringFailed, ScoringReply, ScoringRequest
from studiolo.services.serving.handler import Handler, ProgramSandboxFactory
from studiolo.services.validation import Validator
from studiolo.services.version_needs import VersionNeeds
from studiolo.services.versions.frozen_version import (
    FrozenVersion,
    freeze,
    needs_of,
    thaw,
)
from studiolo.services.versions.row_wise import RowWise, row_wise
from studiolo.services.versions.scoring_plan import (
    PublishedRun,
    ScoringPlan,
    returns_model,
    scoring_plan,
)
from studiolo.store.blobs import Blobs
from studiolo.store.records import Records
from studiolo.store.services.service_record import (
    DEFAULT_ENDPOINT,
    EndpointSettings,
    KeySlot,
    NewVersion,
    Published,
)
from studiolo.workspace.datasets.datasets import WorkspaceDatasets
from studiolo.workspace.saved.saved_objects import SavedObjects
from studiolo.workspace.services.errors import PublishedRunFailedError, ServiceAnswerFailedError
from studiolo.workspace.services.labels import label_columns

#: Runs an experiment, and waits for its end.
RunExperiment = Callable[[Experiment], ExperimentResult]
#: Rows of the run's own input that a new version has to answer before it can be called.
_TRIED_ROWS = 3


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The outcome of publishing."""

    published: Published
    #: The keys of a new endpoint, to be shown once; nothing if the endpoint was there before.
    keys: Mapping[KeySlot, Key]
    schema: ServiceSchema
    #: The run that publishing made.
    result: ExperimentResult
    #: Whether batches are scored in pieces, and why not.
    row_wise: RowWise
    #: What the version needs, or keeps for scripts to find.
    needs: VersionNeeds


@dataclass(frozen=True, kw_only=True)
class PublisherParts:
    """The parts of a workspace that publishing needs."""

    #: Runs an experiment and waits for its end.
    run: Callable[[Experiment, Observer | None], ExperimentResult]
    #: The steps that the run had.
    plan: Callable[[Experiment], Plan]
    #: A lock under which nothing is removed that the version is going to need.
    in_use: Callable[[], AbstractContextManager[object]]
    datasets: WorkspaceDatasets
    blobs: Blobs
    records: Callable[[], Records]
    saved: SavedObjects
    #: Makes environments and sandboxes.
    sandbox_factory: Callable[[], ProgramSandboxFactory]


class Publisher:
    """Publishes experiments of one workspace."""

    def __init__(self, parts: PublisherParts) -> None:
        self._parts = parts

    def publish(
        self,
        experiment: Experiment,
        interface: ServiceInterface,
        *,
        service: str,
        endpoint: str = DEFAULT_ENDPOINT,
        settings: EndpointSettings | None = None,
        note: str = "",
        in_pieces: bool | None = None,
        observer: Observer | None = None,
        run: RunExperiment | None = None,
    ) -> Publication:
        """Run an experiment, freeze it, see that it answers, and give it an endpoint's traffic.

        Nothing is published unless all of that succeeds. ``in_pieces`` says whether a batch may be
        scored in pieces, where the graph does not tell; see `row_wise`. ``run`` runs the experiment
        instead of the workspace, for a caller that follows the run; ``observer`` gets nothing then.

        Raises:
            PublishedRunFailedError: A node failed.
            ServiceGraphError: A service can't do what one of its nodes does.
            ServiceAnswerFailedError: The frozen version does not answer as the run did.
            SecretMissingError: A secret that one of its nodes is given is not kept here.
            StudioloError: The run could not be begun, or the version not be kept.
        """
        with self._parts.in_use():
            result = run(experiment) if run else self._parts.run(experiment, observer)
            if not result.succeeded:
                raise PublishedRunFailedError.of(result)
            plan = self._parts.plan(experiment)
            scoring = self._locked(scoring_plan(plan, interface, self._published_run(result)))
            pieces = row_wise(plan, interface, scoring.nodes, told=in_pieces)
            given = {name: result[node].dataset() for name, node in interface.inputs.items()}
            labels = label_columns(plan, self._parts.saved)
            schema = ServiceSchema(
                inputs={name: port_schema(one, labels=labels) for name, one in given.items()},
                outputs={
                    name: port_schema(_reply_of(result, plan, node))
                    for name, node in interface.outputs.items()
                    if not returns_model(plan, node)
                },
                models=[n for n, node in interface.outputs.items() if returns_model(plan, node)],
                parameters=[_parameter(plan, one) for one in interface.parameters],
            )
            version = self._tried(FrozenVersion(schema=schema, plan=scoring), given)
            frozen = freeze(version, self._parts.blobs)
            keys = new_keys()
            published = self._parts.records().services.publish(
                NewVersion(
                    digest=frozen.digest,
                    experiment=experiment.folder.name,
                    schema=json.loads(write_schema(version.schema)),
                    row_wise=pieces.decided,
                    note=note,
                    blobs=frozen.blobs,
                ),
                service=service,
                keys=hashes(keys),
                endpoint=endpoint,
                settings=settings or EndpointSettings(),
                description=experiment.description or None,
            )
        shown = keys if published.endpoint_is_new else {}
        return Publication(
            published=published,
            keys=shown,
            schema=version.schema,
            result=result,
            row_wise=pieces,
            needs=needs_of(frozen.digest, self._parts.blobs),
        )

    def _locked(self, plan: ScoringPlan) -> ScoringPlan:
        """A plan with the packages of its environments, in the versions that the run had."""
        factory = self._parts.sandbox_factory()
        stages = [
            replace(
                stage,
                environment=replace(
                    stage.environment, lock=factory.environment_for(stage.environment).lock
                ),
            )
            for stage in plan.stages
        ]
        return replace(plan, stages=stages)

    def _published_run(self, result: ExperimentResult) -> PublishedRun:
        return PublishedRun(
            output=lambda node, port: result[node].output(port),
            files=self._parts.datasets.files,
            unpacked=self._parts.datasets.unpacked,
        )

    def _tried(self, version: FrozenVersion, given: Mapping[str, Dataset]) -> FrozenVersion:
        """The version as it is published, once it has answered the first rows of its own input.

        A label is required of callers after all if the graph fails without it.
        """
        blobs = self._parts.blobs
        # A few rows are enough to score, and too few to train.
        tried = None if version.schema.models else _TRIED_ROWS
        rows = {name: dataset.table.slice(0, tried) for name, dataset in given.items()}
        kept = thaw(freeze(version, blobs).digest, blobs)
        with Handler(kept, self._parts.sandbox_factory(), warm=0) as handler:
            answer = handler.score(ScoringRequest(inputs=rows))
            if isinstance(answer, ScoringFailed):
                raise ServiceAnswerFailedError(node=answer.node, failure=answer.failure)
            unlabelled = _without_labels(version.schema, rows)
            if unlabelled is None or isinstance(handler.score(unlabelled), ScoringReply):
                return version
        return replace(version, schema=version.schema.with_labels_required())


def _without_labels(schema: ServiceSchema, rows: Mapping[str, pa.Table]) -> ScoringRequest | None:
    """A request without the labels; None if there are none."""
    sent = {name: rows[name].select(port.required()) for name, port in schema.inputs.items()}
    if all(sent[name].num_columns == rows[name].num_columns for name in rows):
        return None
    checked = Validator(replace(schema, parameters=())).check(sent, {})
    assert isinstance(checked, ScoringRequest)
    return checked


def _reply_of(result: ExperimentResult, plan: Plan, node: NodeName) -> Dataset:
    """The dataset that a Web Service Output is given."""
    source, port = next(iter(plan.steps[node].sources.values()))
    return result[source].dataset(port)


def _parameter(plan: Plan, one: WebServiceParameter) -> Parameter:
    """A web-service parameter with the value of the experiment as its default."""
    node, name = one.targets[0]
    step = plan.steps[node]
    assert step.definition is not None
    assert step.script is not None
    declared = (
        read_script_parameters(step.script.source)
        if step.definition.id == EXECUTE_PYTHON_SCRIPT
        else step.definition.parameters
    )
    found = next((parameter for parameter in declared if parameter.name == name), None)
    if found is None:
        raise ServiceGraphError(
            node=node,
            problem=f"has no parameter {name!r}, which callers are to set as {one.name!r}",
            remedy="Name one of its parameters.",
        )
    # Those that are columns are among the node's own alone.
    default = {name: found.default, **step.node.parameters, **step.parameters}[name]
    return replace(found, name=one.name, label=one.name, default=default)
