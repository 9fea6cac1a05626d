"""The columns of the datasets that are wired into a node, as far as they are known now."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment, Node, Source, experiment_key
from studiolo.modules.definition import PortKind
from studiolo.store.dataset_record import RecordedColumn
from studiolo.workspace.studio.node_ports import ports_of
from studiolo.workspace.studio.nodes.script_context import node_of
from studiolo.workspace.studio.tables.open_tables import OpenTables
from studiolo.workspace.workspace import Workspace

#: Bytes of a dataset file that is read to learn its columns, if no run has read it yet.
_READ: Final = 32 << 20


@dataclass(frozen=True, kw_only=True)
class InputColumns:
    """The columns at an input of a node."""

    port: str
    #: None if they are not known: the node before it has not run, or a file is too large to look.
    columns: Sequence[RecordedColumn] | None


def input_columns(
    workspace: Workspace, tables: OpenTables, experiment: Experiment, name: str
) -> Sequence[InputColumns]:
    """The columns at each input of a node that takes a dataset, in the order of its arguments.

    Those of a module's result are what its last run gave. For Execute Python Script, inputs are in
    the order in which `azureml_main` gets them: those that are connected, or each in its place.

    Raises:
        NodeUnknownError: There is no such node.
    """
    node = node_of(experiment, name)
    kind = workspace.datasets.kind
    ports = ports_of(node, workspace.catalogue, folder=experiment.folder, kind=kind)
    every = node.script is None or node.port_binding == "slot"
    found = _Found(workspace, tables, experiment)
    return [
        InputColumns(port=port.name, columns=found.at(node.inputs.get(port.name)))
        for port in ports.inputs
        if port.kind is PortKind.DATASET and (every or port.name in node.inputs)
    ]


class _Found:
    def __init__(self, workspace: Workspace, tables: OpenTables, experiment: Experiment) -> None:
        self._workspace = workspace
        self._tables = tables
        self._experiment = experiment

    def at(self, source: Source | None) -> Sequence[RecordedColumn] | None:
        """The columns where a wire begins."""
        node = None if source is None else self._experiment.nodes.get(source.node)
        if source is None or node is None:
            return None
        with suppress(StudioloError):
            if node.dataset is not None:
                return self._of_file(node, node.dataset)
            return self._of_result(node, source)
        return None

    def _of_file(self, node: Node, name: str) -> Sequence[RecordedColumn] | None:
        datasets = self._workspace.datasets
        meant = datasets.version(name, node.version)
        if not node.reading.given():
            for version in datasets.versions.of(name):
                if version.content == meant.digest and version.columns:
                    return version.columns
        if datasets.size_on_disk(name) > _READ:
            return None
        if node.reading.given():
            return _columns(datasets.dataset(replace(meant, reading=node.reading)))
        return _columns(self._tables.dataset(name, node.version).dataset)

    def _of_result(self, node: Node, source: Source) -> Sequence[RecordedColumn] | None:
        key = experiment_key(self._experiment, self._workspace.root)
        record = self._workspace.runs.latest_nodes(key).get(node.name)
        if record is None:
            return None
        own = ports_of(
            node,
            self._workspace.catalogue,
            folder=self._experiment.folder,
            kind=self._workspace.datasets.kind,
        )
        port = source.port or (own.outputs[0].name if own.outputs else "")
        return _columns(self._tables.output(str(record.run), node.name, port).dataset)


def _columns(dataset: Dataset) -> Sequence[RecordedColumn]:
    return [
        RecordedColumn(
            name=field.name,
            type=str(field.type),
            role=dataset.roles.get(field.name, ColumnRole.FEATURE).value,
        )
        for field in dataset.table.schema
    ]
