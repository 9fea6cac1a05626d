"""Retraining: a version of a service with other trained models becomes its endpoint's next one."""

from collections.abc import Mapping

from studiolo.errors import StudioloError
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.services.keys import hashes, new_keys
from studiolo.services.scoring import ScoringFailed, ScoringRequest
from studiolo.services.serving.handler import Handler
from studiolo.services.versions.frozen_version import FrozenVersion, freeze, thaw, with_model
from studiolo.store.services.errors import EndpointUnknownError
from studiolo.store.services.service_record import NewVersion, Published, ServedEndpoint
from studiolo.suggestions import did_you_mean, those_known
from studiolo.workspace.services.errors import RetrainingError
from studiolo.workspace.services.publishing import PublisherParts


def replace_models(
    parts: PublisherParts, served: ServedEndpoint, models: Mapping[str, MemoryFile]
) -> Published:
    """Publish the newest version of an endpoint with other trained models, once it has answered.

    They are opened in a sandbox only. Other endpoints keep what they have.

    Args:
        parts: The parts of the workspace.
        served: The endpoint.
        models: The bytes of the models, by the names of those that they replace.

    Raises:
        RetrainingError: The version has no such model, or does not answer with the new one.
        EndpointUnknownError: The endpoint was removed meanwhile.
        StudioloError: The version is damaged, or can't be kept.
    """
    before = served.versions[max(served.versions)]
    with parts.in_use():
        version = thaw(before.digest, parts.blobs)
        for name, content in models.items():
            known = list(version.plan.models)
            if name not in known:
                hint = did_you_mean(name, known) or those_known(known)
                problem = f'version v{before.number} has no trained model "{name}".{hint}'
                raise RetrainingError(problem=problem.rstrip("."))
            version = with_model(version, name, content)
        frozen = freeze(version, parts.blobs)
        _try(version, parts)
        records = parts.records().services
        if records.endpoint_by_id(served.endpoint.id) is None:
            # It was removed meanwhile, and publishing would make it again.
            raise EndpointUnknownError(endpoint=served.endpoint.name)
        return records.publish(
            NewVersion(
                digest=frozen.digest,
                experiment=before.experiment,
                schema=before.schema,
                row_wise=before.row_wise,
                note=f"v{before.number}, retrained: {', '.join(models)}",
                blobs=frozen.blobs,
            ),
            service=served.service.name,
            keys=hashes(new_keys()),
            endpoint=served.endpoint.name,
        )


def _try(version: FrozenVersion, parts: PublisherParts) -> None:
    """See that a version answers the rows that it keeps with the columns of its schema."""
    schema = version.schema
    samples = {
        name: table.table
        for stage in version.plan.stages
        for name, table in stage.program.sample.items()
        if name in schema.inputs
    }
    try:
        with Handler(version, parts.sandbox_factory(), warm=0) as handler:
            answer = handler.score(ScoringRequest(inputs=samples))
    except StudioloError as error:
        raise RetrainingError(problem=_sentence(str(error)), fits=False) from error
    if isinstance(answer, ScoringFailed):
        said = f'with it, the node "{answer.node}" fails: {answer.failure.sentence}'
        raise RetrainingError(problem=_sentence(said), fits=False)
    for name, port in schema.outputs.items():
        columns = answer.outputs[name].column_names
        if columns != port.names():
            problem = (
                f'with it, the output "{name}" has the columns {", ".join(columns)}, and not '
                f"{', '.join(port.names())}"
            )
            raise RetrainingError(problem=problem, fits=False)


def _sentence(text: str) -> str:
    return text.removesuffix(".")
