import { beforeEach, expect, test, vi } from "vitest";
import type { ExperimentDocument } from "../../src/api/graph_document";
import type { Point } from "../../src/graph/graph";

interface Asked {
  readonly what: "document" | "edits" | "positions" | "arrange";
  answer(found: unknown): void;
}

/** What the page asks the server for, answered when a test says so. */
const asked: Asked[] = [];
const ask = (what: Asked["what"]) => () => new Promise((answer) => asked.push({ what, answer }));
vi.mock("../../src/api/experiment", () => ({
  experimentDocument: ask("document"),
  edited: ask("edits"),
  positionsOf: ask("positions"),
  arranged: ask("arrange"),
}));
const { openExperiment } = await import("../../src/canvas/experiment");

const document = (revision: string, positions: Record<string, Point> = { a: { x: 0, y: 0 } }): ExperimentDocument => ({
  name: "one", title: "One", description: "", revision, shown: "current", positions, findings: [], states: {}, web_service_parameters: {},
  nodes: [{
    name: "a", kind: "module", title: "a", category: [], module: "split-data", script: null, comment: "", form: {}, parameters: {}, declared: [], inputs: [], outputs: [], broken: null,
  }],
});
const answer = async (what: Asked["what"], found: unknown) => {
  await vi.waitFor(() => expect(asked[0]?.what).toBe(what));
  asked.shift()?.answer(found);
  await new Promise((resolve) => setTimeout(resolve));
};
let experiment: ReturnType<typeof openExperiment>;
const revision = () => experiment.use.getState().document.revision;
const comment = () => experiment.act("comment", "a", [{ kind: "set_comment", node: "a", comment: "1" }]);

beforeEach(() => {
  asked.length = 0;
  experiment = openExperiment(document("r1"));
});

test("a document is not asked for while an edit is on its way", async () => {
  comment();
  const reloaded = experiment.reload();
  await answer("edits", document("r2"));
  await answer("document", document("r3"));
  await reloaded;
  expect(revision()).toBe("r3");
});

test("a document that an edit has overtaken is asked for again", async () => {
  const reloaded = experiment.reload();
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  comment();
  await answer("document", document("r1"));
  await answer("edits", document("r2"));
  expect(revision()).toBe("r2");
  await answer("document", document("r3"));
  await reloaded;
  expect(revision()).toBe("r3");
});

test("positions that are asked for take back no edit", async () => {
  const rearranged = experiment.rearrange();
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  comment();
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked.splice(1, 1)[0]?.answer(document("r2"));
  await new Promise((resolve) => setTimeout(resolve));
  await answer("positions", { a: { x: 10, y: 0 } });
  await answer("positions", { a: { x: 20, y: 0 } });
  await rearranged;
  expect(revision()).toBe("r2");
  expect(experiment.use.getState().graph.positions.get("a")).toEqual({ x: 20, y: 0 });
});
