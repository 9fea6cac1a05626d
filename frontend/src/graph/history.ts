/** What can be undone and redone. */

import { applied, type Edit, inverse } from "./edits";
import type { Graph } from "./graph";

/** A deed of the user: edits that go together, and those that take them back. */
export interface Deed {
  /** What it was, for "Undo …": a key of the words, and the node that it was done to. */
  readonly what: DeedKind;
  readonly node: string;
  readonly edits: readonly Edit[];
  readonly back: readonly Edit[];
}

export type DeedKind =
  | "add" | "delete" | "rename" | "connect" | "cut" | "parameter" | "comment" | "move" | "paste" | "tidy" | "duplicate";

export interface History {
  readonly done: readonly Deed[];
  readonly undone: readonly Deed[];
}

export const NO_HISTORY: History = { done: [], undone: [] };

const MOST = 200;

/** A deed, before it is done to the graph. */
export function deed(graph: Graph, what: DeedKind, node: string, edits: readonly Edit[]): Deed {
  return { what, node, edits, back: inverse(graph, edits) };
}

/** After a deed. Typing in one field, or moving the same nodes on, is one deed. */
export function afterDeed(history: History, next: Deed): History {
  const last = history.done.at(-1);
  if (last && history.undone.length === 0 && goesOn(last, next)) {
    return { done: [...history.done.slice(0, -1), { ...next, back: last.back }], undone: [] };
  }
  return { done: [...history.done, next].slice(-MOST), undone: [] };
}

function goesOn(last: Deed, next: Deed): boolean {
  const [one] = last.edits;
  const [two] = next.edits;
  if (last.edits.length !== 1 || next.edits.length !== 1 || !one || !two) return false;
  return (
    one.kind === "set_parameter" && two.kind === "set_parameter" &&
    one.node === two.node && one.parameter === two.parameter
  );
}

export interface Step {
  readonly history: History;
  readonly deed: Deed;
  readonly edits: readonly Edit[];
}

export function undo(history: History): Step | null {
  const deed = history.done.at(-1);
  if (!deed) return null;
  const after = { done: history.done.slice(0, -1), undone: [...history.undone, deed] };
  return { history: after, deed, edits: deed.back };
}

export function redo(history: History): Step | null {
  const deed = history.undone.at(-1);
  if (!deed) return null;
  const after = { done: [...history.done, deed], undone: history.undone.slice(0, -1) };
  return { history: after, deed, edits: deed.edits };
}

/** The graph after a step of the history. */
export function stepped(graph: Graph, step: Step): Graph {
  return applied(graph, step.edits);
}
