/**
 * Edits of an experiment, as the server takes them, and what they do to a graph.
 *
 * The server does the same to `experiment.yaml`. The canvas shows an edit at once and takes on the
 * server's document when it comes.
 */

import type { Graph, GraphNode, NodeName, Point, PortName, Source, Value } from "./graph";

export type Edit =
  | {
      readonly kind: "add_node";
      readonly node: GraphNode;
      readonly position?: Point;
      /** The text of a script of its own. */
      readonly script?: string;
    }
  | { readonly kind: "remove_node"; readonly node: NodeName }
  | { readonly kind: "rename_node"; readonly node: NodeName; readonly name: NodeName }
  | { readonly kind: "connect"; readonly node: NodeName; readonly input: PortName; readonly from: Source }
  | { readonly kind: "disconnect"; readonly node: NodeName; readonly input: PortName }
  | { readonly kind: "set_parameter"; readonly node: NodeName; readonly parameter: string; readonly value: Value }
  | { readonly kind: "clear_parameter"; readonly node: NodeName; readonly parameter: string }
  | { readonly kind: "set_comment"; readonly node: NodeName; readonly comment: string }
  /** Another key of the node in the file, such as "allow"; null takes it away. */
  | { readonly kind: "set_key"; readonly node: NodeName; readonly key: string; readonly value: Value }
  | {
      readonly kind: "set_web_service_parameter";
      readonly name: string;
      /** Each as `node.parameter`; none takes the name away. */
      readonly targets: readonly string[];
      /** Those that it had; a graph does not have them. */
      readonly before: readonly string[];
    }
  | { readonly kind: "move"; readonly positions: Readonly<Record<NodeName, Point>> };

/** The graph after the edits, one after another. Edits of nodes that are gone change nothing. */
export function applied(graph: Graph, edits: readonly Edit[]): Graph {
  return edits.reduce(appliedOne, graph);
}

function appliedOne(graph: Graph, edit: Edit): Graph {
  switch (edit.kind) {
    case "add_node":
      return added(graph, edit.node, edit.position);
    case "remove_node":
      return removed(graph, edit.node);
    case "rename_node":
      return renamed(graph, edit.node, edit.name);
    case "move":
      return moved(graph, edit.positions);
    case "connect":
      return changed(graph, edit.node, (node) => ({
        ...node,
        wires: { ...node.wires, [edit.input]: edit.from },
      }));
    case "disconnect":
      return changed(graph, edit.node, (node) => ({ ...node, wires: without(node.wires, edit.input) }));
    case "set_parameter":
      return changed(graph, edit.node, (node) => ({
        ...node,
        parameters: { ...node.parameters, [edit.parameter]: edit.value },
      }));
    case "clear_parameter":
      return changed(graph, edit.node, (node) => ({
        ...node,
        parameters: without(node.parameters, edit.parameter),
      }));
    case "set_comment":
      return changed(graph, edit.node, (node) => ({ ...node, comment: edit.comment }));
    case "set_key":
      return changed(graph, edit.node, (node) => ({
        ...node,
        form: edit.value === null ? without(node.form, edit.key) : { ...node.form, [edit.key]: edit.value },
      }));
    case "set_web_service_parameter":
      return graph;
  }
}

/** The edits that take `edits` back, in their order. */
export function inverse(graph: Graph, edits: readonly Edit[]): Edit[] {
  const back: Edit[][] = [];
  let now = graph;
  for (const edit of edits) {
    back.push(inverseOne(now, edit));
    now = appliedOne(now, edit);
  }
  return back.reverse().flat();
}

