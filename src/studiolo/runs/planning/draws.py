"""The seeds that are drawn for nodes without one, and which of them a node keeps.

A node that draws random numbers gets a seed from the host. The seed is part of its recipe, so that
nothing made of one draw is ever taken for something made of another. The node keeps it for as long
as everything else about the node stays the same, and gets a new one when it is asked to run again.
"""

import secrets
from collections.abc import Sequence, Set
from typing import Protocol

from studiolo.experiments.experiment import NodeName
from studiolo.store.identity import RecipeDigest
from studiolo.store.run_record import Draw

#: As many as NumPy's `RandomState` takes.
_BITS = 32


class RememberedDraws(Protocol):
    """Where draws are looked up; see `store`."""

    def latest_draws(self, experiment: str) -> Sequence[Draw]:
        """Of each node of an experiment the last draw, newest first."""

    def draws_for(self, undrawn: RecipeDigest) -> Sequence[Draw]:
        """The draws for a recipe in all experiments, newest first."""


class Draws(Protocol):
    """Where a plan gets the draws of its nodes."""

    def draw(
        self, node: NodeName, undrawn: RecipeDigest, *, again: bool, pinned: bool
    ) -> int | None:
        """The draw of a node.

        Args:
            node: The node.
            undrawn: The digest of all else that its result is made of.
            again: Whether it is asked to run again, which takes a new draw.
            pinned: Whether it has a seed of its own. It then has a draw only once it was asked to
                run again: a script may get random numbers where no seed reaches.
        """


class ExperimentDraws:
    """The draws of one experiment's nodes."""

    def __init__(
        self,
        remembered: RememberedDraws,
        experiment: str,
        nodes: Set[NodeName],
        *,
        new: bool,
    ) -> None:
        """Look up what the nodes have.

        Args:
            remembered: Where to look.
            experiment: The experiment's key in the records.
            nodes: All nodes that it has now.
            new: Whether a node gets a new draw that has none, or is asked to run again.
        """
        self._remembered = remembered
        self._experiment = experiment
        self._nodes = nodes
        self._new = new
        self._own: dict[NodeName, Draw] = {}
        #: Whose a draw is. Two nodes that are alike have a draw each.
        self._holders: dict[tuple[RecipeDigest, int], NodeName] = {}
        for draw in remembered.latest_draws(experiment):
            if draw.node in nodes:
                self._own[draw.node] = draw
                self._holders.setdefault((draw.undrawn, draw.number), draw.node)

    def draw(
        self, node: NodeName, undrawn: RecipeDigest, *, again: bool, pinned: bool
    ) -> int | None:
        """The draw that the node keeps, or a new one; see `Draws.draw`."""
        number = None if self._new and again else self._kept(node, undrawn)
        if number is None and self._new and (again or not pinned):
            number = secrets.randbits(_BITS)
        if number is not None:
            self._holders[undrawn, number] = node
        return number

    def _kept(self, node: NodeName, undrawn: RecipeDigest) -> int | None:
        own = self._own.get(node)
        if own is not None and own.undrawn == undrawn and self._may_have(node, own):
            return own.number
        # What the node had before it was changed and changed back; or, if it was renamed or its
        # experiment copied, what it had under that name.
        found = [d for d in self._remembered.draws_for(undrawn) if self._may_have(node, d)]
        found.sort(key=lambda draw: (draw.experiment != self._experiment, draw.node != node))
        return found[0].number if found else None

    def _may_have(self, node: NodeName, draw: Draw) -> bool:
        """Whether the draw is no other node's of this experiment."""
        others = draw.experiment == self._experiment and draw.node in self._nodes - {node}
        return not others and self._holders.get((draw.undrawn, draw.number), node) == node
