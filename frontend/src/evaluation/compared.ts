/** What an Evaluate Model node compares: the scored datasets that are wired into it, and their models. */

import type { Graph, GraphNode } from "../graph/graph";

export const EVALUATE_MODEL = "evaluate-model";

export interface Scored {
  /** The output that has the scores. */
  readonly node: string;
  readonly port: string;
  /** What made the scores, as people call it: the learner's title, or else the node's. */
  readonly model: string;
}

export function comparedBy(graph: Graph, evaluate: string): readonly Scored[] {
  const node = graph.nodes.get(evaluate);
  if (!node) return [];
  return node.inputs.flatMap(({ name }) => {
    const from = node.wires[name];
    const scored = from && graph.nodes.get(from.node);
    return scored ? [{ node: from.node, port: from.output, model: learnerOf(graph, scored).title }] : [];
  });
}

/** The node at the beginning of the models that lead to a node. */
function learnerOf(graph: Graph, node: GraphNode, seen: ReadonlySet<string> = new Set()): GraphNode {
  const input = node.inputs.find(({ kind, name }) => kind === "model" && name in node.wires);
  const before = input && graph.nodes.get(node.wires[input.name]?.node ?? "");
  return before && !seen.has(before.name) ? learnerOf(graph, before, new Set([...seen, node.name])) : node;
}

/** Figures that the threshold changes; the pane shows them as they are at the chosen one. */
const AT_THRESHOLD = new Set(["True Positive", "False Negative", "False Positive", "True Negative", "Accuracy", "Precision", "Recall", "F1 Score"]);

export const dependsOnThreshold = (figure: string) => AT_THRESHOLD.has(figure);

/** Which of the values is the best one; null if they are equal, or if none is better than another. */
export function better(figure: string, values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length < 2 || /^(Average Distance|Maximal Distance|Number)/.test(figure)) return null;
  const best = /Error$|^Average Log Loss$/.test(figure) ? Math.min(...numbers) : Math.max(...numbers);
  return numbers.every((value) => value === best) ? null : values.indexOf(best);
}
