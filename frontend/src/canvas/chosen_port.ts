/** The output that the keys [ and ] have chosen; Space visualizes it. */

import { create } from "zustand";
import type { GraphNode } from "../graph/graph";

interface ChosenPort {
  readonly node: string | null;
  readonly port: string | null;
}

export const useChosenPort = create<ChosenPort>()(() => ({ node: null, port: null }));

/** The chosen output of a node; undefined where none is chosen. */
export function chosenPort(node: string): string | undefined {
  const { node: of, port } = useChosenPort.getState();
  return of === node ? (port ?? undefined) : undefined;
}

/** Choose the next output of a node, or the one before it. */
export function stepPort(node: GraphNode, step: 1 | -1): void {
  const count = node.outputs.length;
  if (count === 0) return;
  const at = node.outputs.findIndex((port) => port.name === chosenPort(node.name));
  const next = at < 0 && step < 0 ? count - 1 : (at + step + count) % count;
  useChosenPort.setState({ node: node.name, port: node.outputs[next]?.name ?? null });
}
