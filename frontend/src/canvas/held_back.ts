/** Nodes that can't run because one above them failed. */

import { type Graph, type NodeName, wiresInto } from "../graph/graph";
import { dataOrder } from "../graph/order";
import type { Kept, Live } from "./node_state";

/** By node that a failed one holds back, however far above it, the name of the failed one. */
export function heldBack(
  graph: Graph,
  kept: Readonly<Record<NodeName, Kept>>,
  live: ReadonlyMap<NodeName, Live>,
): ReadonlyMap<NodeName, NodeName> {
  const held = new Map<NodeName, NodeName>();
  for (const name of dataOrder(graph)) {
    const node = graph.nodes.get(name);
    for (const { from } of node ? wiresInto(node) : []) {
      const failed = (live.get(from.node) ?? kept[from.node])?.state === "failed";
      const cause = failed ? from.node : held.get(from.node);
      if (cause === undefined) continue;
      held.set(name, cause);
      break;
    }
  }
  return held;
}
