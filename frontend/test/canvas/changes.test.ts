import { expect, test } from "vitest";
import type { ExperimentDocument } from "../../src/api/graph_document";
import type { Comparison } from "../../src/api/runs";
import { changesOfNodes, withRemoved } from "../../src/canvas/changes";
import { openPast } from "../../src/canvas/past";

function drawn(...names: string[]): ExperimentDocument {
  const nodes = names.map((name) => ({ name, kind: "module", module: "m", script: null, title: name, category: [], comment: "", form: {}, parameters: {}, declared: [], inputs: [], outputs: [], broken: "" }));
  const positions = Object.fromEntries(names.map((name, at) => [name, { x: at, y: names.length }]));
  return { name: "e", title: "E", shown: "current", nodes, positions, states: {}, findings: [] } as unknown as ExperimentDocument;
}

test("each node that differs is marked by what became of it", () => {
  const comparison = { nodes: { kept: { differs: false }, tuned: { differs: true } }, added: ["new"], removed: ["old"] } as unknown as Comparison;
  expect([...changesOfNodes(comparison)]).toEqual([["tuned", "changed"], ["new", "added"], ["old", "removed"]]);
});

test("a node that is gone stays where it was, and nothing else of the earlier run is drawn", () => {
  const both = withRemoved(drawn("a", "old"), drawn("a", "b", "c"), ["old"]);
  expect(both.nodes.map(({ name }) => name)).toEqual(["a", "b", "c", "old"]);
  expect(both.positions.old).toEqual({ x: 1, y: 2 });
  expect(both.positions.a).toEqual({ x: 0, y: 3 });
});

test("a past run can be looked at and not changed", () => {
  const past = openPast(drawn("a"));
  past.act("delete", "a", [{ kind: "remove_node", node: "a" }]);
  past.select(["a"]);
  expect([...past.use.getState().graph.nodes.keys(), ...past.use.getState().selected]).toEqual(["a", "a"]);
});
