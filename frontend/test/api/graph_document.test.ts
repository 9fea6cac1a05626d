import { expect, test } from "vitest";
import { changesOf, nodeOfDataset } from "../../src/api/graph_document";
import { node } from "../graph/graphs";

test("adding a node sends its keys as the file has them, then its wires", () => {
  const added = node("b", {
    comment: "why", parameters: { seed: 1 }, form: { module: "split-data" }, wires: { dataset: { node: "a", output: "out" } },
  });
  expect(changesOf([{ kind: "add_node", node: added, position: { x: 1, y: 2 } }])).toEqual({
    positions: {},
    edits: [
      { kind: "add_node", name: "b", node: { module: "split-data", comment: "why", parameters: { seed: 1 } }, x: 1, y: 2 },
      { kind: "connect", node: "b", port: "dataset", from_node: "a", from_port: "out" },
    ],
  });
});

test("only the last place of a node is sent, apart from the edits", () => {
  const move = (x: number) => ({ kind: "move" as const, positions: { a: { x, y: 0 } } });
  expect(changesOf([move(1), move(2)])).toEqual({ edits: [], positions: { a: { x: 2, y: 0 } } });
});

test("an empty comment takes the key away", () => {
  expect(changesOf([{ kind: "set_comment", node: "a", comment: "" }]).edits).toEqual([{ kind: "change_node", node: "a", keys: { comment: null } }]);
});

test("a zip file has a zip port", () => {
  expect([nodeOfDataset("Hello.ZIP", "h"), nodeOfDataset("a.csv", "a")].map((one) => one.outputs[0]?.kind)).toEqual(["zip", "dataset"]);
});
