import Elk from "elkjs/lib/elk.bundled.js";
import { expect, test } from "vitest";
import { elkGraph } from "../../src/canvas/tidy";
import { cleared, hidden } from "../../src/graph/clearance";
import { type Graph, wires } from "../../src/graph/graph";
import { movedBy, pinned } from "../../src/graph/move";
import { places } from "../../src/graph/places";
import { snapped } from "../../src/graph/sizes";
import { graphOf, node, port } from "./graphs";

/** The same numbers between 0 and 1 for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** A graph as people make them: most wires come from one of the last nodes, and a few from far above. */
function drawnGraph(seed: number): Graph {
  const next = numbers(seed * 7_919);
  const nodes = Array.from({ length: 4 + Math.floor(next() * 10) }, (_, at) => {
    const inputs = Array.from({ length: at === 0 ? 0 : 1 + Math.floor(next() * 3 * next()) }, (__, index) => port(`in${index}`));
    const sources = inputs.map(({ name }) => {
      const back = 1 + Math.floor(next() * (next() < 0.7 ? 3 : at));
      return [name, { node: `n${Math.max(0, at - back)}`, output: next() < 0.5 ? "results_dataset1" : "results_dataset2" }] as const;
    });
    return node(`n${at}`, { inputs, wires: Object.fromEntries(sources), comment: next() < 0.3 ? "what it does" : "" });
  });
  return graphOf(...nodes);
}

const GRAPHS = Array.from({ length: 25 }, (_, seed) => drawnGraph(seed + 1));

test("nodes without positions hide no wire, in all but the most tangled graph", () => {
  expect(GRAPHS.filter((graph) => hidden(graph, places(graph)).length > 0).length).toBeLessThanOrEqual(1);
});

test("no wire runs behind a node after it was tidied", async () => {
  const elk = new Elk();
  let before = 0;
  for (const graph of GRAPHS) {
    const names = new Set(graph.nodes.keys());
    const { children = [] } = await elk.layout(elkGraph(graph, names));
    const laid = new Map(children.map(({ id, x = 0, y = 0 }) => [id, snapped({ x, y })]));
    before += hidden(graph, laid).length;
    expect(hidden(graph, cleared(graph, laid, names))).toEqual([]);
  }
  expect(before).toBeGreaterThan(0);
});

test("only what may be moved goes out of the way", () => {
  const straight = graphOf(
    node("one"),
    node("two", { wires: { dataset: { node: "one", output: "results_dataset1" } } }),
    node("three", { wires: { dataset: { node: "one", output: "results_dataset1" } } }),
  );
  const column = new Map(["one", "two", "three"].map((name, at) => [name, { x: 0, y: 96 * at }]));
  expect(hidden(straight, column).map((found) => found.node.name)).toEqual(["two"]);
  expect(cleared(straight, column, new Set(["three"]))).toEqual(column);
  const after = cleared(straight, column, new Set(["two"]));
  expect(hidden(straight, after)).toEqual([]);
  expect([after.get("one"), after.get("two")?.y, after.get("three")]).toEqual([{ x: 0, y: 0 }, 96, { x: 0, y: 192 }]);
});

test("a node that is moved leaves the others where they are drawn", () => {
  for (const graph of GRAPHS) {
    const [last] = [...graph.nodes.keys()].slice(-1);
    const move = movedBy(graph, [last ?? ""], { x: 0, y: 640 });
    const edits = [...pinned(graph), ...(move ? [move] : [])];
    const positions = Object.assign({}, ...edits.map((edit) => (edit.kind === "move" ? edit.positions : {})));
    const before = Object.fromEntries(places(graph));
    expect(places({ ...graph, positions: new Map(Object.entries(positions)) })).toEqual(
      new Map(Object.entries({ ...before, [last ?? ""]: { x: before[last ?? ""]?.x, y: (before[last ?? ""]?.y ?? 0) + 640 } })),
    );
    expect(pinned({ ...graph, positions: new Map(Object.entries(positions)) })).toEqual([]);
    expect(wires(graph).length).toBeGreaterThan(0);
  }
});
