/** A newer graph in which what has not changed is the same object, so that it is not drawn again. */

import type { Graph, GraphNode } from "../graph/graph";

export function sharing(before: Graph, after: Graph): Graph {
  const nodes = new Map<string, GraphNode>();
  for (const [name, node] of after.nodes) {
    const old = before.nodes.get(name);
    nodes.set(name, old && same(old, node) ? old : node);
  }
  return { nodes, positions: after.positions };
}

/** Whether two values that JSON can have are equal; the order of keys does not count. */
export function same(one: unknown, two: unknown): boolean {
  if (Object.is(one, two)) return true;
  if (typeof one !== "object" || typeof two !== "object" || one === null || two === null) return false;
  const keys = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(two) &&
    keys.length === Object.keys(two).length &&
    keys.every((key) => key in two && same(one[key as keyof typeof one], two[key as keyof typeof two]))
  );
}
