/** Layouts in which no wire runs behind a node that is not one of its ends. */

import { type Graph, type GraphNode, type NodeName, type Point, type Wire, wires } from "./graph";
import { GRID, heightOf, NODE_WIDTH, portOffset } from "./sizes";

/** Between a wire and a node that it passes, in pixels. */
const MARGIN = GRID;
/** From one node to the next beside it. */
const COLUMN = NODE_WIDTH + 2 * GRID;
/** Of the points at which a wire is looked at, in pixels. */
const STEP = 8;
type Side = 1 | -1;
/** Where nodes go out of the way, as long as none of these leaves every wire in sight; null is the nearer side. */
const SIDES: readonly (Side | null)[] = [null, 1, -1];
/** Nodes beyond which a layout stays as it is: looking at it takes longer than people wait. */
const MOST_NODES = 500;
/** How often a node is moved at most, on average. */
const MOST_MOVES = 4;

/** A node that hides a part of a wire: from where to where, sideways. */
interface Hidden {
  readonly node: GraphNode;
  readonly from: number;
  readonly to: number;
}

/**
 * The layout with nodes moved sideways, out of the way of wires.
 *
 * Only nodes that are `movable` move. Where that does not help, it is the layout with the fewest hidden wires.
 */
export function cleared(graph: Graph, layout: ReadonlyMap<NodeName, Point>, movable: ReadonlySet<NodeName>): Map<NodeName, Point> {
  let best = { layout: new Map(layout), hidden: Number.POSITIVE_INFINITY };
  if (graph.nodes.size > MOST_NODES) return best.layout;
  for (const first of SIDES) {
    const now = new Map(layout);
    const mover = new Mover(graph, now, movable, first);
    for (let moves = 0; moves <= MOST_MOVES * graph.nodes.size; moves += 1) {
      const found = hidden(graph, now);
      if (found.length < best.hidden) best = { layout: new Map(now), hidden: found.length };
      const next = found.find(({ node }) => movable.has(node.name));
      if (!next) break;
      mover.aside(next);
    }
    if (best.hidden === 0) break;
  }
  return best.layout;
}

/** The wires that run behind nodes, uppermost node first. */
export function hidden(graph: Graph, layout: ReadonlyMap<NodeName, Point>): Hidden[] {
  const placed = [...graph.nodes.values()].flatMap((node) => {
    const at = layout.get(node.name);
    return at ? [{ node, at }] : [];
  }).toSorted((one, two) => one.at.y - two.at.y);
  return wires(graph).flatMap((wire) => {
    const points = pointsOf(graph, wire, layout);
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return [];
    return placed.flatMap(({ node, at }): Hidden[] => {
      if (at.y > last.y || at.y + heightOf(node) < first.y || node.name === wire.from.node || node.name === wire.to.node) return [];
      const beside = points.filter(({ y }) => y > at.y - STEP / 2 && y < at.y + heightOf(node) + STEP / 2).map(({ x }) => x);
      const [from, to] = [Math.min(...beside), Math.max(...beside)];
      return to > at.x - MARGIN / 2 && from < at.x + NODE_WIDTH + MARGIN / 2 ? [{ node, from, to }] : [];
    });
  });
}

/** Points along a wire from above to below, which is drawn as a Bézier curve that begins and ends upright. */
function pointsOf(graph: Graph, wire: Wire, layout: ReadonlyMap<NodeName, Point>): Point[] {
  const [above, below] = [graph.nodes.get(wire.from.node), graph.nodes.get(wire.to.node)];
  const [from, to] = [layout.get(wire.from.node), layout.get(wire.to.node)];
  if (!above || !below || !from || !to) return [];
  const begin = { x: from.x + offset(above.outputs, wire.from.output), y: from.y + heightOf(above) };
  const end = { x: to.x + offset(below.inputs, wire.to.input), y: to.y };
  const height = end.y - begin.y;
  const count = Math.ceil(height / STEP);
  return Array.from({ length: Math.max(0, count + 1) }, (_, index) => {
    const t = index / count;
    return { x: begin.x + (end.x - begin.x) * t * t * (3 - 2 * t), y: begin.y + height * t * (1.5 * (1 - t) + t * t) };
  });
}

function offset(ports: GraphNode["inputs"], name: string): number {
  return portOffset(ports.findIndex((port) => port.name === name), ports.length);
}

/** Moves nodes sideways, and with each those that it would come to overlap. */
class Mover {
  // A node that went to one side once does not come back: two wires would send it to and fro.
  private readonly sides = new Map<NodeName, Side>();

  constructor(
    private readonly graph: Graph,
    private readonly layout: Map<NodeName, Point>,
    private readonly movable: ReadonlySet<NodeName>,
    private readonly first: Side | null,
  ) {}

  /** Move a node out of the way of a wire, to the nearer side. */
  aside({ node, from, to }: Hidden): void {
    const at = this.layout.get(node.name);
    if (!at) return;
    const side = this.sides.get(node.name) ?? this.first ?? (at.x + NODE_WIDTH / 2 < (from + to) / 2 ? -1 : 1);
    const x = side > 0 ? Math.ceil((to + MARGIN) / GRID) * GRID : Math.floor((from - MARGIN - NODE_WIDTH) / GRID) * GRID;
    this.push(node.name, { x, y: at.y }, side);
  }

  private push(name: NodeName, wish: Point, side: Side): void {
    let to = wish;
    for (let at = this.inTheWay(name, to, false); at; at = this.inTheWay(name, to, false)) to = { x: at[1].x + side * COLUMN, y: to.y };
    this.layout.set(name, to);
    this.sides.set(name, side);
    for (let at = this.inTheWay(name, to, true); at; at = this.inTheWay(name, to, true)) this.push(at[0], { x: to.x + side * COLUMN, y: at[1].y }, side);
  }

  /** A node that one at this place would overlap. */
  private inTheWay(name: NodeName, to: Point, movable: boolean): [NodeName, Point] | undefined {
    const height = (one: NodeName) => heightOf(this.graph.nodes.get(one) as GraphNode) + MARGIN;
    return [...this.layout].find(
      ([other, at]) =>
        other !== name && this.movable.has(other) === movable && Math.abs(at.x - to.x) < NODE_WIDTH + MARGIN &&
        at.y < to.y + height(name) && to.y < at.y + height(other),
    );
  }
}
