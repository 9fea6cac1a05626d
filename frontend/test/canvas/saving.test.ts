import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../src/api/client";
import type { ExperimentDocument } from "../../src/api/graph_document";
import { Saving, type Server } from "../../src/canvas/saving";
import type { Edit } from "../../src/graph/edits";

const document = (revision: string, ...names: string[]): ExperimentDocument => ({
  name: "one", title: "One", description: "", revision, shown: "current", positions: {}, findings: [], states: {}, web_service_parameters: {},
  nodes: names.map((name) => ({
    name, kind: "module", title: name, category: [], module: "split-data", script: null, comment: "", form: {}, parameters: {}, declared: [], inputs: [], outputs: [], broken: null,
  })),
});
const comment = (text: string): Edit => ({ kind: "set_comment", node: "a", comment: text });

/** Answers when it is told to, so that a test says what happens meanwhile. */
class SlowServer implements Server {
  readonly asked: { revision: string; edits: unknown[]; answer(document: ExperimentDocument): void; fail(error: ApiError): void }[] = [];
  readonly moved: unknown[] = [];

  edited(revision: string, edits: unknown[]): Promise<ExperimentDocument> {
    return new Promise((answer, fail) => this.asked.push({ revision, edits, answer, fail }));
  }

  arranged(positions: Record<string, unknown>): Promise<void> {
    this.moved.push(positions);
    return Promise.resolve();
  }
}

let server: SlowServer;
const refused: ApiError[] = [];
let saving: Saving;

beforeEach(() => {
  vi.useFakeTimers();
  server = new SlowServer();
  refused.length = 0;
  saving = new Saving(document("r1", "a"), server, { changed: () => {}, refused: (_, error) => refused.push(error) });
});

const settled = () => vi.advanceTimersByTimeAsync(0);

test("edits go one batch at a time, each from the revision that the last one made", async () => {
  saving.add([comment("1")]);
  saving.add([comment("2")]);
  saving.add([comment("3")]);
  expect(server.asked).toHaveLength(1);
  expect(saving.unsaved).toHaveLength(3);
  server.asked[0]?.answer(document("r2", "a"));
  await settled();
  expect(server.asked).toHaveLength(2);
  expect(server.asked[1]).toMatchObject({ revision: "r2", edits: [{ kind: "change_node" }, { kind: "change_node" }] });
  server.asked[1]?.answer(document("r3", "a"));
  await settled();
  expect(saving.standing.kind).toBe("saved");
  expect(saving.unsaved).toEqual([]);
});

test("moves are no edits of the file, and wait for their nodes", async () => {
  saving.add([comment("1"), { kind: "move", positions: { a: { x: 1, y: 2 }, gone: { x: 0, y: 0 } } }]);
  expect(server.moved).toEqual([]);
  server.asked[0]?.answer(document("r2", "a"));
  await settled();
  expect(server.moved).toEqual([{ a: { x: 1, y: 2 } }]);
  expect(saving.document.positions).toEqual({ a: { x: 1, y: 2 } });
});

test("a conflict overwrites nothing until someone chooses", async () => {
  const theirs = document("r9", "a", "b");
  saving.add([comment("mine")]);
  server.asked[0]?.fail(new ApiError(409, "experiment-changed", "changed", { theirs }));
  await settled();
  saving.add([comment("more")]);
  expect(server.asked).toHaveLength(1);
  expect(saving.standing).toEqual({ kind: "conflict", theirs });
  saving.keepMine();
  expect(server.asked[1]).toMatchObject({ revision: "r9" });
  expect(server.asked[1]?.edits).toHaveLength(2);
});

test("the other version can be taken instead", async () => {
  saving.add([comment("mine")]);
  server.asked[0]?.fail(new ApiError(409, "experiment-changed", "changed", { theirs: document("r9", "b") }));
  await settled();
  saving.takeTheirs();
  expect(saving.unsaved).toEqual([]);
  expect(saving.document.revision).toBe("r9");
});

test("without a server edits wait, and go when it is back", async () => {
  saving.add([comment("1")]);
  server.asked[0]?.fail(new ApiError(0, "unreachable", ""));
  await settled();
  expect(saving.standing.kind).toBe("offline");
  expect(saving.unsaved).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  server.asked[1]?.answer(document("r2", "a"));
  await settled();
  expect(saving.standing.kind).toBe("saved");
});

test("what the server refuses is taken back and told", async () => {
  saving.add([comment("1")]);
  server.asked[0]?.fail(new ApiError(422, "node-refused", "It takes no comment."));
  await settled();
  expect(saving.unsaved).toEqual([]);
  expect(refused.map((error) => error.message)).toEqual(["It takes no comment."]);
});

test("a document from elsewhere that is older than an edit's answer is dropped", async () => {
  const { moment } = saving;
  saving.add([comment("1")]);
  expect(saving.received(document("r1", "a"), moment)).toBe(false);
  server.asked[0]?.answer(document("r2", "a"));
  await settled();
  expect(saving.received(document("r1", "a"), moment)).toBe(false);
  expect(saving.document.revision).toBe("r2");
  const later = saving.moment;
  expect(saving.received(document("r5"), later)).toBe(true);
  expect(saving.document.revision).toBe("r5");
  // Asked for at the same time, and perhaps read earlier.
  expect(saving.received(document("r4"), later)).toBe(false);
});

test("what waits when the page is left is still sent", async () => {
  saving.add([comment("1")]);
  saving.add([comment("2")]);
  saving.close();
  server.asked[0]?.fail(new ApiError(0, "unreachable", "gone"));
  await vi.advanceTimersByTimeAsync(2_000);
  server.asked[1]?.answer(document("r2", "a"));
  await settled();
  expect(server.asked[1]).toMatchObject({ revision: "r1", edits: [{ kind: "change_node" }, { kind: "change_node" }] });
  expect(saving.unsaved).toEqual([]);
});

test("a conflict after the page was left is told, since nobody can settle it", async () => {
  saving.add([comment("1")]);
  saving.close();
  server.asked[0]?.fail(new ApiError(409, "conflict", "Changed elsewhere", { theirs: document("r9", "a") }));
  await settled();
  expect(refused).toHaveLength(1);
  expect(saving.unsaved).toEqual([]);
});
