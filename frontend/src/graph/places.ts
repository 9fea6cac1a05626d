/** Where nodes stand: free places, and a layout for nodes that have none. */

import { cleared } from "./clearance";
import { type Graph, type GraphNode, type NodeName, type Point, wiresInto } from "./graph";
import { dataOrder } from "./order";
import { GRID, NODE_HEIGHT_WITH_COMMENT, NODE_WIDTH, snapped } from "./sizes";

const ROW = 96;
const COLUMN = NODE_WIDTH + 2 * GRID;

/** A position for every node: its own, or one below what it is wired to. */
export function places(graph: Graph): Map<NodeName, Point> {
  const placed = new Map(graph.positions);
  for (const name of placed.keys()) if (!graph.nodes.has(name)) placed.delete(name);
  if (placed.size === graph.nodes.size) return placed;
  const taken = new Taken();
  for (const point of placed.values()) taken.add(point);
  for (const name of dataOrder(graph)) {
    const node = graph.nodes.get(name);
    if (!node || placed.has(name)) continue;
    const point = taken.free(wishedPlace(node, placed));
    placed.set(name, point);
    taken.add(point);
  }
  return cleared(graph, placed, new Set([...graph.nodes.keys()].filter((name) => !graph.positions.has(name))));
}

function wishedPlace(node: GraphNode, placed: ReadonlyMap<NodeName, Point>): Point {
  const sources = wiresInto(node).flatMap((wire) => placed.get(wire.from.node) ?? []);
  if (sources.length === 0) return { x: 0, y: 0 };
  const x = sources.reduce((sum, point) => sum + point.x, 0) / sources.length;
  const y = Math.max(...sources.map((point) => point.y)) + ROW;
  return snapped({ x, y });
}

/** Where nodes stand already, by bands as high as a row. */
class Taken {
  private readonly bands = new Map<number, Point[]>();

  add(point: Point): void {
    const band = Math.floor(point.y / ROW);
    this.bands.set(band, [...(this.bands.get(band) ?? []), point]);
  }

  /** The wish, or the next place to the right of it where no node is. */
  free(wish: Point): Point {
    const band = Math.floor(wish.y / ROW);
    const near = [band - 1, band, band + 1].flatMap((at) => this.bands.get(at) ?? []);
    const close = near.filter((point) => Math.abs(point.y - wish.y) < NODE_HEIGHT_WITH_COMMENT);
    let x = wish.x;
    for (const point of close.toSorted((one, two) => one.x - two.x)) {
      if (Math.abs(point.x - x) < COLUMN) x = point.x + COLUMN;
    }
    return { x, y: wish.y };
  }
}

/** A free place for a new node: where it is wished, or as near below it as there is room. */
export function roomFor(graph: Graph, wish: Point): Point {
  const there = [...places(graph).values()];
  let point = snapped(wish);
  const hits = (at: Point) => there.some((other) => Math.abs(other.x - at.x) < NODE_WIDTH && Math.abs(other.y - at.y) < NODE_HEIGHT_WITH_COMMENT);
  for (let tries = 0; tries < 1_000 && hits(point); tries += 1) point = { x: point.x, y: point.y + 2 * GRID };
  return point;
}
