/** What became of each node between two runs, for the nodes on a canvas that compares them. */

import { createContext } from "react";
import type { ExperimentDocument } from "../api/graph_document";
import type { Comparison } from "../api/runs";

export type Change = "added" | "removed" | "changed";
export type Changes = ReadonlyMap<string, Change>;

/** Null where nothing is compared. */
export const Changed = createContext<Changes | null>(null);

export function changesOfNodes(comparison: Comparison): Changes {
  return new Map([
    ...Object.entries(comparison.nodes).flatMap(([name, node]): [string, Change][] => (node.differs ? [[name, "changed"]] : [])),
    ...comparison.added.map((name): [string, Change] => [name, "added"]),
    ...comparison.removed.map((name): [string, Change] => [name, "removed"]),
  ]);
}

/** The later experiment with the nodes that it lost, in their places, so that both are on one canvas. */
export function withRemoved(before: ExperimentDocument, after: ExperimentDocument, removed: readonly string[]): ExperimentDocument {
  const lost = new Set(removed);
  const only = <Held>(record: Readonly<Record<string, Held>>) => Object.fromEntries(Object.entries(record).filter(([name]) => lost.has(name)));
  return {
    ...after,
    nodes: [...after.nodes, ...before.nodes.filter(({ name }) => lost.has(name))],
    positions: { ...only(before.positions), ...after.positions },
    states: { ...only(before.states), ...after.states },
  };
}
