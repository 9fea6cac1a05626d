/** Copying nodes, within an experiment and from one to another. */

import type { Edit } from "./edits";
import type { Graph, GraphNode, NodeName, Point } from "./graph";
import { freshName } from "./names";
import { GRID } from "./sizes";

/** Copied nodes with the wires between them, as text for the clipboard. */
export interface Clipping {
  readonly studiolo: "nodes";
  /** The experiment that they were copied from, which has their scripts. */
  readonly from: string;
  readonly nodes: readonly GraphNode[];
  readonly positions: Readonly<Record<NodeName, Point>>;
}

export function clip(graph: Graph, names: Iterable<NodeName>, from: string): Clipping {
  const chosen = new Set(names);
  const nodes = [...graph.nodes.values()].filter((node) => chosen.has(node.name));
  const positions = nodes.flatMap((node) => {
    const point = graph.positions.get(node.name);
    return point ? [[node.name, point] as const] : [];
  });
  return { studiolo: "nodes", from, nodes: nodes.map((node) => withinOnly(node, chosen)), positions: Object.fromEntries(positions) };
}

function withinOnly(node: GraphNode, chosen: ReadonlySet<NodeName>): GraphNode {
  const wires = Object.entries(node.wires).filter(([, from]) => chosen.has(from.node));
  return { ...node, wires: Object.fromEntries(wires) };
}

/** A clipping from the clipboard's text; null where the text is something else. */
export function clipping(text: string): Clipping | null {
  try {
    const read: unknown = JSON.parse(text);
    return isClipping(read) ? read : null;
  } catch {
    return null;
  }
}

function isClipping(read: unknown): read is Clipping {
  if (typeof read !== "object" || read === null) return false;
  const { studiolo, from, nodes, positions } = read as Partial<Clipping>;
  return (
    studiolo === "nodes" && typeof from === "string" && typeof positions === "object" && positions !== null &&
    Array.isArray(nodes) && nodes.every((node: Partial<GraphNode>) =>
      typeof node?.name === "string" && typeof node.title === "string" && typeof node.kind === "string" &&
      isRecord(node.parameters) && isRecord(node.wires) && isRecord(node.form) && Array.isArray(node.declared) &&
      Array.isArray(node.inputs) && Array.isArray(node.outputs))
  );
}

function isRecord(read: unknown): boolean {
  return typeof read === "object" && read !== null && !Array.isArray(read);
}

export interface Pasting {
  readonly edits: readonly Edit[];
  readonly names: readonly NodeName[];
}

/**
 * The edits that put a clipping into a graph, each node under a name that is free there.
 *
 * `scripts` has the texts of the nodes' scripts, by file: a copy gets a script of its own.
 */
export function paste(
  graph: Graph,
  copied: Clipping,
  scripts: ReadonlyMap<string, string> = new Map(),
  by: Point = { x: 2 * GRID, y: 2 * GRID },
): Pasting {
  const names = new Map<NodeName, NodeName>();
  const taken = new Set(graph.nodes.keys());
  for (const node of copied.nodes) {
    const name = freshName(node.name, taken);
    taken.add(name);
    names.set(node.name, name);
  }
  const edits = inOrder(copied.nodes).map((node): Edit => {
    const wires = Object.entries(node.wires).flatMap(([input, from]) => {
      const source = names.get(from.node);
      return source === undefined ? [] : [[input, { ...from, node: source }] as const];
    });
    const point = copied.positions[node.name];
    const position = point && { position: { x: point.x + by.x, y: point.y + by.y } };
    const name = names.get(node.name) ?? node.name;
    const copy = { ...node, name, wires: Object.fromEntries(wires) };
    const text = node.script === null ? undefined : scripts.get(node.script);
    if (text === undefined) return { kind: "add_node", node: copy, ...position };
    const { script: _, ...form } = node.form;
    return { kind: "add_node", node: { ...copy, script: null, form }, ...position, script: text };
  });
  return { edits, names: [...names.values()] };
}

/** Each node after those that it is wired to, so that no edit names a node that is not there yet. */
function inOrder(nodes: readonly GraphNode[]): GraphNode[] {
  const left = new Map(nodes.map((node) => [node.name, node]));
  const ordered: GraphNode[] = [];
  const visit = (node: GraphNode) => {
    if (!left.delete(node.name)) return;
    for (const from of Object.values(node.wires)) {
      const source = left.get(from.node);
      if (source) visit(source);
    }
    ordered.push(node);
  };
  nodes.forEach(visit);
  return ordered;
}
