import fc from "fast-check";
import { expect, test } from "vitest";
import { clip, clipping, paste } from "../../src/graph/clipboard";
import { applied } from "../../src/graph/edits";
import { findNodes, matching } from "../../src/graph/find";
import { EMPTY, wires } from "../../src/graph/graph";
import { movedBy } from "../../src/graph/move";
import { freshName, wishedName } from "../../src/graph/names";
import { alongWire, dataOrder, neighbour } from "../../src/graph/order";
import { places } from "../../src/graph/places";
import { NODE_HEIGHT, NODE_WIDTH, portOffset } from "../../src/graph/sizes";
import { arbitraryGraph, graphOf, node } from "./graphs";

test("pasting what was copied adds as many nodes and wires, under free names", () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const copied = clipping(JSON.stringify(clip(graph, graph.nodes.keys(), "here")));
      if (!copied) throw new Error("a clipping was not read");
      const { edits, names } = paste(graph, copied);
      const after = applied(graph, edits);
      expect(after.nodes.size).toBe(2 * graph.nodes.size);
      expect(wires(after)).toHaveLength(2 * wires(graph).length);
      expect(new Set(names).size).toBe(graph.nodes.size);
      expect(applied(EMPTY, paste(EMPTY, copied).edits).nodes.size).toBe(graph.nodes.size);
    }),
  );
});

test.each(["", "hello", "null", "[]", '{"studiolo":"nodes"}', '{"studiolo":"nodes","positions":{},"nodes":[{"name":1}]}'])(
  "the clipboard's text %j is not nodes",
  (text) => expect(clipping(text)).toBeNull(),
);

test("a wire to a node that was not copied is left out", () => {
  const graph = graphOf(node("one"), node("two", { wires: { dataset: { node: "one", output: "results_dataset1" } } }));
  expect(clip(graph, ["two"], "here").nodes[0]?.wires).toEqual({});
});

test("a copy of a script node gets a script of its own", () => {
  const graph = graphOf(node("rank", { script: "rank.py", form: { module: "execute-python-script", script: "rank.py" } }));
  const { edits } = paste(graph, clip(graph, ["rank"], "here"), new Map([["rank.py", "print(1)"]]));
  expect(edits).toMatchObject([
    { kind: "add_node", script: "print(1)", node: { name: "rank2", script: null, form: { module: "execute-python-script" } } },
  ]);
});

test("in the order of the data every node follows those it is wired to", () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const order = dataOrder(graph);
      expect([...order].sort()).toEqual([...graph.nodes.keys()].sort());
      for (const wire of wires(graph)) {
        expect(order.indexOf(wire.from.node)).toBeLessThan(order.indexOf(wire.to.node));
      }
    }),
  );
});

test("nodes of a cycle, as a file can have one, are in the order too", () => {
  const wired = (from: string) => ({ wires: { dataset: { node: from, output: "results_dataset1" } } });
  expect(dataOrder(graphOf(node("a", wired("b")), node("b", wired("a"))))).toHaveLength(2);
});

test("Tab goes round, and Alt with an arrow along a wire", () => {
  const graph = graphOf(node("one"), node("two", { wires: { dataset: { node: "one", output: "results_dataset2" } } }));
  expect([neighbour(graph, null, 1), neighbour(graph, "one", 1), neighbour(graph, "two", 1), neighbour(graph, "one", -1)]).toEqual([
    "one", "two", "one", "two",
  ]);
  expect([alongWire(graph, "two", "up"), alongWire(graph, "one", "down"), alongWire(graph, "one", "up")]).toEqual(["one", "two", null]);
});

test("nodes without a position get places where they do not overlap each other", () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const placed = places({ ...graph, positions: new Map() });
      const points = [...placed.values()];
      expect(placed.size).toBe(graph.nodes.size);
      points.forEach((one, at) =>
        points.slice(at + 1).forEach((two) =>
          expect(Math.abs(one.x - two.x) >= NODE_WIDTH || Math.abs(one.y - two.y) >= NODE_HEIGHT).toBe(true),
        ),
      );
    }),
  );
});

test("a node with a position keeps it, and moves by what it is moved", () => {
  const graph = { ...graphOf(node("one")), positions: new Map([["one", { x: 5, y: 7 }]]) };
  expect(places(graph).get("one")).toEqual({ x: 5, y: 7 });
  expect(movedBy(graph, ["one", "gone"], { x: 16, y: 0 })).toEqual({ kind: "move", positions: { one: { x: 21, y: 7 } } });
  expect(movedBy(graph, [], { x: 16, y: 0 })).toBeNull();
});

test("ports stand at equal distances", () => {
  expect([portOffset(0, 1), portOffset(0, 3), portOffset(2, 3)]).toEqual([112, 56, 168]);
});

test("names are free and readable", () => {
  expect(freshName("split", new Set())).toBe("split");
  expect(freshName("split", new Set(["split", "split2"]))).toBe("split3");
  expect(freshName("age groups", new Set(["age groups"]))).toBe("age groups 2");
  expect([wishedName("split-data"), wishedName("pima-indians-diabetes.csv"), wishedName("당뇨 예측.csv"), wishedName("…")]).toEqual([
    "split", "pima", "당뇨", "node",
  ]);
});

test("finding answers every word, beginnings first", () => {
  expect(matching("data cl", ["Clean Missing Data", "Split Data", "Data Cleaning"], (text) => text)).toEqual([
    "Data Cleaning", "Clean Missing Data",
  ]);
  const graph = graphOf(node("one", { comment: "zeros" }), node("two", { parameters: { sql: "select Zeros" } }), node("three"));
  expect(findNodes(graph, "zeros").sort()).toEqual(["one", "two"]);
});
