/** How the nodes are doing in the run that goes on, or that has ended while this page was open. */

import { create } from "zustand";
import type { Live } from "./node_state";

export interface LiveRun {
  readonly run: string | null;
  readonly status: "running" | "finished" | "failed" | "cancelled" | "interrupted" | null;
  readonly nodes: ReadonlyMap<string, Live>;
  readonly log: readonly LogLine[];
  readonly dropped: number;
  /** In milliseconds of the browser's clock; null if it was not begun on this page. */
  readonly began: number | null;
  readonly seconds: number | null;
  /** Why the run could not be begun, or not go on. */
  readonly broken: string | null;
  /** Whether the experiment's document has its outcomes, so that nodes are shown as that has them. */
  readonly settled: boolean;
}

export interface LogLine {
  readonly id: number;
  /** Empty for what is not a node's. */
  readonly node: string;
  readonly text: string;
  /** Whether the line goes on. */
  readonly open: boolean;
}

export const NO_RUN: LiveRun = {
  run: null, status: null, nodes: new Map(), log: [], dropped: 0, began: null, seconds: null, broken: null, settled: false,
};

export const useLive = create<LiveRun>()(() => NO_RUN);

/** How many pages have the experiment open, this one among them. */
export const usePeople = create<{ readonly pages: number }>()(() => ({ pages: 1 }));

const NOTHING_LIVE: LiveRun["nodes"] = new Map();

/** The nodes that are shown as the run has them. */
export function useLiveNodes(): LiveRun["nodes"] {
  return useLive((run) => (run.settled ? NOTHING_LIVE : run.nodes));
}
