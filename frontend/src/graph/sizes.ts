/** How large nodes are, and where on them their ports are. */

import type { GraphNode, Point } from "./graph";

export const GRID = 16;
export const NODE_WIDTH = 224;
export const NODE_HEIGHT = 54;
export const NODE_HEIGHT_WITH_COMMENT = 73;
/** What takes the pointer around a port, in pixels. */
export const PORT_TARGET = 24;

export function heightOf(node: GraphNode): number {
  return node.comment ? NODE_HEIGHT_WITH_COMMENT : NODE_HEIGHT;
}

/** How far a port is from its node's left edge: all of them at equal distances. */
export function portOffset(index: number, count: number): number {
  return Math.round((NODE_WIDTH * (index + 1)) / (count + 1));
}

export function snapped(point: Point): Point {
  return { x: Math.round(point.x / GRID) * GRID, y: Math.round(point.y / GRID) * GRID };
}
