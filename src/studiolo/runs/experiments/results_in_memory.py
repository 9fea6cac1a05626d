"""Results on their way from node to node, in memory as long as a node still needs them."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from studiolo.experiments.experiment import NodeName
from studiolo.runs.planning.plan import Step
from studiolo.sandbox.exchange.job import Connected, bytes_of

#: What a node gave, by output port.
Results = Mapping[str, Connected]


class ResultsInMemory:
    """The results that steps of a run have still to take. For any number of threads."""

    def __init__(self, steps: Iterable[Step]) -> None:
        """``steps`` are those that are going to run."""
        self._lock = threading.Lock()
        self._results: dict[NodeName, Results] = {}
        #: How many steps have still to take a node's results.
        self._takers = Counter(needed for step in steps for needed in set(step.needs))

    def expect(self, step: Step) -> None:
        """This step is going to run after all, and to take what it needs."""
        with self._lock:
            self._takers.update(set(step.needs))

    def offer(self, node: NodeName, results: Results) -> None:
        """Hold on to a node's results, if anybody will take them."""
        with self._lock:
            if self._takers[node] > 0:
                self._results[node] = results

    def find(self, node: NodeName) -> Results | None:
        """A node's results, if they are here."""
        with self._lock:
            return self._results.get(node)

    def let_go(self, step: Step) -> None:
        """The step has taken what it needs; what no other step needs is forgotten."""
        with self._lock:
            for node in set(step.needs):
                self._takers[node] -= 1
                if self._takers[node] <= 0:
                    self._results.pop(node, None)

    def bytes_for(self, step: Step) -> int:
        """The size of what is here of a step's inputs."""
        with self._lock:
            return sum(
                bytes_of(result)
                for node in set(step.needs)
                for result in self._results.get(node, {}).values()
            )
