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
