/** Graphs for tests: made by hand, or by chance without cycles. */

import fc from "fast-check";
import { applied, type Edit } from "../../src/graph/edits";
import { EMPTY, type Graph, type GraphNode, type Port, type PortKind } from "../../src/graph/graph";

const KINDS: readonly PortKind[] = ["dataset", "model", "transform", "zip"];

export function port(name: string, kind: PortKind = "dataset"): Port {
  return { name, label: name, kind, optional: true };
}

export function node(name: string, some: Partial<GraphNode> = {}): GraphNode {
  return {
    name,
    kind: "module",
    module: "split-data",
    script: null,
    title: "Split Data",
    category: ["Data Transformation"],
    form: { module: "split-data" },
    declared: [],
    comment: "",
    parameters: {},
    inputs: [port("dataset")],
    outputs: [port("results_dataset1"), port("results_dataset2")],
    wires: {},
    ...some,
  };
}

export function graphOf(...nodes: GraphNode[]): Graph {
  return { nodes: new Map(nodes.map((one) => [one.name, one])), positions: new Map() };
}

const arbitraryPorts = (stem: string) =>
  fc.array(fc.constantFrom(...KINDS), { maxLength: 3 }).map((kinds) => kinds.map((kind, at) => port(`${stem}${at}`, kind)));

const arbitraryPoint = fc.record({ x: fc.integer({ min: -999, max: 999 }), y: fc.integer({ min: -999, max: 999 }) });

const arbitraryNode = fc.record({
  comment: fc.string({ maxLength: 5 }),
  inputs: arbitraryPorts("in"),
  outputs: arbitraryPorts("out"),
  parameters: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.oneof(fc.integer(), fc.string(), fc.boolean())),
  position: fc.option(arbitraryPoint, { nil: undefined }),
});

/** A graph without cycles: every wire leads from an earlier node to a later one. */
export const arbitraryGraph: fc.Arbitrary<Graph> = fc
  .tuple(fc.array(arbitraryNode, { maxLength: 8 }), fc.array(fc.nat(), { minLength: 64, maxLength: 64 }))
  .map(([made, choices]) => {
    let choice = 0;
    let graph: Graph = EMPTY;
    made.forEach(({ position, ...some }, at) => {
      const wires: Record<string, { node: string; output: string }> = {};
      for (const input of some.inputs) {
        const fitting = [...graph.nodes.values()].flatMap((source) =>
          source.outputs.filter((out) => out.kind === input.kind).map((out) => ({ node: source.name, output: out.name })),
        );
        const chosen = fitting[(choices[choice++] ?? 0) % (fitting.length + 1)];
        if (chosen) wires[input.name] = chosen;
      }
      const edit: Edit = { kind: "add_node", node: node(`n${at}`, { ...some, wires }), ...(position && { position }) };
      graph = applied(graph, [edit]);
    });
    return graph;
  });

/** Edits of any kind, of nodes that may be there or not. */
export const arbitraryEdits: fc.Arbitrary<Edit[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("remove_node" as const), node: name() }),
    fc.record({ kind: fc.constant("rename_node" as const), node: name(), name: fc.constantFrom("n1", "new", "other") }),
    fc.record({ kind: fc.constant("disconnect" as const), node: name(), input: fc.constantFrom("in0", "in1") }),
    fc.record({
      kind: fc.constant("connect" as const),
      node: name(),
      input: fc.constantFrom("in0", "in1"),
      from: fc.record({ node: name(), output: fc.constantFrom("out0", "out1") }),
    }),
    fc.record({
      kind: fc.constant("set_parameter" as const),
      node: name(),
      parameter: fc.constantFrom("a", "b"),
      value: fc.integer(),
    }),
    fc.record({ kind: fc.constant("clear_parameter" as const), node: name(), parameter: fc.constantFrom("a", "b") }),
    fc.record({ kind: fc.constant("set_comment" as const), node: name(), comment: fc.string() }),
    fc.record({ kind: fc.constant("set_key" as const), node: name(), key: fc.constantFrom("allow", "cache"), value: fc.constantFrom(null, true, "a:1") }),
    fc.record({ kind: fc.constant("add_node" as const), node: fc.constantFrom("n0", "added").map((one) => node(one)) }),
  ),
  { maxLength: 6 },
);

function name() {
  return fc.constantFrom("n0", "n1", "n2", "n3", "new");
}

/** A graph as plain data, for comparison: the order of nodes is not part of it. */
export function plain(graph: Graph) {
  const byName = (one: [string, unknown], two: [string, unknown]) => (one[0] < two[0] ? -1 : 1);
  return { nodes: [...graph.nodes].sort(byName), positions: [...graph.positions].sort(byName) };
}
