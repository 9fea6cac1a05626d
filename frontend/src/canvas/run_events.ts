/** What the events of a run make of what is shown of it. */

import type { Schemas } from "../api/client";
import { errorText, progressText } from "../words/server";
import { runTime, words } from "../words/words";
import { type LiveRun, type LogLine, NO_RUN } from "./live";
import { causeOf, type Live } from "./node_state";

export type RunEvent =
  | { readonly name: "run_began"; readonly data: Schemas["RunBeganEvent"] }
  | { readonly name: "node"; readonly data: Schemas["NodeEvent"] }
  | { readonly name: "console"; readonly data: Schemas["ConsoleEvent"] }
  | { readonly name: "console_dropped"; readonly data: Schemas["ConsoleDroppedEvent"] }
  | { readonly name: "environment"; readonly data: Schemas["EnvironmentEvent"] }
  | { readonly name: "run_ended"; readonly data: Schemas["RunEndedEvent"] }
  | { readonly name: "run_broken_off"; readonly data: Schemas["RunBrokenOffEvent"] };

export const EVENT_NAMES: readonly RunEvent["name"][] = [
  "run_began", "node", "console", "console_dropped", "environment", "run_ended", "run_broken_off",
];

/** Milliseconds after which a run that goes on is one that this page did not hear begin. */
const LATE = 5_000;
/** Lines of the log that the page keeps and draws, and characters of each; a node's console has more. */
const MOST_LINES = 500;
const MOST_CHARACTERS = 1_000;

/** The run to show once the server has told of its newest one, which may have begun before the one shown here. */
export function afterNewest(shown: LiveRun, newest: Schemas["NewRunEvent"], now: number): LiveRun {
  if (shown.run === newest.run) return { ...shown, seconds: newest.seconds ?? shown.seconds };
  // Ids begin with the time. A look at the records can be older than a run that was begun here.
  return shown.run !== null && newest.run < shown.run ? shown : found(newest, now);
}

/** A run that was begun elsewhere, or before the page was opened. */
export function found({ run, status, seconds }: Schemas["NewRunEvent"], now: number): LiveRun {
  const over = status !== "running";
  return { ...NO_RUN, run, status: status as LiveRun["status"], began: over ? null : begun(run, now), seconds, settled: over };
}

/** When a run began that is heard of now: just now, unless its id tells a time that is longer ago. */
function begun(run: string, now: number): number {
  const told = Date.parse(runTime(run) ?? "");
  return now - told > LATE ? told : now;
}

/** Before the first event of a run that is begun here. */
export function awaited(run: string, now: number): LiveRun {
  return { ...NO_RUN, run, status: "running", began: now };
}

/** After several events; a large run has thousands of nodes, whose states are copied once. */
export function afterRunEvents(run: LiveRun, events: readonly RunEvent[], now: number): LiveRun {
  let after = run;
  let copied: Map<string, Live> | null = null;
  for (const event of events) {
    if (event.name === "node") {
      if (copied === null || after.nodes !== copied) copied = new Map(after.nodes);
      after = withNode(after, event.data, copied, now);
    } else {
      after = afterRunEvent(after, event, now);
    }
  }
  return after;
}

function withNode(run: LiveRun, event: Schemas["NodeEvent"], nodes: Map<string, Live>, now: number): LiveRun {
  const told = event.error === null ? run : withLines(run, event.node, `${causeOf(event, words())}\n`);
  return { ...told, nodes: nodes.set(event.node, liveNode(event, run.nodes.get(event.node), now)) };
}

export function afterRunEvent(run: LiveRun, event: RunEvent, now: number): LiveRun {
  switch (event.name) {
    case "run_began": {
      // A stream that begins anew tells every state again.
      const known = (node: string): Live => run.nodes.get(node) ?? live("waiting");
      return { ...run, nodes: new Map(event.data.nodes.map((node) => [node, known(node)])) };
    }
    case "node":
      return withNode(run, event.data, new Map(run.nodes), now);
    case "console":
      return withLines(run, event.data.node, event.data.text);
    case "console_dropped":
      return { ...run, dropped: Object.values(event.data.lines).reduce((sum, lines) => sum + lines, 0) };
    case "environment":
      return withLines(run, "", `${progressText(event.data.message)}\n`);
    case "run_ended":
      return ended(run, event.data.status as LiveRun["status"], now);
    case "run_broken_off": {
      const why = errorText(event.data);
      return { ...ended(withLines(run, "", `${why}\n`), "failed", now), broken: why };
    }
  }
}

function ended(run: LiveRun, status: LiveRun["status"], now: number): LiveRun {
  return { ...run, status, seconds: run.began === null ? run.seconds : (now - run.began) / 1_000 };
}

function live(state: Live["state"]): Live {
  return { state, seconds: null, rows: null, failure: null, since: null };
}

function liveNode(event: Schemas["NodeEvent"], before: Live | undefined, now: number): Live {
  const state = event.state as Live["state"];
  return {
    ...live(state),
    seconds: event.seconds,
    rows: event.rows,
    failure: event.error === null ? null : event,
    since: state === "running" ? (before?.since ?? now) : null,
  };
}

/** The text in lines; a line that goes on is put together with what comes next of its node. */
function withLines(run: LiveRun, node: string, text: string): LiveRun {
  const lines = [...run.log];
  let id = (lines.at(-1)?.id ?? 0) + 1;
  const last = lines.at(-1);
  const parts = text.split("\n");
  if (last && last.node === node && last.open) {
    lines[lines.length - 1] = { ...last, text: cut(last.text + (parts[0] ?? "")), open: parts.length === 1 };
    parts.shift();
  }
  parts.forEach((part, at) => {
    const open = at === parts.length - 1;
    if (open && part === "") return;
    const line: LogLine = { id, node, text: cut(part), open };
    id += 1;
    lines.push(line);
  });
  return { ...run, log: lines.slice(-MOST_LINES) };
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** How many nodes of the run are over, and how many were kept, and failed. */
export function counted(run: LiveRun): { readonly over: number; readonly all: number; readonly kept: number; readonly failed: number } {
  const states = [...run.nodes.values()].map((node) => node.state);
  return {
    over: states.filter((state) => state !== "waiting" && state !== "running").length,
    all: states.length,
    kept: states.filter((state) => state === "kept").length,
    failed: states.filter((state) => state === "failed").length,
  };
}
