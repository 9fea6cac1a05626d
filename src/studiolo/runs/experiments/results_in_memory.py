"""Results on their way from step to step, in memory as long as a step still needs them."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortName
from studiolo.runs.engines.references import ResultReference
from studiolo.runs.errors import ResultGoneError
from studiolo.runs.planning.plan import Plan, Step
from studiolo.sandbox.exchange.job import Connected, bytes_of
from studiolo.store.identity import RecipeDigest

#: The outputs of a node, by output port.
Results: TypeAlias = Mapping[str, Connected]


class ResultsInMemory:
    """The table of a run's results; see `ResultTable`.

    A result is held until every step that needs it, and the step that made it, has let go. Nodes
    with the same recipe have the same result.
    """

    def __init__(self, plan: Plan, run: Iterable[Step]) -> None:
        """``run`` are the steps of the plan that are going to run."""
        self._plan = plan
        self._lock = threading.Lock()
        self._results: dict[RecipeDigest, dict[str, Connected]] = {}
        #: How many steps have still to let go of a result.
        self._takers: Counter[RecipeDigest] = Counter()
        for step in run:
            self.expect(step)

    def expect(self, step: Step) -> None:
        """This step is going to run, and to take what it needs."""
        with self._lock:
            self._takers.update(self._held_by(step))

    def hand_over(
        self, recipe: RecipeDigest, results: Results
    ) -> Mapping[PortName, ResultReference]:
        """Hold on to a result, if a step will take it; see `ResultTable.hand_over`."""
        with self._lock:
            if self._takers[recipe] > 0:
                self._results.setdefault(recipe, dict(results))
        return {PortName(p): ResultReference(recipe=recipe, port=PortName(p)) for p in results}

    def add(self, reference: ResultReference, value: Connected) -> None:
        """Hold something that was made of a result, as one more output of it."""
        with self._lock:
            if reference.recipe in self._results:
                self._results[reference.recipe][reference.port] = value

    def hold_files(
        self, step: Step, files: Mapping[str, Connected]
    ) -> Mapping[str, ResultReference]:
        """Hold the datasets that a step's parameters stand for until the step lets go.

        Returns:
            References to them, by parameter.
        """
        recipe = _of_parameters(step)
        with self._lock:
            self._results[recipe] = dict(files)
        return {n: ResultReference(recipe=recipe, port=PortName(n)) for n in files}

    def resolve(self, reference: ResultReference) -> Connected:
        """The output that is meant; see `ResultTable.resolve`."""
        with self._lock:
            found = self._results.get(reference.recipe, {}).get(reference.port)
        if found is None:
            raise ResultGoneError(recipe=reference.recipe, port=reference.port)
        return found

    def ports(self, node: NodeName) -> frozenset[str] | None:
        """The outputs of a node's result that are not empty; None if the result is not here."""
        with self._lock:
            results = self._results.get(self._plan.steps[node].digest)
            return None if results is None else frozenset(results)

    def let_go(self, step: Step) -> None:
        """The step has ended; what no other step needs is forgotten."""
        with self._lock:
            for recipe in self._held_by(step):
                self._takers[recipe] -= 1
                if self._takers[recipe] <= 0:
                    self._results.pop(recipe, None)

    def bytes_for(self, step: Step) -> int:
        """The size of what is here of a step's inputs."""
        with self._lock:
            return sum(
                bytes_of(result)
                for recipe in {self._plan.steps[node].digest for node in step.needs}
                for result in self._results.get(recipe, {}).values()
            )

    def _held_by(self, step: Step) -> list[RecipeDigest]:
        """The results that a running step keeps here: its inputs, its files and its own result."""
        inputs = (self._plan.steps[node].digest for node in set(step.needs))
        return [step.digest, _of_parameters(step), *inputs]


def _of_parameters(step: Step) -> RecipeDigest:
    """The name of the datasets that a step's parameters stand for; they follow from its recipe."""
    return RecipeDigest(f"parameters of {step.digest}")
