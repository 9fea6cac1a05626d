"""From an experiment to the steps of a run: what each node runs on, and its recipe."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from studiolo.datasets.formats import FileFormat, format_of_name
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.environments.request import EnvironmentRequest
from studiolo.experiments.allowance import Allowance, merged
from studiolo.experiments.experiment import Experiment, Node, NodeName, SavedName
from studiolo.experiments.graph import topological_order
from studiolo.modules.catalogue import is_built_in
from studiolo.modules.definition import (
    EXECUTE_PYTHON_SCRIPT,
    PYTHON_DEVICE,
    ModuleDefinition,
    ModuleId,
    Parameter,
    ParameterKind,
    PortKind,
    PortName,
)
from studiolo.modules.script import Script, read_script
from studiolo.modules.script_metadata import ScriptMetadata, read_script_metadata
from studiolo.modules.values import checked_value
from studiolo.runs.planning import own_code
from studiolo.runs.planning.draws import Draws
from studiolo.runs.planning.recipe import Recipe, digest_of, source_digest
from studiolo.runs.planning.selection import Selection
from studiolo.runs.sandbox_factory import KnownEnvironments
from studiolo.runs.scripts.environment_choice import AUTO, chosen_environment
from studiolo.store.identity import RecipeDigest

#: Parameters whose values Studiolo reads as datasets.
_READ = {ParameterKind.FILE, ParameterKind.DATA}
#: The output port of a dataset node.
DATASET_PORT = PortName("dataset")
#: The output ports of nodes that are saved models and transforms.
SAVED_PORTS: Mapping[PortKind, PortName] = {
    PortKind.MODEL: PortName("trained_model"),
    PortKind.TRANSFORM: PortName("transform"),
}


@dataclass(frozen=True, kw_only=True)
class PlannedDataset:
    """One content of a dataset file of the workspace."""

    name: str
    #: SHA-256 of the file's bytes.
    digest: str
    #: How it is read.
    reading: ReadingOptions = field(default_factory=ReadingOptions)

    @property
    def kind(self) -> PortKind:
        """The dataset's kind on an edge: a zip stays one, everything else is read as a table."""
        zipped = format_of_name(self.name) is FileFormat.ZIP
        return PortKind.ZIP if zipped else PortKind.DATASET


@dataclass(frozen=True, kw_only=True)
class PlannedSaved:
    """One content of a saved model or transform of the workspace."""

    saved: SavedName
    version: int
    #: SHA-256 of the file's bytes.
    digest: str
    file: Path
    #: The file below the workspace's folder, with slashes: "models/diabetes/1.model".
    place: str


class Modules(Protocol):
    """Where a plan looks modules up."""

    def find(self, id: ModuleId) -> ModuleDefinition:  # noqa: A002
        """The module of that id."""


class Datasets(Protocol):
    """Where a plan looks dataset files up."""

    def version(self, name: str, version: int | None) -> PlannedDataset:
        """The version of a dataset file; None is the current file."""


