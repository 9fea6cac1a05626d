/** Tidy: a layout by ELK, which keeps the order of ports. Loaded when it is first asked for. */

import type { ElkNode } from "elkjs/lib/elk-api";
import { type Graph, type NodeName, type Point, wires } from "../graph/graph";
import { cleared } from "../graph/clearance";
import { places } from "../graph/places";
import { heightOf, NODE_WIDTH, portOffset, snapped } from "../graph/sizes";

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.layered.spacing.nodeNodeBetweenLayers": "48",
  "elk.spacing.nodeNode": "32",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
};

/** Where the nodes go; those that are not named stay. */
export async function tidied(graph: Graph, names: ReadonlySet<NodeName>): Promise<Record<NodeName, Point>> {
  const [{ default: Elk }, { default: ElkWorker }] = await Promise.all([
    import("elkjs/lib/elk-api"),
    import("elkjs/lib/elk-worker.min.js?worker"),
  ]);
  const elk = new Elk({ workerFactory: () => new ElkWorker() });
  try {
    const laid = await elk.layout(elkGraph(graph, names));
    return placed(graph, names, laid);
  } finally {
    elk.terminateWorker();
  }
}

/** The graph as ELK takes it: inputs on the upper side, outputs on the lower, in their order. */
export function elkGraph(graph: Graph, names: ReadonlySet<NodeName>): ElkNode {
  const chosen = [...graph.nodes.values()].filter((node) => names.has(node.name));
  return {
    id: "graph",
    layoutOptions: OPTIONS,
    children: chosen.map((node) => ({
      id: node.name,
      width: NODE_WIDTH,
      height: heightOf(node),
      layoutOptions: { "elk.portConstraints": "FIXED_POS" },
      ports: [
        ...node.inputs.map((port, at) => ({ id: portId(node.name, "in", port.name), x: portOffset(at, node.inputs.length), y: 0 })),
        ...node.outputs.map((port, at) => ({ id: portId(node.name, "out", port.name), x: portOffset(at, node.outputs.length), y: heightOf(node) })),
      ],
    })),
    edges: wires(graph)
      .filter((wire) => names.has(wire.from.node) && names.has(wire.to.node))
      .map((wire) => ({
        id: portId(wire.to.node, "in", wire.to.input),
        sources: [portId(wire.from.node, "out", wire.from.output)],
        targets: [portId(wire.to.node, "in", wire.to.input)],
      })),
  };
}

const portId = (node: NodeName, side: string, port: string) => JSON.stringify([node, side, port]);

/** The layout, put where the nodes were: their upper left corner stays. */
function placed(graph: Graph, names: ReadonlySet<NodeName>, laid: ElkNode): Record<NodeName, Point> {
  const before = places(graph);
  const corner = (points: readonly Point[]) => ({ x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) });
  const old = corner([...names].flatMap((name) => before.get(name) ?? []));
  const children = (laid.children ?? []).map(({ id, x = 0, y = 0 }) => ({ id, x, y }));
  const now = corner(children);
  const moved = children.map(({ id, x, y }) => [id, snapped({ x: old.x + x - now.x, y: old.y + y - now.y })] as const);
  // ELK leads a wire past nodes by bends; ours have none.
  const clear = cleared(graph, new Map([...before, ...moved]), names);
  return Object.fromEntries([...clear].filter(([name]) => names.has(name)));
}
