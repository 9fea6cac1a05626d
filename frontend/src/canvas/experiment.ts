/** The experiment on the canvas: its graph, what is selected, what can be undone, how it is saved. */

import { create, type StoreApi, type UseBoundStore } from "zustand";
import { arranged, edited, experimentDocument, positionsOf } from "../api/experiment";
import { type ExperimentDocument, graphOf } from "../api/graph_document";
import { applied, type Edit } from "../graph/edits";
import type { Graph, NodeName } from "../graph/graph";
import { afterDeed, type DeedKind, deed, type History, NO_HISTORY, redo, undo } from "../graph/history";
import { pinned } from "../graph/move";
import { toast } from "../look/toast";
import { errorText } from "../words/server";
import { words } from "../words/words";
import { Saving, type Standing } from "./saving";
import { sharing } from "./sharing";

export interface ExperimentState {
  readonly name: string;
  /** As the server has it. */
  readonly document: ExperimentDocument;
  /** The document's graph with the edits that are on their way. */
  readonly graph: Graph;
  readonly selected: ReadonlySet<NodeName>;
  readonly history: History;
  readonly standing: Standing;
  readonly unsaved: number;
  /** What the server did not take last, until something else is done. */
  readonly refusal: Refusal | null;
}

interface Refusal {
  readonly edits: readonly Edit[];
  /** The server's sentence. */
  readonly message: string;
}

export interface Experiment {
  readonly use: UseBoundStore<StoreApi<ExperimentState>>;
  /** Do it, so that it can be undone. */
  act(what: DeedKind, node: NodeName, edits: readonly Edit[]): void;
  undo(): void;
  redo(): void;
  select(names: Iterable<NodeName>): void;
  reload(): Promise<void>;
  /** Ask for nothing but the positions: all that somebody else has changed. */
  rearrange(): Promise<void>;
  /** When everything is saved. */
  settled(): Promise<void>;
  takeTheirs(): void;
  keepMine(): void;
  close(): void;
}

/** An experiment, opened on the canvas. */
export function openExperiment(document: ExperimentDocument): Experiment {
  const { name } = document;
  const server = {
    edited: (revision: string, edits: Parameters<typeof edited>[2]) => edited(name, revision, edits),
    arranged: (positions: Parameters<typeof arranged>[1]) => arranged(name, positions),
  };
  const saving = new Saving(document, server, {
    changed: () => show(),
    refused: (edits, error) => {
      const { history } = use.getState();
      use.setState({ history: { ...history, done: history.done.slice(0, -1) }, refusal: { edits, message: errorText(error) } });
      show();
      // The field of such a key shows the sentence.
      if (edits.some((edit) => edit.kind !== "set_key")) toast(`${words().conflict.failed} ${errorText(error)}`, { look: "refused" });
    },
  });
  const use = create<ExperimentState>()(() => ({
    name,
    document,
    graph: graphOf(document),
    selected: new Set(),
    history: NO_HISTORY,
    standing: saving.standing,
    unsaved: 0,
    refusal: null,
  }));

  function show(): void {
    const before = use.getState();
    const graph = sharing(before.graph, applied(graphOf(saving.document), saving.unsaved));
    const selected = new Set([...before.selected].filter((one) => graph.nodes.has(one)));
    use.setState({
      document: saving.document,
      graph,
      standing: saving.standing,
      unsaved: saving.unsaved.length,
      ...(selected.size < before.selected.size && { selected }),
    });
  }

  function carryOut(history: History, edits: readonly Edit[]): void {
    use.setState({ history, graph: applied(use.getState().graph, edits), refusal: null });
    saving.add(edits);
  }

  /** Take what the server has, once it has every edit of this page: an answer from before would undo one. */
  async function replace(ask: () => Promise<ExperimentDocument>): Promise<void> {
    for (let taken = false; !taken; ) {
      await settled();
      const { moment } = saving;
      taken = saving.received(await ask(), moment);
    }
  }

  function settled(): Promise<void> {
    return new Promise((resolve) => {
      const ready = ({ standing, unsaved }: ExperimentState) => standing.kind === "saved" && unsaved === 0;
      if (ready(use.getState())) return resolve();
      const stop = use.subscribe((state) => {
        if (!ready(state)) return;
        stop();
        resolve();
      });
    });
  }

  // The browser asks whether the page is to be closed with changes that are not saved.
  const onLeave = (event: BeforeUnloadEvent) => {
    if (saving.unsaved.length > 0) event.preventDefault();
  };
  window.addEventListener("beforeunload", onLeave);

  return {
    use,
    act(what, node, edits) {
      if (edits.length === 0 || use.getState().document.shown !== "current") return;
      const { graph, history } = use.getState();
      const pins = pinned(graph);
      carryOut(afterDeed(history, deed(applied(graph, pins), what, node, edits)), [...pins, ...edits]);
    },
    undo() {
      const step = undo(use.getState().history);
      if (step) carryOut(step.history, step.edits);
    },
    redo() {
      const step = redo(use.getState().history);
      if (step) carryOut(step.history, step.edits);
    },
    select: (names) => use.setState({ selected: new Set(names) }),
    reload: () => replace(() => experimentDocument(name)),
    async rearrange() {
      // What is wrong with the file of the positions is among the findings.
      if (saving.document.findings.some(({ code }) => code === "layout-invalid")) return this.reload();
      const known = async () => {
        const positions = await positionsOf(name);
        return { ...saving.document, positions };
      };
      await replace(known).catch(() => this.reload());
    },
    settled,
    takeTheirs: () => saving.takeTheirs(),
    keepMine: () => saving.keepMine(),
    close() {
      saving.close();
      void settled().then(() => window.removeEventListener("beforeunload", onLeave));
    },
  };
}
