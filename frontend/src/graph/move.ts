/** Moving nodes. */

import type { Edit } from "./edits";
import type { Graph, NodeName, Point } from "./graph";
import { places } from "./places";

/** The edit that moves nodes by so much. */
export function movedBy(graph: Graph, names: Iterable<NodeName>, by: Point): Edit | null {
  const there = places(graph);
  const positions: Record<NodeName, Point> = {};
  for (const name of names) {
    const point = there.get(name);
    if (point) positions[name] = { x: point.x + by.x, y: point.y + by.y };
  }
  return Object.keys(positions).length === 0 ? null : { kind: "move", positions };
}

/**
 * What gives nodes without a position the one at which they are drawn: an edit, or none.
 *
 * It belongs to every change: otherwise a new wire, or the move of one node, would move the others.
 */
export function pinned(graph: Graph): Edit[] {
  if ([...graph.nodes.keys()].every((name) => graph.positions.has(name))) return [];
  const unplaced = [...places(graph)].filter(([name]) => !graph.positions.has(name));
  return [{ kind: "move", positions: Object.fromEntries(unplaced) }];
}
