/** An experiment as it was in a run, on the canvas: it is looked at, and nothing changes it. */

import { create } from "zustand";
import { type ExperimentDocument, graphOf } from "../api/graph_document";
import { NO_HISTORY } from "../graph/history";
import type { Experiment, ExperimentState } from "./experiment";

const nothing = () => {};

export function openPast(document: ExperimentDocument): Experiment {
  const use = create<ExperimentState>()(() => ({
    name: document.name,
    document,
    graph: graphOf(document),
    selected: new Set(),
    history: NO_HISTORY,
    standing: { kind: "saved" },
    unsaved: 0,
    refusal: null,
  }));
  return {
    use,
    act: nothing,
    undo: nothing,
    redo: nothing,
    select: (names) => use.setState({ selected: new Set(names) }),
    reload: async () => {},
    rearrange: async () => {},
    settled: async () => {},
    takeTheirs: nothing,
    keepMine: nothing,
    close: nothing,
  };
}
