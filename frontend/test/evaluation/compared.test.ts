import { expect, test } from "vitest";
import { better, comparedBy } from "../../src/evaluation/compared";
import type { Graph, GraphNode, PortKind } from "../../src/graph/graph";

function node(name: string, title: string, inputs: Readonly<Record<string, readonly [PortKind, string]>>): [string, GraphNode] {
  return [name, {
    name, title, kind: "module", module: title, script: null, category: [], comment: "", form: {}, parameters: {}, declared: [], outputs: [],
    inputs: Object.entries(inputs).map(([port, [kind]]) => ({ name: port, label: port, kind, optional: false })),
    wires: Object.fromEntries(Object.entries(inputs).filter(([, [, from]]) => from).map(([port, [, from]]) => [port, { node: from, output: "out" }])),
  }];
}

const GRAPH: Graph = {
  positions: new Map(),
  nodes: new Map([
    node("forest", "Two-Class Decision Forest", {}),
    node("train", "Train Model", { untrained: ["model", "forest"], dataset: ["dataset", "rows"] }),
    node("score", "Score Model", { trained: ["model", "train"], dataset: ["dataset", "rows"] }),
    node("own", "Execute Python Script", { dataset: ["dataset", "rows"] }),
    node("evaluate", "Evaluate Model", { scored: ["dataset", "score"], other: ["dataset", "own"], none: ["dataset", ""] }),
  ]),
};

test("a scored dataset is called by the learner that its model comes from", () => {
  expect(comparedBy(GRAPH, "evaluate")).toEqual([
    { node: "score", port: "out", model: "Two-Class Decision Forest" },
    { node: "own", port: "out", model: "Execute Python Script" },
  ]);
  expect(comparedBy(GRAPH, "nothing")).toEqual([]);
});

test("more is better, except of errors; equal figures and single ones have no better one", () => {
  expect(better("AUC", [0.84, 0.849])).toBe(1);
  expect(better("Average Log Loss", [0.471, 0.455])).toBe(1);
  expect(better("Root Mean Squared Error", [2, 3])).toBe(0);
  expect(better("Training Log Loss", [27, 29])).toBe(1);
  expect([better("AUC", [1, 1]), better("AUC", [1]), better("AUC", [1, null])]).toEqual([null, null, null]);
});
