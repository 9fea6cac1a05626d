"""The provenance of a run's nodes: their recipes, and the text of their scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, PortKind
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.planning.recipe import Recipe, source_digest
from studiolo.store.identity import RunId
from studiolo.store.records import Records


@dataclass(frozen=True, kw_only=True)
class ScriptText:
    """A script as it was when a run began."""

    #: Its file beside the experiment's.
    name: str
    text: str


class Provenance:
    """The provenance of one run's nodes, as it is recorded."""

    def __init__(self, records: Records, run: RunId, nodes: Mapping[NodeName, NodeResult]) -> None:
        self._records = records
        self._run = run
        self._nodes = nodes

    @property
    def file(self) -> str:
        """The text of the experiment's file; empty for an experiment that had none."""
        return str(self._snapshot.get("file", ""))

    @property
    def scripts(self) -> Mapping[str, str]:
        """The texts of the scripts that the run had, by the names of their files."""
        texts: Mapping[str, str] = self._snapshot.get("scripts", {})
        return texts

    @cached_property
    def recipes(self) -> Mapping[NodeName, Recipe]:
        """The nodes' recipes; without those that depended on what came before and never came."""
        planned: Mapping[str, Recipe] = self._snapshot.get("recipes", {})
        digests = {
            name: node.record.recipe_digest
            for name, node in self._nodes.items()
            if name not in planned and node.record.recipe_digest is not None
        }
        kept = self._records.recipes(digests.values())
        found = {name: kept[digest] for name, digest in digests.items() if digest in kept}
        return {**{NodeName(name): recipe for name, recipe in planned.items()}, **found}

    def what(self, node: NodeName) -> str:
        """The node's content in a word: its dataset's file, its script's, or its module."""
        recipe = self.recipes.get(node, {})
        script = self.script(node)
        if script is not None:
            return script.name
        named = ("file", "trained_model", "transform", "module")
        return next((str(recipe[part]) for part in named if recipe.get(part)), "")

    def module(self, node: NodeName) -> str | None:
        """The id of the node's module; None for a dataset or what was saved."""
        module = self.recipes.get(node, {}).get("module")
        return None if module is None else str(module)

    def saved(self, node: NodeName) -> PortKind | None:
        """The kind of the saved model or transform that the node is; else None."""
        recipe = self.recipes.get(node, {})
        if "trained_model" in recipe:
            return PortKind.MODEL
        return PortKind.TRANSFORM if "transform" in recipe else None

    def seed(self, node: NodeName) -> int | None:
        """The node's seed, its own or drawn for it; None where it has none."""
        seed: int | None = self.recipes.get(node, {}).get("seed")
        return seed

    def content(self, node: NodeName) -> str | None:
        """Which content of its file a node had: `version 2`, `content 9f2c4e1a`.

        None for a module.
        """
        recipe = self.recipes.get(node, {})
        if (saved := recipe.get("saved")) is not None:
            return f"content {saved[:8]}"
        digest: str | None = recipe.get("dataset")
        if digest is None:
            return None
        for version in self._records.dataset_versions(recipe["file"]):
            if version.content == digest:
                return f"version {version.version}"
        return f"content {digest[:8]}"

    def script(self, node: NodeName) -> ScriptText | None:
        """The script that the node brought along; None if it brought none."""
        recipe = self.recipes.get(node, {})
        if recipe.get("module") != EXECUTE_PYTHON_SCRIPT:
            return None
        return self._scripts.get(recipe.get("source", ""))

    def origin(self, edge: str) -> str:
        """Where an edge of a recipe begins, as an experiment's file names it: `pima.dataset`."""
        digest, _, port = edge.partition(".")
        return f"{self._names.get(digest, digest[:8])}.{port}"

    @cached_property
    def _snapshot(self) -> Mapping[str, Any]:
        return self._records.snapshot(self._run)

    @cached_property
    def _scripts(self) -> Mapping[str, ScriptText]:
        return {source_digest(t): ScriptText(name=name, text=t) for name, t in self.scripts.items()}

    @cached_property
    def _names(self) -> Mapping[str, NodeName]:
        """Nodes by the digests of their recipes."""
        digests = {name: node.record.recipe_digest for name, node in self._nodes.items()}
        return {digest: name for name, digest in digests.items() if digest is not None}
