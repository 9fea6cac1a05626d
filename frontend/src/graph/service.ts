/** Experiments that are made for a web service. */

import type { Graph } from "./graph";

const OUTPUT = "web-service-output";

/** Whether an experiment says what its service returns, and can be published as it is. */
export function isForService(graph: Graph): boolean {
  return [...graph.nodes.values()].some(({ module }) => module === OUTPUT);
}
