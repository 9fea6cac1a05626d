import { expect, test } from "vitest";
import { changedBy } from "../../src/canvas/changed";

const before = { revision: "r1", layout: "l1", scripts: "s1" };

test("an event of what the page has saved itself asks for nothing", () => {
  expect(changedBy({ ...before, revision: "r2" }, before, "r2")).toBeNull();
});

test("the first event may be of nodes that were moved after the page read their positions", () => {
  expect(changedBy(before, null, "r1")).toBe("positions");
});

test("nodes that were moved are positions, whoever moved them", () => {
  expect(changedBy({ ...before, layout: "l2" }, before, "r1")).toBe("positions");
  expect(changedBy({ ...before, revision: "r2", layout: "l2" }, before, "r2")).toBe("positions");
});

test("anything else is asked for anew", () => {
  expect(changedBy({ ...before, revision: "r2" }, before, "r1")).toBe("all");
  expect(changedBy({ ...before, revision: null }, null, "r1")).toBe("all");
  expect(changedBy({ ...before, layout: "l2", scripts: "s2" }, before, "r1")).toBe("all");
  // The same once more: the first event of a new connection.
  expect(changedBy(before, before, "r1")).toBe("all");
});
