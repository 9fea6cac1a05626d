"""A version of a service as bytes in the store: its manifest, and the blobs that this names.

The manifest's own digest names the version. Nothing outside of it has a say in what the version
does: neither the experiment's folder, nor a dataset, nor a model that is saved later.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from studiolo.environments.data.frozen_data import freeze_data, frozen_names, thaw_data
from studiolo.environments.data.kept_data import EnvironmentData
from studiolo.environments.environment import CLASSIC, DEFAULT, EnvironmentSpec, default_spec
from studiolo.environments.interpreter import interpreter_of
from studiolo.environments.location import environments_home
from studiolo.environments.named.definition import python_numbers
from studiolo.environments.request import EnvironmentRequest
from studiolo.experiments.allowance import parse_allowance
from studiolo.modules.definition import PortName
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.sandbox.exchange.job import Connected
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.program import CallInput, Program, ProgramStep, Source, StepOutput
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.services.errors import VersionDamagedError, VersionUnreadableError
from studiolo.services.schema import ServiceSchema
from studiolo.services.schema_document import read_schema, write_schema
from studiolo.services.version_needs import VersionNeeds
from studiolo.services.versions.job_document import job_document, read_job
from studiolo.services.versions.scoring_plan import (
    ModelPlace,
    ParameterPlace,
    ScoringPlan,
    Stage,
)
from studiolo.store.blobs import Blobs
from studiolo.store.errors import BlobMissingError, BlobRottenError, store_errors
from studiolo.store.identity import BlobDigest, VersionDigest

_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """A version that was put into the store."""

    digest: VersionDigest
    #: Every blob that it needs, its manifest among them.
    blobs: frozenset[BlobDigest]


@dataclass(frozen=True, kw_only=True)
class FrozenVersion:
    """A version as it is served."""

    schema: ServiceSchema
    plan: ScoringPlan


def freeze(version: FrozenVersion, blobs: Blobs) -> Frozen:
    """Put a version into the store; on the disk when this returns.

    Raises:
        StoreError: There is no room, or the workspace can't be written.
    """
    constants: dict[str, Connected] = {}
    locks = [
        None if lock is None else blobs.put_bytes(lock.encode()).digest
        for lock in (stage.environment.lock for stage in version.plan.stages)
    ]
    data = [_freeze_data(stage.environment.data, blobs) for stage in version.plan.stages]
    stages = [
        {**_stage(stage, constants), "lock": lock, **({"data": found} if found else {})}
        for stage, lock, found in zip(version.plan.stages, locks, data, strict=True)
    ]
    manifest = KeptResults(blobs).put(constants)
    document = {
        "format": _FORMAT,
        "schema": json.loads(write_schema(version.schema)),
        "stages": stages,
        "outputs": dict(version.plan.outputs),
        "parameters": {
            name: [[place.stage, place.step, place.parameter] for place in places]
            for name, places in version.plan.parameters.items()
        },
        "models": {
            name: [[place.stage, place.step, place.port] for place in places]
            for name, places in version.plan.models.items()
        },
        "constants": manifest.outputs,
    }
    written = blobs.put_bytes(json.dumps(document, ensure_ascii=False).encode()).digest
    needed = {*manifest.blobs, written, *(lock for lock in locks if lock is not None)}
    needed.update(*(found.values() for found in data))
    return Frozen(digest=VersionDigest(written), blobs=frozenset(needed))


def thaw(digest: VersionDigest, blobs: Blobs) -> FrozenVersion:
    """A version from the store, checked against its digests.

    Raises:
        VersionDamagedError: Something of it is missing, or is not what was published.
        VersionUnreadableError: It was published with a later version of Studiolo.
        DataHomeError: The data of its libraries can't be unpacked here.
    """
    try:
        return _thaw(digest, blobs)
    except (BlobMissingError, BlobRottenError) as error:
        raise VersionDamagedError(digest=digest, path=error.path) from error


def _thaw(digest: VersionDigest, blobs: Blobs) -> FrozenVersion:
    document = _document(digest, blobs)
    if document.get("format") != _FORMAT:
        raise VersionUnreadableError(digest=digest, format=document.get("format"))
    constants = KeptResults(blobs).open(document["constants"])
    return FrozenVersion(
        schema=read_schema(json.dumps(document["schema"])),
        plan=ScoringPlan(
            stages=[
                _read_stage(
                    stage,
                    constants,
                    _lock(stage.get("lock"), blobs),
                    # Versions that were published before data were kept have none.
                    _thaw_data(stage.get("data", {}), blobs),
                )
                for stage in document["stages"]
            ],
            outputs=document["outputs"],
            parameters={
                name: [
                    ParameterPlace(stage=stage, step=step, parameter=parameter)
                    for stage, step, parameter in places
                ]
                for name, places in document["parameters"].items()
            },
            # Versions that were published before models could be replaced name none.
            models={
                name: [
                    ModelPlace(stage=stage, step=step, port=port) for stage, step, port in places
                ]
                for name, places in document.get("models", {}).items()
            },
        ),
    )


def with_model(version: FrozenVersion, name: str, content: MemoryFile) -> FrozenVersion:
    """The version with a different trained model in the place of the one of that name."""
    stages = list(version.plan.stages)
    for place in version.plan.models[name]:
        program = stages[place.stage].program
        steps = list(program.steps)
        step = steps[place.step]
        job = replace(step.job, inputs={**step.job.inputs, place.port: content})
        steps[place.step] = replace(step, job=job)
        stages[place.stage] = replace(stages[place.stage], program=replace(program, steps=steps))
    return replace(version, plan=replace(version.plan, stages=stages))


def models_of(digest: VersionDigest, blobs: Blobs) -> Sequence[str]:
    """The names of a version's trained models; nothing else of it is opened.

    Raises:
        BlobMissingError, BlobRottenError: The version is damaged.
    """
    document = _document(digest, blobs)
    return list(document.get("models", {}))


def needs_of(digest: VersionDigest, blobs: Blobs) -> VersionNeeds:
    """The needs of a version; nothing else of it is opened.

    Raises:
        BlobMissingError, BlobRottenError: The version is damaged.
    """
    stages = _document(digest, blobs)["stages"]
    return VersionNeeds(
        allow=sorted({text for stage in stages for text in stage.get("allow", ())}),
        secrets=sorted({name for stage in stages for name in stage.get("secrets", ())}),
        data=sorted({name for stage in stages for name in stage.get("data", ())}),
    )


def _document(digest: VersionDigest, blobs: Blobs) -> Mapping[str, Any]:
    blobs.check(BlobDigest(digest))
    document: Mapping[str, Any] = json.loads(blobs.path(BlobDigest(digest)).read_bytes())
    return document


def _stage(stage: Stage, constants: dict[str, Connected]) -> dict[str, Any]:
    def named(connected: Connected) -> str:
        name = f"constant-{len(constants)}"
        constants[name] = connected
        return name

    return {
        **_environment(stage.environment),
        "steps": [
            {
                "node": step.node,
                "job": job_document(step.job),
                "inputs": {port: named(value) for port, value in step.job.inputs.items()},
                "datasets": {p: named(value) for p, value in step.job.dataset_parameters.items()},
                "bundle": None if step.job.bundle is None else named(step.job.bundle),
                "sources": {port: _source(source) for port, source in step.sources.items()},
            }
            for step in stage.program.steps
        ],
        "outputs": {name: _source(source) for name, source in stage.program.outputs.items()},
        "devices": dict(stage.devices),
        "sample": {name: named(table) for name, table in stage.program.sample.items()},
        **({"allow": [str(one) for one in stage.allow]} if stage.allow else {}),
        **({"secrets": list(stage.secrets)} if stage.secrets else {}),
    }


def _environment(request: EnvironmentRequest) -> dict[str, Any]:
    """The environment of a stage, beside its lock; a named one with its name and its Python."""
    base = request.base
    named = {"environment": base.name, "python": ".".join(map(str, base.interpreter.version[:2]))}
    return {
        "dependencies": list(request.dependencies),
        "requires_python": request.requires_python,
        **({} if base.name == DEFAULT else named),
    }


def _freeze_data(data: EnvironmentData | None, blobs: Blobs) -> Mapping[str, BlobDigest]:
    """The data of an environment, put into the store: the blobs by the names of the data."""
    if data is None:
        return {}
    found = {}
    for name in frozen_names(data):
        with (
            store_errors(blobs.store, purpose="the version can't be kept in it"),
            tempfile.TemporaryFile(dir=blobs.store) as archive,
        ):
            freeze_data(data, name, archive)
            archive.flush()
            found[name] = blobs.put_file(archive.fileno()).digest
    return found


def _thaw_data(archives: Mapping[str, str], blobs: Blobs) -> EnvironmentData | None:
    def copy(digest: str, descriptor: int) -> None:
        blobs.copy(BlobDigest(digest), descriptor)

    return thaw_data(archives, copy) if archives else None


def _read_environment(
    document: Mapping[str, Any], lock: str | None, data: EnvironmentData | None
) -> EnvironmentRequest:
    base = default_spec()
    if document.get("environment") is not None:
        # The lock is all of it: what the name stands for in the workspace may have changed.
        base = EnvironmentSpec(
            name=document["environment"],
            lock=lock or "",
            interpreter=interpreter_of(
                python_numbers(document["python"]),
                environment=document["environment"],
                home=environments_home().absolute(),
            ),
            classic=document["environment"] == CLASSIC,
            chosen=True,
        )
    return EnvironmentRequest(
        base=base,
        dependencies=tuple(document["dependencies"]),
        requires_python=document["requires_python"],
        lock=lock,
        data=data,
    )


def _read_stage(
    document: Mapping[str, Any],
    constants: Mapping[str, Connected],
    lock: str | None,
    data: EnvironmentData | None,
) -> Stage:
    return Stage(
        environment=_read_environment(document, lock, data),
        # Versions that were published before there were any have none.
        devices=document.get("devices", {}),
        allow=[parse_allowance(text) for text in document.get("allow", ())],
        secrets=document.get("secrets", ()),
        program=Program(
            steps=[
                ProgramStep(
                    node=step["node"],
                    job=read_job(
                        step["job"],
                        inputs={port: constants[name] for port, name in step["inputs"].items()},
                        dataset_parameters={
                            p: constants[name] for p, name in step["datasets"].items()
                        },
                        bundle=None if step["bundle"] is None else constants[step["bundle"]],
                    ),
                    sources={
                        PortName(port): _read_source(source)
                        for port, source in step["sources"].items()
                    },
                )
                for step in document["steps"]
            ],
            outputs={n: _read_source(source) for n, source in document["outputs"].items()},
            sample={name: _table(constants[of]) for name, of in document["sample"].items()},
        ),
    )


def _lock(digest: str | None, blobs: Blobs) -> str | None:
    if digest is None:
        return None
    blobs.check(BlobDigest(digest))
    return blobs.path(BlobDigest(digest)).read_text(encoding="utf-8")


def _table(constant: Connected) -> SealedTable:
    assert isinstance(constant, SealedTable)
    return constant


def _source(source: Source) -> dict[str, Any]:
    if isinstance(source, CallInput):
        return {"input": source.name}
    return {"step": source.step, "port": source.port}


def _read_source(document: Mapping[str, Any]) -> Source:
    if "input" in document:
        return CallInput(name=document["input"])
    return StepOutput(step=document["step"], port=PortName(document["port"]))
