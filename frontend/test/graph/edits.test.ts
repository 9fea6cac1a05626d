import fc from "fast-check";
import { expect, test } from "vitest";
import { applied, inverse } from "../../src/graph/edits";
import { wires } from "../../src/graph/graph";
import { afterDeed, deed, NO_HISTORY, redo, stepped, undo } from "../../src/graph/history";
import { arbitraryEdits, arbitraryGraph, graphOf, node, plain } from "./graphs";

test("what an edit's inverse takes back is as it was", () => {
  fc.assert(
    fc.property(arbitraryGraph, arbitraryEdits, (graph, edits) => {
      const back = inverse(graph, edits);
      expect(plain(applied(applied(graph, edits), back))).toEqual(plain(graph));
    }),
  );
});

test("edits never change the graph that they are given", () => {
  fc.assert(
    fc.property(arbitraryGraph, arbitraryEdits, (graph, edits) => {
      const before = structuredClone(plain(graph));
      applied(graph, edits);
      expect(plain(graph)).toEqual(before);
    }),
  );
});

test("a removed node leaves no wire behind", () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const after = applied(graph, [{ kind: "remove_node", node: "n0" }]);
      expect(wires(after).filter((wire) => wire.from.node === "n0" || wire.to.node === "n0")).toEqual([]);
    }),
  );
});

test("a renamed node keeps its wires", () => {
  const before = graphOf(node("one"), node("two", { wires: { dataset: { node: "one", output: "results_dataset1" } } }));
  const after = applied(before, [{ kind: "rename_node", node: "one", name: "first" }]);
  expect(wires(after)).toEqual([
    { from: { node: "first", output: "results_dataset1" }, to: { node: "two", input: "dataset" } },
  ]);
});

test("undo and redo lead back and forth", () => {
  fc.assert(
    fc.property(arbitraryGraph, fc.array(arbitraryEdits, { maxLength: 4 }), (graph, batches) => {
      let now = graph;
      let history = NO_HISTORY;
      for (const edits of batches) {
        history = afterDeed(history, deed(now, "paste", "", edits));
        now = applied(now, edits);
      }
      const end = now;
      for (let step = undo(history); step; step = undo(history)) {
        now = stepped(now, step);
        history = step.history;
      }
      expect(plain(now)).toEqual(plain(graph));
      for (let step = redo(history); step; step = redo(history)) {
        now = stepped(now, step);
        history = step.history;
      }
      expect(plain(now)).toEqual(plain(end));
    }),
    { numRuns: 50 },
  );
});

test("typing in one field is one deed", () => {
  const graph = graphOf(node("one", { parameters: { a: 1 } }));
  const set = (value: number) => [{ kind: "set_parameter" as const, node: "one", parameter: "a", value }];
  let history = afterDeed(NO_HISTORY, deed(graph, "parameter", "one", set(2)));
  history = afterDeed(history, deed(applied(graph, set(2)), "parameter", "one", set(3)));
  expect(history.done).toHaveLength(1);
  expect(undo(history)?.edits).toEqual(set(1));
});
