import { expect, test } from "vitest";
import type { LiveRun } from "../../src/canvas/live";
import { afterNewest, afterRunEvent, afterRunEvents, awaited, counted, found, type RunEvent } from "../../src/canvas/run_events";

const ended = { reason: "", seconds: null, rows: null, bytes: null, from_run: null, error: null, error_code: null, error_subject: null, error_facts: {}, error_type: "", error_line: null };
const node = (name: string, state: string, some: object = {}): RunEvent => ({ name: "node", data: { ...ended, node: name, state, ...some } });
const print = (name: string, text: string): RunEvent => ({ name: "console", data: { node: name, text } });
const began: RunEvent = { name: "run_began", data: { nodes: ["a", "b"] } };
const after = (events: readonly RunEvent[]): LiveRun =>
  events.reduce((run, event, at) => afterRunEvent(run, event, 1_000 * at), awaited("r", 0));

test("nodes wait, run and end", () => {
  const run = after([began, node("a", "running"), node("a", "finished", { seconds: 0.5, rows: 3 }), node("b", "failed", { error: "No", error_line: 8 })]);
  expect(run.nodes.get("a")).toMatchObject({ state: "finished", seconds: 0.5, rows: 3, since: null });
  expect(run.nodes.get("b")).toMatchObject({ state: "failed", failure: { error: "No", error_line: 8 } });
  expect(counted(run)).toEqual({ over: 2, all: 2, kept: 0, failed: 1 });
  expect(after([began, node("a", "running")]).nodes.get("a")?.since).toBe(1_000);
});

test("a stream that tells everything again changes nothing", () => {
  const events = [began, node("a", "running"), node("a", "finished")];
  expect(after([...events, began]).nodes).toEqual(after(events).nodes);
});

test("several events at once give what they give one by one", () => {
  const events = [began, node("a", "running"), print("a", "x"), node("b", "failed", { error: "No" }), began, node("a", "finished")];
  const one_by_one = events.reduce((run, event) => afterRunEvent(run, event, 5), awaited("r", 0));
  const start = awaited("r", 0);
  expect(afterRunEvents(start, events, 5)).toEqual(one_by_one);
  expect(start.nodes.size).toBe(0);
});

test("a line that goes on is put together", () => {
  const run = after([began, print("a", "one\ntw"), print("a", "o\n"), print("b", "three"), print("a", "four")]);
  expect(run.log.map((line) => [line.node, line.text])).toEqual([["a", "one"], ["a", "two"], ["b", "three"], ["a", "four"]]);
  expect(new Set(run.log.map((line) => line.id)).size).toBe(4);
});

test("a run that ends has a status and its seconds", () => {
  expect(after([began, { name: "run_ended", data: { status: "finished" } }])).toMatchObject({ status: "finished", seconds: 1 });
  expect(after([{ name: "run_broken_off", data: { code: "x", message: "No room", facts: {} } }])).toMatchObject({ status: "failed", broken: "No room" });
});

test("a run that was over before the page was opened keeps its seconds", () => {
  const run = found({ run: "20261127-132405467-4915bd", status: "failed", seconds: 7.5 }, 0);
  const events: RunEvent[] = [began, node("a", "kept"), node("b", "failed", { error: "No" }), { name: "run_ended", data: { status: "failed" } }];
  const shown = afterRunEvents(run, events, 1_000);
  expect(shown).toMatchObject({ status: "failed", seconds: 7.5, settled: true });
  expect(counted(shown)).toEqual({ over: 2, all: 2, kept: 1, failed: 1 });
});

test("a run that goes on began when its id says, if that is long ago", () => {
  const run = { run: "20261127-132405467-4915bd", status: "running", seconds: null };
  const then = Date.parse("2026-11-27T13:24:05Z");
  expect(found(run, then + 60_000)).toMatchObject({ began: then, settled: false });
  expect(found(run, then + 900).began).toBe(then + 900);
  expect(found({ ...run, run: "other" }, then).began).toBe(then);
});

test("a run that began before the one that is shown does not take its place", () => {
  const older = { run: "20261127-132405467-4915bd", status: "finished", seconds: 0.4 };
  const shown = awaited("20261127-132405800-01ac9e", 0);
  expect(afterNewest(shown, older, 1)).toBe(shown);
  expect(afterNewest(shown, { ...older, run: "20261127-132406000-fe02b1" }, 1)).toMatchObject({ run: "20261127-132406000-fe02b1", settled: true });
  expect(afterNewest({ ...shown, run: older.run }, older, 1)).toMatchObject({ run: older.run, status: "running", seconds: 0.4 });
});

test("the log keeps the newest lines only", () => {
  const run = after([print("a", "x\n".repeat(6_000))]);
  expect(run.log).toHaveLength(500);
  expect(run.log.at(-1)?.id).toBe(6_000);
});

test("the log keeps the beginning of a line that goes on and on", () => {
  const run = after(Array.from({ length: 100 }, () => print("a", "x".repeat(10_000))));
  expect(run.log).toHaveLength(1);
  expect(run.log[0]?.text.length).toBeLessThan(1_100);
});
