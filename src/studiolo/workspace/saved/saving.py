"""Saves the model or transform of a node that has run, with a record of what made it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from studiolo.environments.environment import default_spec
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import SavedName
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import ModuleDefinition, ModuleId, PortKind
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.store.identity import RecipeDigest
from studiolo.store.records import Records
from studiolo.store.run_record import NodeState
from studiolo.workspace.saved.errors import NothingToSaveError
from studiolo.workspace.saved.record import MadeIn, SavedRecord
from studiolo.workspace.saved.saved_objects import SavedObjects, SavedVersion

_WHY = {
    NodeState.FAILED: "it failed",
    NodeState.CANCELLED: "it was cancelled",
    NodeState.SKIPPED: "it was skipped",
    NodeState.WAITING: "it has not run yet",
    NodeState.RUNNING: "it is still running",
}


def environment_here() -> MadeIn:
    """The default environment of this Studiolo."""
    spec = default_spec()
    python = ".".join(map(str, spec.interpreter.version[:2]))
    return MadeIn(identity=spec.key, python=python, packages=spec.packages)


class Saving:
    """Saves what nodes gave as models and transforms of the workspace."""

    def __init__(self, objects: SavedObjects, records: Records, catalogue: Catalogue) -> None:
        self._objects = objects
        self._records = records
        self._catalogue = catalogue

    def save(self, node: NodeResult, saved: SavedName, *, port: str | None = None) -> SavedVersion:
        """Save a node's model or transform.

        Args:
            node: The result of the node.
            saved: Its name.
            port: The output that is meant; if not given, the first of the kind.

        Raises:
            NothingToSaveError: The node has nothing of the kind there.
            SavedNameError: Nothing can be called so.
            WorkspaceUnwritableError: It can't be written; nothing of it is there.
            BlobMissingError, BlobRottenError: The result is not what was kept.
        """
        recipe = self._recipe(node, saved.kind)
        definition = self._definition(node, recipe, saved.kind)
        chosen = self._port(node, definition, saved.kind, port)
        content = node.output(chosen)
        assert isinstance(content, MemoryFile)
        return self._objects.save(
            saved, content, self._record(node, recipe, definition, chosen, content)
        )

    def _recipe(self, node: NodeResult, kind: PortKind) -> Mapping[str, Any]:
        record = node.record
        if not node.ports:
            why = _WHY.get(record.state, "its result is no longer kept")
            reason = f'{why} (run "{record.run}"). Run it first.'
            raise NothingToSaveError(node=record.node, kind=kind, reason=reason)
        assert record.recipe_digest is not None
        return self._records.recipes([record.recipe_digest])[record.recipe_digest]

    def _definition(
        self, node: NodeResult, recipe: Mapping[str, Any], kind: PortKind
    ) -> ModuleDefinition:
        module = recipe.get("module")
        if module is None:
            what = "a dataset" if "dataset" in recipe else "something that was saved already"
            raise NothingToSaveError(node=node.record.node, kind=kind, reason=f"it is {what}.")
        try:
            definition = self._catalogue.find(ModuleId(module))
        except StudioloError as error:
            raise NothingToSaveError(node=node.record.node, kind=kind, reason=str(error)) from error
        if not learns(definition, recipe["inputs"]):
            reason = (
                f"what {module} gives has not learnt from data. Save the node that it is "
                "connected to, such as Train Model."
            )
            raise NothingToSaveError(node=node.record.node, kind=kind, reason=reason)
        return definition

    def _port(
        self, node: NodeResult, definition: ModuleDefinition, kind: PortKind, asked: str | None
    ) -> str:
        kinds = {str(port.name): port.kind for port in definition.outputs}
        fit = [port for port in node.ports if kinds.get(port) is kind]
        if asked is None and fit:
            return fit[0]
        if asked is not None and asked in fit:
            return asked
        there = ", ".join(f"{port} (a {kinds.get(port, 'dataset')})" for port in node.ports)
        said = "" if asked is None else f'there is none at "{asked}"; '
        raise NothingToSaveError(
            node=node.record.node, kind=kind, reason=f"{said}its outputs are {there}."
        )

    def _record(
        self,
        node: NodeResult,
        recipe: Mapping[str, Any],
        definition: ModuleDefinition,
        port: str,
        content: MemoryFile,
    ) -> SavedRecord:
        record, kept = node.record, node.kept
        assert kept is not None
        here = environment_here()
        identity = str(recipe["environment"])
        is_same = identity.partition(" ")[0] == here.identity
        return SavedRecord(
            sha256=kept.outputs[port]["files"][0],
            bytes=content.size,
            saved_at=datetime.now(UTC).isoformat(timespec="seconds"),
            experiment=self._records.run(record.run).experiment,
            run=record.run,
            node=record.node,
            port=port,
            module=definition.id,
            parameters=recipe["parameters"],
            recipe=kept.recipe_digest,
            columns=self._columns(definition, recipe["inputs"]),
            # A kept result may be older than the environment that Studiolo has now.
            environment=MadeIn(
                identity=identity,
                python=here.python if is_same else "",
                packages=here.packages if is_same else (),
            ),
        )

    def _columns(
        self, definition: ModuleDefinition, inputs: Mapping[str, str]
    ) -> Sequence[Mapping[str, str]]:
        """The columns of the dataset that it was learnt from, as far as that is still kept."""
        for port in definition.inputs:
            if port.kind is not PortKind.DATASET or port.name not in inputs:
                continue
            digest, _, output = inputs[port.name].partition(".")
            kept = self._records.find_results([RecipeDigest(digest)]).get(RecipeDigest(digest))
            entry = {} if kept is None else kept.outputs.get(output, {})
            return [
                {name: column[name] for name in ("name", "type", "role") if name in column}
                for column in entry.get("columns", ())
            ]
        return []


def learns(definition: ModuleDefinition, inputs: Mapping[Any, Any]) -> bool:
    """Whether a node of the module, with these inputs connected, learns from a dataset."""
    return any(port.kind is PortKind.DATASET and port.name in inputs for port in definition.inputs)