function inverseOne(graph: Graph, edit: Edit): Edit[] {
  if (edit.kind === "move") {
    const before = Object.keys(edit.positions).flatMap((name) => {
      const point = graph.positions.get(name);
      return point === undefined ? [] : [[name, point] as const];
    });
    return before.length === 0 ? [] : [{ kind: "move", positions: Object.fromEntries(before) }];
  }
  if (edit.kind === "set_web_service_parameter") return [{ ...edit, targets: edit.before, before: edit.targets }];
  if (edit.kind === "add_node") {
    return graph.nodes.has(edit.node.name) ? [] : [{ kind: "remove_node", node: edit.node.name }];
  }
  const node = graph.nodes.get(edit.node);
  if (node === undefined) return [];
  switch (edit.kind) {
    case "remove_node":
      return restoring(graph, node);
    case "rename_node":
      return graph.nodes.has(edit.name) ? [] : [{ kind: "rename_node", node: edit.name, name: edit.node }];
    case "connect":
    case "disconnect": {
      const from = node.wires[edit.input];
      return from === undefined
        ? [{ kind: "disconnect", node: edit.node, input: edit.input }]
        : [{ kind: "connect", node: edit.node, input: edit.input, from }];
    }
    case "set_parameter":
    case "clear_parameter": {
      const value = node.parameters[edit.parameter];
      return value === undefined
        ? [{ kind: "clear_parameter", node: edit.node, parameter: edit.parameter }]
        : [{ kind: "set_parameter", node: edit.node, parameter: edit.parameter, value }];
    }
    case "set_comment":
      return [{ kind: "set_comment", node: edit.node, comment: node.comment }];
    case "set_key":
      return [{ ...edit, value: node.form[edit.key] ?? null }];
  }
}

/** The node as it was, with the wires that led out of it. */
function restoring(graph: Graph, node: GraphNode): Edit[] {
  const position = graph.positions.get(node.name);
  const edits: Edit[] = [{ kind: "add_node", node, ...(position && { position }) }];
  for (const other of graph.nodes.values()) {
    for (const [input, from] of Object.entries(other.wires)) {
      if (from.node === node.name && other.name !== node.name) {
        edits.push({ kind: "connect", node: other.name, input, from });
      }
    }
  }
  return edits;
}

function added(graph: Graph, node: GraphNode, position: Point | undefined): Graph {
  if (graph.nodes.has(node.name)) return graph;
  const positions = position ? new Map(graph.positions).set(node.name, position) : graph.positions;
  return { nodes: new Map(graph.nodes).set(node.name, node), positions };
}

function removed(graph: Graph, name: NodeName): Graph {
  if (!graph.nodes.has(name)) return graph;
  const nodes = new Map(graph.nodes);
  nodes.delete(name);
  for (const node of nodes.values()) {
    const kept = Object.entries(node.wires).filter(([, from]) => from.node !== name);
    if (kept.length < Object.keys(node.wires).length) {
      nodes.set(node.name, { ...node, wires: Object.fromEntries(kept) });
    }
  }
  const positions = new Map(graph.positions);
  positions.delete(name);
  return { nodes, positions };
}

function renamed(graph: Graph, name: NodeName, other: NodeName): Graph {
  if (!graph.nodes.has(name) || graph.nodes.has(other)) return graph;
  const nodes = new Map<NodeName, GraphNode>();
  for (const node of graph.nodes.values()) {
    const into = Object.entries(node.wires).map(
      ([input, from]) => [input, from.node === name ? { ...from, node: other } : from] as const,
    );
    const called = node.name === name ? other : node.name;
    nodes.set(called, { ...node, name: called, wires: Object.fromEntries(into) });
  }
  const positions = new Map(graph.positions);
  const point = positions.get(name);
  positions.delete(name);
  if (point) positions.set(other, point);
  return { nodes, positions };
}

function moved(graph: Graph, places: Readonly<Record<NodeName, Point>>): Graph {
  const positions = new Map(graph.positions);
  for (const [name, point] of Object.entries(places)) {
    if (graph.nodes.has(name)) positions.set(name, point);
  }
  return { ...graph, positions };
}

function changed(graph: Graph, name: NodeName, change: (node: GraphNode) => GraphNode): Graph {
  const node = graph.nodes.get(name);
  return node ? { ...graph, nodes: new Map(graph.nodes).set(name, change(node)) } : graph;
}

function without<Held>(record: Readonly<Record<string, Held>>, key: string): Record<string, Held> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
