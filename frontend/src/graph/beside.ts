/** Which side of a node has room for what is shown beside it. */

import type { Graph, NodeName, Point } from "./graph";
import { NODE_HEIGHT_WITH_COMMENT, NODE_WIDTH } from "./sizes";

/** The right side, unless something stands there and nothing on the left one. */
export function sideWithRoom(graph: Graph, name: NodeName, { width, height }: { readonly width: number; readonly height: number }): "left" | "right" {
  const at = graph.positions.get(name);
  if (!at) return "right";
  const others = [...graph.positions].filter(([other]) => other !== name && graph.nodes.has(other)).map(([, point]) => point);
  const taken = (x: number) => others.some((other) => overlaps(other, { x, y: at.y }, width, height));
  return taken(at.x + NODE_WIDTH) && !taken(at.x - width) ? "left" : "right";
}

function overlaps(node: Point, corner: Point, width: number, height: number): boolean {
  return node.x < corner.x + width && node.x + NODE_WIDTH > corner.x && node.y < corner.y + height && node.y + NODE_HEIGHT_WITH_COMMENT > corner.y;
}
