import { expect, test } from "vitest";
import type { Comparison, NodeComparison } from "../../src/api/runs";
import { diffLines, nodeChanges, scriptChanges, tableChanges, valueText } from "../../src/panels/runs/changes";

const SAME: NodeComparison = {
  differs: false, what: null, content: null, script: null, parameters: {}, inputs: {}, environment: null,
  settings: {}, state: null, rows: null, results: {},
};
const SUMMARY = { run: "1", experiment: "experiments/a", name: "a", status: "finished", partial: false, prepares: null, started_at: null, ended_at: null };

function comparison(nodes: Comparison["nodes"]): Comparison {
  return { differs: true, before: SUMMARY, after: SUMMARY, added: [], removed: [], nodes };
}

test("each parameter, input and fact that differs is one change", () => {
  const found = nodeChanges(comparison({
    rank: { ...SAME, differs: true, parameters: { trees: { before: 100, after: 200 } }, state: { before: "finished", after: "failed" } },
    same: SAME,
  }));
  expect(found).toEqual([
    { node: "rank", what: "trees", kind: "parameter", before: 100, after: 200 },
    { node: "rank", what: "state", kind: "fact", before: "finished", after: "failed" },
  ]);
});

test("a diff has its lines, and not the names of its files", () => {
  const diff = "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n import x\n--- y\n+<b>z</b>\n";
  expect(diffLines(diff)).toEqual([
    { kind: "place", text: "@@ -1,2 +1,2 @@" },
    { kind: "same", text: "import x" },
    { kind: "removed", text: "-- y" },
    { kind: "added", text: "<b>z</b>" },
  ]);
  expect(scriptChanges(comparison({ rank: { ...SAME, differs: true, script: { diff } } }))[0]?.lines).toHaveLength(4);
});

test("results say what became of their columns", () => {
  const table = { added: ["new"], removed: [], types: { age: { before: "int64", after: "double" } }, roles: {}, reordered: false, rows: { before: 8, after: 9 }, cells: [] };
  const [found] = tableChanges(comparison({ rank: { ...SAME, differs: true, results: { out: { kind: null, table, bytes: null } } } }));
  expect(found).toMatchObject({ node: "rank", port: "out", added: ["new"], rows: { before: 8, after: 9 } });
  expect(found?.types).toEqual([["age", { before: "int64", after: "double" }]]);
});

test("values are written on one line", () => {
  expect([valueText(null), valueText("a"), valueText([1, { b: 2 }])]).toEqual(["–", "a", '[1,{"b":2}]']);
  expect(valueText("x".repeat(9_999))).toHaveLength(500);
});
