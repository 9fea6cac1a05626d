"""Questions about the graph of an experiment, answered without looking at files or modules.

An edge from a node that does not exist is left out everywhere but in `edges`; `check` finds it.
Nothing here recurses: a chain may be longer than Python's stack is deep.
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from studiolo.experiments.experiment import Experiment, NodeName, Source
from studiolo.modules.definition import PortName


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A connection, in the direction in which data travels."""

    source: Source
    target: NodeName
    #: The input port of the target.
    port: PortName


def edges(experiment: Experiment) -> Iterator[Edge]:
    """All edges, in the order of the file."""
    for name, node in experiment.nodes.items():
        for port, source in node.inputs.items():
            yield Edge(source=source, target=name, port=port)


def topological_order(experiment: Experiment) -> list[NodeName]:
    """The nodes, each after those that it takes its inputs from.

    Of the nodes that could come next it is always the one that comes first in the file, so that
    a file in such an order keeps it. Nodes on a cycle, and what hangs on them, are left out.
    """
    names = list(experiment.nodes)
    place = {name: number for number, name in enumerate(names)}
    targets = _targets(experiment)
    waiting = {name: len(_sources(experiment, name)) for name in names}
    # In order, which is a heap.
    ready = [place[name] for name in names if not waiting[name]]
    order: list[NodeName] = []
    while ready:
        name = names[heapq.heappop(ready)]
        order.append(name)
        for target in targets[name]:
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(ready, place[target])
    return order


def find_cycles(experiment: Experiment) -> list[list[NodeName]]:
    """Cycles that have no node in common, each in the direction in which data would travel.

    A graph that has a cycle gives at least one, but not every one: there can be more of them than
    anyone could read.
    """
    cycles: list[list[NodeName]] = []
    done: set[NodeName] = set()
    for start in experiment.nodes:
        if start in done:
            continue
        # Where we are, against the direction of the edges, and what is left to try from there.
        path = [start]
        depth = {start: 0}
        untried = [iter(_sources(experiment, start))]
        # Up to here the path is on cycles that are known.
        known = -1
        while path:
            source = next(untried[-1], None)
            if source is None:
                untried.pop()
                left = path.pop()
                done.add(left)
                del depth[left]
                known = min(known, len(path) - 1)
            elif source in depth:
                if depth[source] > known:
                    cycles.append([source, *reversed(path[depth[source] + 1 :])])
                    known = len(path) - 1
            elif source not in done:
                depth[source] = len(path)
                path.append(source)
                untried.append(iter(_sources(experiment, source)))
    return cycles


def upstream_of(experiment: Experiment, nodes: Iterable[NodeName]) -> frozenset[NodeName]:
    """The nodes whose results reach one of ``nodes``.

    It contains those of ``nodes`` that are upstream of another one, or on a cycle.
    """
    return _reached(nodes, lambda name: _sources(experiment, name))


def downstream_of(experiment: Experiment, nodes: Iterable[NodeName]) -> frozenset[NodeName]:
    """The nodes that a result of one of ``nodes`` reaches; as `upstream_of`."""
    targets = _targets(experiment)
    return _reached(nodes, lambda name: targets[name])


def _reached(
    nodes: Iterable[NodeName], neighbours: Callable[[NodeName], Collection[NodeName]]
) -> frozenset[NodeName]:
    reached: set[NodeName] = set()
    ahead = list(nodes)
    while ahead:
        for neighbour in neighbours(ahead.pop()):
            if neighbour not in reached:
                reached.add(neighbour)
                ahead.append(neighbour)
    return frozenset(reached)


def _sources(experiment: Experiment, name: NodeName) -> Collection[NodeName]:
    """The nodes that a node takes its inputs from, each once, in the order of its ports."""
    known = experiment.nodes
    inputs = known[name].inputs.values()
    return dict.fromkeys(source.node for source in inputs if source.node in known)


def _targets(experiment: Experiment) -> dict[NodeName, list[NodeName]]:
    """The nodes that take an input from a node, by that node, each once, in the file's order."""
    targets: dict[NodeName, list[NodeName]] = {name: [] for name in experiment.nodes}
    for name in experiment.nodes:
        for source in _sources(experiment, name):
            targets[source].append(name)
    return targets
