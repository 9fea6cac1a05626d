/** What a newcomer does next: at most one thing. */

import type { Graph } from "../graph/graph";
import { dataOrder } from "../graph/order";
import type { LiveRun } from "./live";
import { failedText, type Finding, findingsByNode, hasResult, type Kept, missingInputs } from "./node_state";

export type NextStep =
  | { readonly kind: "add" }
  | { readonly kind: "wire"; readonly node: string; readonly port: string }
  | { readonly kind: "fix"; readonly node: string }
  | { readonly kind: "failed"; readonly node: string; readonly says: string }
  | { readonly kind: "run" }
  | { readonly kind: "look"; readonly node: string };

export function nextStep(
  graph: Graph,
  kept: Readonly<Record<string, Kept>>,
  findings: readonly Finding[],
  run: Pick<LiveRun, "status" | "nodes">,
): NextStep | null {
  if (run.status === "running") return null;
  if (graph.nodes.size === 0) return { kind: "add" };
  const order = dataOrder(graph);
  for (const name of order) {
    const node = graph.nodes.get(name);
    const [port] = node ? missingInputs(node) : [];
    if (port) return { kind: "wire", node: name, port: port.label };
  }
  const wrong = findingsByNode(findings.filter((finding) => finding.severity === "error"), graph);
  for (const name of order) if (wrong.has(name)) return { kind: "fix", node: name };
  for (const name of order) {
    const state = kept[name];
    if (state?.state === "failed" && state.up_to_date !== false) return { kind: "failed", node: name, says: failedText(state) };
  }
  const modules = order.filter((name) => graph.nodes.get(name)?.kind === "module");
  if (modules.length === 0) return null;
  const ready = modules.every((name) => hasResult(kept[name], undefined) && kept[name]?.up_to_date !== false);
  const last = modules.at(-1);
  return ready && last !== undefined ? { kind: "look", node: last } : { kind: "run" };
}
