/** How the nodes are doing in the run that goes on, or that has ended while this page was open. */

import { create } from "zustand";
import type { Live } from "./node_state";

export interface LiveRun {
  readonly run: string | null;
  readonly status: "running" | "finished" | "failed" | "cancelled" | "interrupted" | null;
  readonly nodes: ReadonlyMap<string, Live>;
  readonly log: readonly LogLine[];
  readonly dropped: number;
  /** In milliseconds of the browser's clock. */
  readonly began: number | null;
  readonly seconds: number | null;
}

export interface LogLine {
  readonly id: number;
  readonly node: string;
  readonly text: string;
}

export const NO_RUN: LiveRun = { run: null, status: null, nodes: new Map(), log: [], dropped: 0, began: null, seconds: null };

export const useLive = create<LiveRun>()(() => NO_RUN);