class SavedObjects(Protocol):
    """Where a plan looks saved models and transforms up."""

    def version(self, saved: SavedName, version: int | None) -> PlannedSaved:
        """The version of a saved object; None is the newest."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One node of a run, with everything that it needs to know."""

    node: Node
    #: What its result is made of; the digest names the result.
    recipe: Recipe
    digest: RecipeDigest
    #: For each connected input the node and the output port that it comes from.
    sources: Mapping[PortName, tuple[NodeName, PortName]] = field(default_factory=dict)
    #: For a dataset node.
    dataset: PlannedDataset | None = None
    #: For a saved model or transform.
    saved: PlannedSaved | None = None
    #: For a module node.
    definition: ModuleDefinition | None = None
    #: The module's own text, or the script that the node brings along.
    script: Script | None = None
    metadata: ScriptMetadata = field(default_factory=ScriptMetadata)
    #: For a module node: the environment that its script runs in.
    environment: EnvironmentRequest | None = None
    #: What `environment: auto` chose and why, for the log; "" where nothing was to be chosen.
    environment_note: str = ""
    #: Checked values of the parameters that the node gives.
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: Those of the module's parameters that are columns: what they select, by name.
    columns: Mapping[str, tuple[Parameter, Any]] = field(default_factory=dict)
    #: Those that are dataset files, by name.
    files: Mapping[str, PlannedDataset] = field(default_factory=dict)
    #: For the same random numbers each time: the node's own seed, or else what was drawn for it.
    seed: int | None = None
    #: What was drawn for it, and the digest of its recipe without that; see `draws`.
    draw: int | None = None
    undrawn: RecipeDigest | None = None
    #: Whether what it prints and draws is an output, because something is connected to that.
    returns_device: bool = False
    #: Whether a kept result of the same recipe may stand in for it.
    may_be_kept: bool = True
    #: Targets in the network that its script may reach.
    allow: tuple[Allowance, ...] = ()

    @property
    def name(self) -> NodeName:
        """The node's name."""
        return self.node.name

    @property
    def needs(self) -> list[NodeName]:
        """The nodes that it needs."""
        return [node for node, _ in self.sources.values()]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of a run."""

    experiment: Experiment
    #: Each step after those that it needs.
    steps: Mapping[NodeName, Step]
    #: Whether nodes of the experiment were left out.
    partial: bool


def plan_run(
    experiment: Experiment,
    modules: Modules,
    datasets: Datasets,
    saved: SavedObjects,
    *,
    environments: KnownEnvironments,
    draws: Draws,
    nonce: str,
    selection: Selection | None = None,
    allow: Sequence[Allowance] = (),
) -> Plan:
    """Plan a run of an experiment that was checked.

    Args:
        experiment: What to run.
        modules: The modules that its nodes name.
        datasets: The dataset files that they name.
        saved: The saved models and transforms that they name.
        environments: What the environments of their scripts are.
        draws: What nodes without a seed get for one.
        nonce: A text that no other run has, for modules that may give another result each time.
        selection: Which nodes; all if not given.
        allow: Targets in the network that scripts and the workspace's own modules may reach.

    Raises:
        StudioloError: What a check would have found, or a file that was taken away since.
    """
    chosen = selection or Selection()
    wanted = chosen.wanted(experiment)
    planner = _Planner(experiment, modules, datasets, saved, environments, draws, nonce, allow)
    steps: dict[NodeName, Step] = {}
    for name in topological_order(experiment):
        if name in wanted:
            steps[name] = planner.step(experiment.nodes[name], steps, chosen)
    return Plan(experiment=experiment, steps=steps, partial=len(steps) < len(experiment.nodes))


class _Planner:
    def __init__(
        self,
        experiment: Experiment,
        modules: Modules,
        datasets: Datasets,
        saved: SavedObjects,
        environments: KnownEnvironments,
        draws: Draws,
        nonce: str,
        allow: Sequence[Allowance],
    ) -> None:
        self._experiment = experiment
        self._folder: Path = experiment.folder
        self._experiment_environment = experiment.environment
        self._modules = modules
        self._datasets = datasets
        self._saved = saved
        self._environments = environments
        self._draws = draws
        self._nonce = nonce
        self._allow = allow
        # Many nodes name the same module.
        self._metadata = functools.cache(read_script_metadata)

    def step(self, node: Node, before: Mapping[NodeName, Step], selection: Selection) -> Step:
        if node.dataset is not None:
            return self._dataset_step(node, again=node.name in selection.again)
        if node.saved is not None:
            return self._saved_step(node, node.saved, again=node.name in selection.again)
        assert node.module is not None
        definition = self._modules.find(node.module)
        script = self._script(node, definition)
        metadata, note = self._metadata_of(node, script)
        sources = {
            port: (source.node, source.port or first_output(before[source.node]))
            for port, source in node.inputs.items()
        }
        parameters, columns, files = self._values(node, definition)
        file = self._script_file(node, definition)
        environment = self._environments.request(metadata, script=file)
        recipe: dict[str, Any] = {
            "contract": own_code.contract(),
            "module": definition.id,
            "source": source_digest(script.source),
            "environment": environment.identity,
            "parameters": {
                **parameters,
                **{name: selected for name, (_, selected) in columns.items()},
                # The name, because it says in which format the bytes are read.
                **{name: f"{v.name} sha256:{v.digest}" for name, v in files.items()},
            },
            "inputs": {
                port: f"{before[source].digest}.{output}"
                for port, (source, output) in sources.items()
            },
            "binding": node.port_binding,
            "seed": node.seed,
        }
        returns_device = definition.id == EXECUTE_PYTHON_SCRIPT and self._is_taken(
            node, PYTHON_DEVICE
        )
        if returns_device:
            recipe["device"] = True
        if any(parameter.kind in _READ for parameter in definition.parameters):
            recipe["reader"] = own_code.reader()
        allow = self._allowed(node, definition)
        if allow:
            recipe["network"] = [str(allowance) for allowance in allow]
        if node.secrets:
            # Their names alone: what a value gives can change with it, and no record may tell.
            recipe["secrets"] = sorted(node.secrets)
        outside = bool(allow or node.secrets)
        repeatable = definition.deterministic and (not outside or node.cache)
        if not repeatable:
            recipe["once"] = self._nonce
        undrawn, draw = self._draw(node, definition, recipe, again=node.name in selection.again)
        seed = draw if node.seed is None else node.seed
        if draw is not None:
            recipe |= {"seed": seed} if node.seed is None else {"draw": draw}
        return Step(
            node=node,
            recipe=recipe,
            digest=digest_of(recipe),
            seed=seed,
            draw=draw,
            undrawn=undrawn,
            sources=sources,
            definition=definition,
            script=script,
            metadata=metadata,
            environment=environment,
            environment_note=note,
            parameters=parameters,
            columns=columns,
            files=files,
            returns_device=returns_device,
            allow=allow,
            may_be_kept=repeatable
            and node.name not in selection.again
            and not any(parameters.get(export.file) for export in definition.exports.values()),
        )

    def _allowed(self, node: Node, definition: ModuleDefinition) -> tuple[Allowance, ...]:
        """The targets that the node may reach; modules of the library only what it names itself."""
        of_library = is_built_in(definition)
        if of_library and definition.id != EXECUTE_PYTHON_SCRIPT:
            return merged(node.allow)
        return merged(self._allow, node.allow)

    def _metadata_of(self, node: Node, script: Script) -> tuple[ScriptMetadata, str]:
        """The metadata with the environment in it, and a note if that was chosen."""
        metadata = self._metadata(script.source)
        if node.module != EXECUTE_PYTHON_SCRIPT:
            return metadata, ""
        named = node.environment or metadata.environment or self._experiment_environment
        if named != AUTO:
            return replace(metadata, environment=named), ""
        choice = chosen_environment(script.source)
        return replace(metadata, environment=choice.environment), choice.note

    def _is_taken(self, node: Node, port: PortName) -> bool:
        """Whether anything is connected to an output of a node."""
        return any(
            (source.node, source.port) == (node.name, port)
            for other in self._experiment.nodes.values()
            for source in other.inputs.values()
        )

    def _draw(
        self, node: Node, definition: ModuleDefinition, recipe: Recipe, *, again: bool
    ) -> tuple[RecipeDigest | None, int | None]:
        """The draw for a node, and what it was drawn for; None where nothing is drawn."""
        decided = definition.seed is not None and bool(recipe["parameters"].get(definition.seed))
        if not definition.random or decided:
            return None, None
        undrawn = digest_of(recipe)
        draw = self._draws.draw(node.name, undrawn, again=again, pinned=node.seed is not None)
        return (None, None) if draw is None else (undrawn, draw)

    def _dataset_step(self, node: Node, *, again: bool) -> Step:
        assert node.dataset is not None
        dataset = replace(self._datasets.version(node.dataset, node.version), reading=node.reading)
        recipe: dict[str, Any] = {
            "reader": own_code.reader(),
            "file": dataset.name,
            "dataset": dataset.digest,
        }
        if node.reading.given():
            recipe["options"] = node.reading.given()
        return Step(
            node=node,
            recipe=recipe,
            digest=digest_of(recipe),
            dataset=dataset,
            may_be_kept=not again,
        )

    def _saved_step(self, node: Node, saved: SavedName, *, again: bool) -> Step:
        planned = self._saved.version(saved, node.version)
        # The bytes and not the version: equal bytes may have several.
        recipe = {node.kinds[0]: saved.name, "saved": planned.digest}
        return Step(
            node=node,
            recipe=recipe,
            digest=digest_of(recipe),
            saved=planned,
            may_be_kept=not again,
        )

    def _script_file(self, node: Node, definition: ModuleDefinition) -> Path | None:
        """The file of a script, or of a module of the workspace."""
        if node.script is not None:
            return self._folder / node.script
        return None if is_built_in(definition) else definition.path

    def _script(self, node: Node, definition: ModuleDefinition) -> Script:
        if node.module == EXECUTE_PYTHON_SCRIPT:
            assert node.script is not None
            return read_script(self._folder / node.script)
        name = definition.path.name if definition.path else f"{definition.id}.py"
        return Script(source=definition.source, name=name)

    def _values(
        self, node: Node, definition: ModuleDefinition
    ) -> tuple[dict[str, Any], dict[str, tuple[Parameter, Any]], dict[str, PlannedDataset]]:
        parameters: dict[str, Any] = {}
        columns: dict[str, tuple[Parameter, Any]] = {}
        files: dict[str, PlannedDataset] = {}
        declared = {parameter.name: parameter for parameter in definition.parameters}
        for parameter in definition.parameters:
            if parameter.name not in node.parameters and not _is_columns(parameter):
                continue
            value = node.parameters.get(parameter.name, parameter.default)
            if value is None:
                continue
            value = checked_value(parameter, value)
            if _is_columns(parameter):
                columns[parameter.name] = (parameter, value)
            elif parameter.kind is ParameterKind.FILE:
                files[parameter.name] = self._datasets.version(str(value), None)
            else:
                parameters[parameter.name] = value
        # What only the script knows of, it checks itself.
        rest = {name: value for name, value in node.parameters.items() if name not in declared}
        return {**parameters, **rest}, columns, files


def _is_columns(parameter: Parameter) -> bool:
    return parameter.kind in {ParameterKind.COLUMN, ParameterKind.COLUMNS}


def outputs_of(step: Step) -> Sequence[tuple[PortName, PortKind]]:
    """The output ports of a step's node, in order."""
    if step.dataset is not None:
        return [(DATASET_PORT, step.dataset.kind)]
    if step.saved is not None:
        kind = step.saved.saved.kind
        return [(SAVED_PORTS[kind], kind)]
    assert step.definition is not None
    return [
        (port.name, port.kind)
        for port in step.definition.outputs
        if step.returns_device or not (_is_script(step) and port.name == PYTHON_DEVICE)
    ]


def _is_script(step: Step) -> bool:
    return step.definition is not None and step.definition.id == EXECUTE_PYTHON_SCRIPT


def first_output(step: Step) -> PortName:
    """The output that an edge means which names only the node."""
    return outputs_of(step)[0][0]
