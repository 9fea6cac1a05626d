import fc from "fast-check";
import { expect, test } from "vitest";
import { connect, natural, targets } from "../../src/graph/connect";
import { applied } from "../../src/graph/edits";
import { above, wires } from "../../src/graph/graph";
import { arbitraryGraph, graphOf, node, port } from "./graphs";

test("an accepted wire joins ports of one kind and closes no circle", () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      for (const from of graph.nodes.values()) {
        for (const to of graph.nodes.values()) {
          for (const output of from.outputs) {
            for (const input of to.inputs) {
              const attempt = connect(graph, { node: from.name, output: output.name }, { node: to.name, input: input.name });
              if ("refusal" in attempt) continue;
              expect(output.kind).toBe(input.kind);
              const after = applied(graph, attempt.connection.edits);
              expect(above(after, from.name).has(from.name)).toBe(false);
              expect(wires(after)).toHaveLength(wires(graph).length + (attempt.connection.replaces ? 0 : 1));
            }
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});

const chain = graphOf(
  node("one"),
  node("two", { wires: { dataset: { node: "one", output: "results_dataset1" } } }),
  node("three", { inputs: [port("model", "model")] }),
);

test.each([
  ["one", "one", "dataset", "itself"],
  ["two", "one", "dataset", "cycle"],
  ["one", "two", "dataset", "same"],
  ["one", "three", "model", "kind"],
  ["one", "three", "nothing", "unknown_port"],
  ["gone", "two", "dataset", "unknown_port"],
])("a wire from %s to %s.%s is refused: %s", (from, to, input, reason) => {
  const attempt = connect(chain, { node: from, output: "results_dataset1" }, { node: to, input });
  expect(attempt).toMatchObject({ refusal: { reason } });
});

test("a wire to a taken input replaces the old one and says which", () => {
  const attempt = connect(chain, { node: "one", output: "results_dataset2" }, { node: "two", input: "dataset" });
  expect(attempt).toMatchObject({ connection: { replaces: { from: { node: "one", output: "results_dataset1" } } } });
});

test("targets are those that a wire may reach, free ones first", () => {
  const graph = graphOf(...chain.nodes.values(), node("four"));
  expect(targets(graph, { node: "one", output: "results_dataset2" }).map((one) => [one.node, one.occupied])).toEqual([
    ["four", false],
    ["two", true],
  ]);
});

test("a new node is wired by its first fitting ports", () => {
  const graph = graphOf(node("one", { outputs: [port("model", "model"), port("table")] }), node("two"));
  expect(natural(graph, "one", "two")?.edits).toEqual([
    { kind: "connect", node: "two", input: "dataset", from: { node: "one", output: "table" } },
  ]);
  expect(natural(graph, "two", "two")).toBeNull();
});
