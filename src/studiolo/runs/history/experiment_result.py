"""The recorded result of an experiment's run, for programs, notebooks and the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from studiolo.datasets.dataset import Dataset
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import NodeName
from studiolo.rendering.node_row import NodeRow
from studiolo.rendering.result_html import message_html, node_html, run_html
from studiolo.runs.errors import NodeUnknownError, OutputMissingError
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.sandbox.exchange.job import Connected, Failure, Image, Remedy, TracebackFrame
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.exchange.variables import variables_from_record
from studiolo.sandbox.network.traffic import NetworkConnection
from studiolo.store.identity import RunId
from studiolo.store.records import Records
from studiolo.store.result_record import StoredResult
from studiolo.store.run_record import NodeRecord, NodeState, RunRecord, RunStatus

if TYPE_CHECKING:
    import pandas as pd


class ExperimentResult:
    """A run as its workspace recorded it; results are opened when they are asked for."""

    def __init__(self, records: Records, results: KeptResults, run: RunRecord) -> None:
        self._records = records
        self._results = results
        self.record = run

    @property
    def id(self) -> RunId:
        """The run's id."""
        return self.record.id

    @property
    def status(self) -> RunStatus:
        """Its state."""
        return self.record.status

    @property
    def succeeded(self) -> bool:
        """Whether all of its nodes have a result."""
        return self.status is RunStatus.FINISHED

    @cached_property
    def nodes(self) -> Mapping[NodeName, "NodeResult"]:
        """Its nodes, in the order in which they could run."""
        records = self._records.nodes_of(self.id)
        digests = {r.recipe_digest for r in records if r.recipe_digest is not None}
        kept = self._records.find_results(digests)
        return {
            record.node: NodeResult(
                record=record,
                kept=None if record.recipe_digest is None else kept.get(record.recipe_digest),
                results=self._results,
            )
            for record in records
        }

    def __getitem__(self, node: "str | Named") -> "NodeResult":
        """The result of a node, given by its name or as it is in a draft.

        Raises:
            NodeUnknownError: The run has no such node.
        """
        name = NodeName(node if isinstance(node, str) else node.name)
        found = self.nodes.get(name)
        if found is None:
            raise NodeUnknownError(node=name, known=list(self.nodes))
        return found

    def __repr__(self) -> str:
        return f"<run {self.id} of {self.record.experiment_name!r}: {self.status.value}>"

    def _repr_html_(self) -> str:
        """The notebook's view."""
        head = f"{self.record.experiment_name}: {self.status.value}. Run {self.id}."
        return run_html(head, [node.row for node in self.nodes.values()])


class Named(Protocol):
    """A node, as the author of its experiment holds it."""

    @property
    def name(self) -> NodeName:
        """The node's name."""


@dataclass(frozen=True, kw_only=True)
class NodeResult:
    """The result of a node of a run."""

    record: NodeRecord
    #: Its result, if it has one that is still kept.
    kept: StoredResult | None
    results: KeptResults

    @property
    def state(self) -> NodeState:
        """Its state."""
        return self.record.state

    @property
    def console(self) -> str:
        """The console of the node."""
        return self.record.console or ""

    @property
    def log(self) -> Sequence[str]:
        """The notes about the node that are not errors, a sentence each."""
        return self.record.log or ()

    @property
    def network(self) -> Sequence[NetworkConnection]:
        """The connections that it made in this run, and those that it was refused."""
        return [NetworkConnection.from_json(one) for one in self.record.network or ()]

    @property
    def failure(self) -> Failure | None:
        """Why it failed; None if it did not."""
        if self.record.failure is None:
            return None
        facts = dict(self.record.failure)
        frames = [_frame(frame) for frame in facts.pop("frames", ())]
        remedy = facts.pop("remedy", None)
        return Failure(**facts, frames=frames, remedy=None if remedy is None else Remedy(remedy))

    @property
    def images(self) -> Sequence[Image]:
        """The images of the node.

        Raises:
            BlobMissingError, BlobRottenError: A picture is missing or damaged.
        """
        return [
            Image(
                name=image.name,
                media_type=image.media_type,
                content=self.results.read_image(image),
            )
            for image in self.record.images or ()
        ]

    @property
    def ports(self) -> Sequence[str]:
        """The output ports that have a value."""
        return list(self.kept.outputs) if self.kept is not None and self._has_result else []

    @property
    def _has_result(self) -> bool:
        return self.state in {NodeState.FINISHED, NodeState.KEPT}

    @property
    def row(self) -> NodeRow:
        """The node as a line of a table."""
        record, failure = self.record, self.failure
        return NodeRow(
            node=record.node,
            state=record.state,
            rows=record.rows,
            seconds=record.seconds,
            said=record.reason if failure is None else failure.sentence,
        )

    def _repr_html_(self) -> str:
        """The notebook's view: the first rows of datasets, the console and the images."""
        try:
            outputs = {port: self.output(port) for port in self.ports}
            tables = {p: out.table for p, out in outputs.items() if isinstance(out, SealedTable)}
            return node_html(
                self.row,
                failure=self.failure,
                console=self.console,
                tables=tables,
                others=[port for port in outputs if port not in tables],
                images=self.images,
            )
        except StudioloError as error:
            # What was kept is gone. A notebook shows that as well as anything else.
            return message_html(str(error))

    def output(self, port: str | None = None) -> Connected:
        """The node's value at an output port; by default the first.

        Raises:
            OutputMissingError: The port has no value.
            BlobMissingError, BlobRottenError: It is missing or damaged.
        """
        chosen = port or next(iter(self.ports), None)
        if self.kept is None or chosen is None or chosen not in self.ports:
            raise OutputMissingError(
                node=self.record.node, port=port, ports=self.ports, state=self.state
            )
        return self.results.open({chosen: self.kept.outputs[chosen]})[chosen]

    def dataset(self, port: str | None = None) -> Dataset:
        """The dataset at an output port; raises as `output` does."""
        output = self.output(port)
        if not isinstance(output, SealedTable):
            datasets = [
                name
                for name, entry in (self.kept.outputs if self.kept else {}).items()
                if entry["kind"] == "dataset"
            ]
            raise OutputMissingError(
                node=self.record.node, port=port, ports=datasets, state=self.state
            )
        return output.dataset

    def frame(self, port: str | None = None) -> "pd.DataFrame":
        """The dataset at an output port as a pandas frame; raises as `output` does."""
        # Here and not above: a run from the terminal needs no pandas outside of the sandbox.
        from studiolo.runs.frames import frame_of  # noqa: PLC0415

        return frame_of(self.dataset(port).table)


def _frame(recorded: Mapping[str, Any]) -> TracebackFrame:
    # Records of earlier versions have no variables.
    variables = recorded.get("variables")
    if variables is None:
        return TracebackFrame(**recorded)
    return TracebackFrame(**{**recorded, "variables": variables_from_record(variables)})
