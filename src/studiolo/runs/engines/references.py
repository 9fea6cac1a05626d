"""References to results: what an engine is given as a step's inputs, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from studiolo.modules.definition import PortName
from studiolo.sandbox.exchange.job import Connected
from studiolo.store.identity import RecipeDigest


@dataclass(frozen=True, kw_only=True)
class ResultReference:
    """One output of a result, named by what the result was made of."""

    recipe: RecipeDigest
    port: PortName


class ResultTable(Protocol):
    """The results that the steps of a run have still to take. For any number of threads.

    On this machine they are sealed memory files, so that a step takes nothing but a descriptor. An
    engine on other machines would carry over a result's bytes where a step needs them: those of its
    blobs, or these.
    """

    def resolve(self, reference: ResultReference) -> Connected:
        """The output that is meant.

        Raises:
            ResultGoneError: It is not here, or not any more.
        """

    def hand_over(
        self, recipe: RecipeDigest, results: Mapping[str, Connected]
    ) -> Mapping[PortName, ResultReference]:
        """Take over a result, by output port. A recipe's first result stays, as long as it is held.

        Returns:
            References to its outputs.
        """
