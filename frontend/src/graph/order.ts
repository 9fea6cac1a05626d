/** The order of the data: what comes before what. */

import type { Graph, NodeName } from "./graph";

const orders = new WeakMap<Graph, readonly NodeName[]>();

/** Every node after those it is wired to; among equals, from top to bottom and left to right. */
export function dataOrder(graph: Graph): readonly NodeName[] {
  // It is asked for whenever something is drawn, and a graph never changes.
  const known = orders.get(graph) ?? foundOrder(graph);
  orders.set(graph, known);
  return known;
}

function foundOrder(graph: Graph): NodeName[] {
  const waiting = new Map<NodeName, number>();
  const after = new Map<NodeName, NodeName[]>();
  for (const node of graph.nodes.values()) {
    const sources = new Set(Object.values(node.wires).map((from) => from.node).filter((name) => graph.nodes.has(name)));
    waiting.set(node.name, sources.size);
    for (const source of sources) {
      const known = after.get(source);
      if (known) known.push(node.name);
      else after.set(source, [node.name]);
    }
  }
  const rank = (name: NodeName) => graph.positions.get(name) ?? { x: 0, y: 0 };
  const before = (one: NodeName, two: NodeName) => rank(one).y - rank(two).y || rank(one).x - rank(two).x || (one < two ? -1 : 1);
  // The last one is next: taking it away moves no other.
  const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name).sort((one, two) => before(two, one));
  const order: NodeName[] = [];
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    order.push(name);
    for (const next of after.get(name) ?? []) {
      const left = (waiting.get(next) ?? 1) - 1;
      waiting.set(next, left);
      if (left === 0) insertSorted(ready, next, before);
    }
  }
  // Nodes of a cycle, which only a file can have.
  for (const name of graph.nodes.keys()) if ((waiting.get(name) ?? 0) > 0) order.push(name);
  return order;
}

/** Puts a name into names of which the last one comes first. */
function insertSorted(names: NodeName[], name: NodeName, before: (one: NodeName, two: NodeName) => number) {
  let [from, to] = [0, names.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (before(names[middle] as NodeName, name) > 0) from = middle + 1;
    else to = middle;
  }
  names.splice(from, 0, name);
}

/** The next node of the order, or the one before; round again at the end. */
export function neighbour(graph: Graph, name: NodeName | null, step: 1 | -1): NodeName | null {
  const order = dataOrder(graph);
  if (order.length === 0) return null;
  const at = name === null ? -1 : order.indexOf(name);
  if (at < 0) return (step === 1 ? order[0] : order.at(-1)) ?? null;
  return order[(at + step + order.length) % order.length] ?? null;
}

/** The node at the other end of a wire: up from the first input, down from the first output. */
export function alongWire(graph: Graph, name: NodeName, way: "up" | "down"): NodeName | null {
  const node = graph.nodes.get(name);
  if (!node) return null;
  if (way === "up") {
    for (const port of node.inputs) {
      const from = node.wires[port.name];
      if (from) return from.node;
    }
    return null;
  }
  for (const output of node.outputs) {
    for (const other of graph.nodes.values()) {
      const wired = Object.values(other.wires).some((from) => from.node === name && from.output === output.name);
      if (wired) return other.name;
    }
  }
  return null;
}
