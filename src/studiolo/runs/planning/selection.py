"""Which nodes of an experiment are to run, and which of them must not use a kept result."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.experiments.graph import downstream_of, upstream_of
from studiolo.runs.errors import NodeUnknownError


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The nodes that a run is asked for; what they need is taken along."""

    #: None: all.
    nodes: frozenset[NodeName] | None = None
    #: Of the nodes that run, those that do so even where a result is kept.
    again: frozenset[NodeName] = frozenset()

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        *,
        to: Collection[str] = (),
        only: Collection[str] = (),
        start: Collection[str] = (),
        again: bool = False,
    ) -> Self:
        """The nodes that are meant, in the words of the command line.

        Args:
            experiment: Whose nodes.
            to: Run up to these.
            only: Run these again, and nothing else that a result is kept of.
            start: Run these and what comes after them again.
            again: Take no kept result of anything that is selected.

        Raises:
            NodeUnknownError: There is no node of such a name.
        """
        for name in (*to, *only, *start):
            if name not in experiment.nodes:
                raise NodeUnknownError(node=name, known=list(experiment.nodes))
        begin = {NodeName(name) for name in start}
        after = {*begin, *downstream_of(experiment, begin)}
        ends = {*map(NodeName, to), *map(NodeName, only), *after}
        forced = {*map(NodeName, only), *after}
        if again:
            forced = {*ends, *upstream_of(experiment, ends)} or set(experiment.nodes)
        return cls(nodes=frozenset(ends) or None, again=frozenset(forced))

    def wanted(self, experiment: Experiment) -> Collection[NodeName]:
        """Every node that takes part."""
        if self.nodes is None:
            return experiment.nodes.keys()
        return {*self.nodes, *upstream_of(experiment, self.nodes)}
