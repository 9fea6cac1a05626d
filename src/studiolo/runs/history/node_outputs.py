"""The outputs of a node of a run, port by port, as far as they may be looked at here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.profile import DatasetProfile, profile_dataset
from studiolo.errors import StudioloError
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import ModuleId, PortKind
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.planning.plan import DATASET_PORT, SAVED_PORTS
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.store.errors import BlobMissingError, BlobRottenError

#: The profile of a larger dataset takes too long for a mere look.
MOST_CELLS = 20_000_000


@dataclass(frozen=True, kw_only=True)
class NodeOutput:
    """The value at an output port."""

    port: str
    #: None: something that is opened only in a sandbox; no more is known about it.
    kind: PortKind | None
    #: Bytes; None where it is damaged.
    size: int | None = None
    dataset: Dataset | None = None
    #: Of a dataset that is not too large.
    profile: DatasetProfile | None = None
    #: Why it can't be looked at.
    damage: StudioloError | None = None


def outputs_of(
    node: NodeResult, kinds: Mapping[str, PortKind], *, port: str | None = None
) -> Iterator[NodeOutput]:
    """The node's outputs, or the one at that port, each opened when it is its turn.

    Args:
        node: The node, which has something at that port.
        kinds: The kinds that its module declares for its ports.
        port: The only one to look at.
    """
    for name in node.ports if port is None else [port]:
        try:
            yield _output(node, name, kinds.get(name))
        except (BlobMissingError, BlobRottenError) as error:
            yield NodeOutput(port=name, kind=kinds.get(name), damage=error)


def kinds_of(
    module: str | None, catalogue: Catalogue, *, saved: PortKind | None = None
) -> Mapping[str, PortKind]:
    """The kinds of a module's output ports; none if the module no longer exists.

    Args:
        module: The module's id; None for a dataset node, whose file is a table or a zip, and for
            a saved model or transform.
        catalogue: Where to look it up.
        saved: The kind of a saved model or transform.
    """
    if saved is not None:
        return {SAVED_PORTS[saved]: saved}
    if module is None:
        return {DATASET_PORT: PortKind.ZIP}
    try:
        definition = catalogue.find(ModuleId(module))
    except StudioloError:
        return {}
    return {port.name: port.kind for port in definition.outputs}


def dataset_ports(node: NodeResult) -> list[str]:
    """The output ports of a node that have a dataset."""
    outputs = node.kept.outputs if node.kept is not None else {}
    return [port for port in node.ports if outputs[port]["kind"] == PortKind.DATASET]


def _output(node: NodeResult, port: str, kind: PortKind | None) -> NodeOutput:
    output = node.output(port)
    if not isinstance(output, SealedTable):
        return NodeOutput(port=port, kind=kind, size=output.size)
    table = output.table
    small = table.num_rows * table.num_columns <= MOST_CELLS
    return NodeOutput(
        port=port,
        kind=PortKind.DATASET,
        size=table.nbytes,
        dataset=output.dataset,
        profile=profile_dataset(output.dataset) if small else None,
    )
