/** What a node's state line shows. */

import type { Schemas } from "../api/client";
import type { Graph, GraphNode } from "../graph/graph";
import type { Mark } from "../look/marks";
import type { Words } from "../words/en";
import { failureLine, findingText } from "../words/server";

export type Kept = Schemas["NodeStateDocument"];
export type Finding = Schemas["FindingDocument"];

/** Why a node failed, in short; also in an event of a run. */
export type Failed = Pick<Kept, "error" | "error_code" | "error_subject" | "error_facts" | "error_type" | "error_line">;

/** A node in the run that goes on, or in the one that has just ended. */
export interface Live {
  readonly state: "waiting" | "running" | "finished" | "kept" | "failed" | "cancelled" | "skipped";
  readonly seconds: number | null;
  readonly rows: number | null;
  readonly failure: Failed | null;
  /** When it began, in milliseconds of the browser's clock. */
  readonly since: number | null;
}

export interface NodeShown {
  readonly mark: Mark;
  readonly look: "draft" | "need" | "wait" | "live" | "done" | "keep" | "old" | "fail" | "held" | "stop";
  readonly word: string;
  /** What came out. */
  readonly figures: string;
  readonly seconds: number | null;
  /** The run that a kept result is from. */
  readonly run: string | null;
  /** A second line: why it failed, what is wrong with it. */
  readonly cause: string;
  /** How many seconds it took the last time, if that is worth an estimate. */
  readonly expected: number | null;
  readonly since: number | null;
}

const PLAIN = { figures: "", seconds: null, run: null, cause: "", expected: null, since: null } as const;
/** Seconds from which on an estimate is shown. */
const WORTH_AN_ESTIMATE = 2;

export function nodeShown(
  node: GraphNode,
  kept: Kept | undefined,
  live: Live | undefined,
  findings: readonly Finding[],
  words: Words,
  /** The failed node that holds it back. */
  heldBy?: string,
): NodeShown {
  if (live) return liveShown(live, kept, words, heldBy);
  const mistake = findings.find((finding) => finding.severity === "error");
  if (mistake) {
    // What is not connected is said in short: the whole sentence does not fit here.
    const [missing] = missingInputs(node);
    const cause = missing ? words.states.notConnected(missing.label) : findingText(mistake).text;
    return { ...PLAIN, mark: "need", look: "need", word: words.states.mistake, cause };
  }
  if (kept) return keptShown(kept, words, heldBy);
  if (node.kind !== "module") return { ...PLAIN, mark: "done", look: "done", word: words.states.ready };
  if (heldBy !== undefined) return heldShown(heldBy, words);
  return { ...PLAIN, mark: "never", look: "draft", word: words.states.never };
}

function liveShown(live: Live, kept: Kept | undefined, words: Words, heldBy: string | undefined): NodeShown {
  const figures = rows(live.rows, words);
  const shown = { ...PLAIN, figures, seconds: live.seconds };
  switch (live.state) {
    case "waiting":
      return { ...PLAIN, mark: "waiting", look: "wait", word: words.states.waiting };
    case "running":
      return { ...PLAIN, mark: "running", look: "live", word: words.states.running, expected: worthAnEstimate(kept), since: live.since };
    case "finished":
      return { ...shown, mark: "done", look: "done", word: words.states.done };
    case "kept":
      return { ...shown, mark: "kept", look: "keep", word: words.states.kept, run: kept?.from_run ?? null };
    case "failed":
      return { ...shown, figures: "", mark: "failed", look: "fail", word: words.states.failed, cause: live.failure === null ? "" : causeOf(live.failure, words) };
    case "cancelled":
      return { ...shown, mark: "stopped", look: "stop", word: words.states.stopped };
    case "skipped":
      return heldShown(heldBy, words);
  }
}

function heldShown(heldBy: string | undefined, words: Words): NodeShown {
  const figures = heldBy === undefined ? "" : words.states.heldBy(heldBy);
  return { ...PLAIN, mark: "held", look: "held", word: words.states.heldBack, figures };
}

function worthAnEstimate(kept: Kept | undefined): number | null {
  const seconds = kept?.state === "failed" ? null : (kept?.seconds ?? null);
  return seconds !== null && seconds >= WORTH_AN_ESTIMATE ? seconds : null;
}

function keptShown(kept: Kept, words: Words, heldBy: string | undefined): NodeShown {
  // A past run is shown with these, too.
  if (kept.state === "skipped") return heldShown(heldBy, words);
  if (kept.state === "cancelled") return { ...PLAIN, mark: "stopped", look: "stop", word: words.states.stopped, seconds: kept.seconds };
  const shown = { ...PLAIN, figures: rows(kept.rows, words), seconds: kept.seconds };
  if (kept.state === "failed") {
    return { ...shown, figures: "", mark: "failed", look: "fail", word: words.states.failed, cause: causeOf(kept, words) };
  }
  if (kept.up_to_date === false) return { ...shown, seconds: null, mark: "old", look: "old", word: words.states.outOfDate };
  if (kept.state === "kept") return { ...shown, mark: "kept", look: "keep", word: words.states.kept, run: kept.from_run };
  return { ...shown, mark: "done", look: "done", word: words.states.done };
}

/** Why a node failed. */
export function failedText({ error, error_code, error_subject, error_facts, error_type }: Failed): string {
  return error === null ? "" : failureLine({ code: error_code ?? "", message: error, subject: error_subject ?? "", facts: error_facts, exception_type: error_type });
}

/** Why a node failed, and at which line of its script. */
export function causeOf(failed: Failed, words: Words): string {
  return failed.error_line === null ? failedText(failed) : `${failedText(failed)} (${words.device.line(failed.error_line)})`;
}

function rows(count: number | null, words: Words): string {
  return count === null ? "" : words.common.rows(count);
}

/** Inputs that the module needs and that have no wire. */
export function missingInputs(node: GraphNode) {
  return node.inputs.filter((port) => !port.optional && !(port.name in node.wires));
}

/** Whether there is something to look at behind a node's outputs. */
export function hasResult(kept: Kept | undefined, live: Live | undefined): boolean {
  const state = live?.state ?? kept?.state;
  return state === "finished" || state === "kept";
}

/** Whether there is something to look at at one output of a node; a file's dataset is there before any run. */
export function hasOutput(node: GraphNode, port: string, kept: Kept | undefined, live: Live | undefined): boolean {
  if (node.kind !== "module") return true;
  return hasResult(kept, live) && (live !== undefined || !kept?.empty_outputs.includes(port));
}

export function findingsByNode(findings: readonly Finding[], graph: Graph): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.node === null || !graph.nodes.has(finding.node)) continue;
    found.set(finding.node, [...(found.get(finding.node) ?? []), finding]);
  }
  return found;
}
