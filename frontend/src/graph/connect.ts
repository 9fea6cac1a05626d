/** Whether a wire may be drawn, and why not. */

import type { Edit } from "./edits";
import { above, type Graph, inputOf, outputOf, type Port, type Source, type Wire, wiresInto } from "./graph";

/** Why a wire is refused. `words/` makes a sentence of it. */
export type Refusal =
  | { readonly reason: "unknown_port"; readonly node: string; readonly port: string }
  | { readonly reason: "kind"; readonly takes: Port; readonly takenBy: string; readonly gives: Port; readonly givenBy: string }
  | { readonly reason: "itself"; readonly node: string }
  | { readonly reason: "cycle"; readonly from: string; readonly to: string }
  | { readonly reason: "same"; readonly node: string; readonly input: Port };

export interface Connection {
  readonly edits: readonly Edit[];
  /** The wire that it replaces: an input takes one. */
  readonly replaces: Wire | null;
}

export type Attempt = { readonly connection: Connection } | { readonly refusal: Refusal };

/** The connection of an output to an input, or why it can't be made. */
export function connect(graph: Graph, from: Source, to: Wire["to"]): Attempt {
  const gives = outputOf(graph, from.node, from.output);
  if (!gives) return refused({ reason: "unknown_port", node: from.node, port: from.output });
  const takes = inputOf(graph, to.node, to.input);
  if (!takes) return refused({ reason: "unknown_port", node: to.node, port: to.input });
  if (from.node === to.node) return refused({ reason: "itself", node: to.node });
  if (gives.kind !== takes.kind) {
    return refused({ reason: "kind", takes, takenBy: to.node, gives, givenBy: from.node });
  }
  if (above(graph, from.node).has(to.node)) {
    return refused({ reason: "cycle", from: from.node, to: to.node });
  }
  const node = graph.nodes.get(to.node);
  const old = node && wiresInto(node).find((wire) => wire.to.input === to.input);
  if (old && old.from.node === from.node && old.from.output === from.output) {
    return refused({ reason: "same", node: to.node, input: takes });
  }
  const edit: Edit = { kind: "connect", node: to.node, input: to.input, from };
  return { connection: { edits: [edit], replaces: old ?? null } };
}

function refused(refusal: Refusal): Attempt {
  return { refusal };
}

export interface Target {
  readonly node: string;
  readonly input: Port;
  readonly occupied: boolean;
}

/** Every input that takes the output, free ones first, near ones before far ones. */
export function targets(graph: Graph, from: Source): Target[] {
  const here = graph.positions.get(from.node) ?? { x: 0, y: 0 };
  const found: (Target & { far: number })[] = [];
  for (const node of graph.nodes.values()) {
    const there = graph.positions.get(node.name) ?? here;
    for (const input of node.inputs) {
      if ("refusal" in connect(graph, from, { node: node.name, input: input.name })) continue;
      const far = Math.hypot(there.x - here.x, there.y - here.y);
      found.push({ node: node.name, input, occupied: input.name in node.wires, far });
    }
  }
  found.sort((one, two) => Number(one.occupied) - Number(two.occupied) || one.far - two.far);
  return found.map(({ node, input, occupied }) => ({ node, input, occupied }));
}

/** The first output of a node and input of another that go together, for a node just added. */
export function natural(graph: Graph, from: string, to: string): Connection | null {
  const into = graph.nodes.get(to);
  for (const output of graph.nodes.get(from)?.outputs ?? []) {
    for (const input of into?.inputs ?? []) {
      if (input.name in (into?.wires ?? {})) continue;
      const attempt = connect(graph, { node: from, output: output.name }, { node: to, input: input.name });
      if ("connection" in attempt) return attempt.connection;
    }
  }
  return null;
}
