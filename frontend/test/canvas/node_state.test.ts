import { expect, test } from "vitest";
import { heldBack } from "../../src/canvas/held_back";
import { hasOutput, type Kept, type Live, nodeShown } from "../../src/canvas/node_state";
import { en } from "../../src/words/en";
import { graphOf, node } from "../graph/graphs";

const kept = (some: Partial<Kept>): Kept => ({
  state: "finished", up_to_date: true, run: "r", from_run: null, reason: "", rows: null, seconds: null, error: null, error_code: null, error_subject: null, error_facts: {}, error_type: "", error_line: null, empty_outputs: [], ...some,
});
const script = node("script");

test("an output at which the script left nothing is not there to be looked at", () => {
  const ran = kept({ empty_outputs: ["results_dataset2"] });
  expect(hasOutput(script, "results_dataset", ran, undefined)).toBe(true);
  expect(hasOutput(script, "results_dataset2", ran, undefined)).toBe(false);
  expect(hasOutput(script, "results_dataset", undefined, undefined)).toBe(false);
});

test("the class of an exception is said where its own text needs it", () => {
  const failed = kept({ state: "failed", error: "'Agee'", error_code: "script-exception", error_subject: "'Agee'", error_type: "KeyError", error_line: 8 });
  expect(nodeShown(script, failed, undefined, [], en).cause).toBe("KeyError: 'Agee' (line 8)");
});

test("an input without a wire is said in short", () => {
  const needy = node("a", { inputs: [{ name: "dataset", label: "Dataset", kind: "dataset", optional: false }] });
  const message = 'The input "dataset" of node "a" is not connected.';
  const finding = { code: "x", classic_number: null, severity: "error", message, file: "f", line: null, column: null, node: "a", facts: {} };
  expect(nodeShown(needy, undefined, undefined, [finding], en).cause).toBe("Dataset is not connected.");
});

test("nodes below a failed one are held back by it, during the run and after it", () => {
  const from = (name: string) => ({ wires: { dataset: { node: name, output: "results_dataset1" } } });
  const graph = graphOf(node("rank"), node("train", from("rank")), node("score", from("train")), node("apart"));
  const words = (kept: Record<string, Kept>, live: ReadonlyMap<string, Live>) => {
    const held = heldBack(graph, kept, live);
    return [...graph.nodes.values()].map((one) => {
      const { word, figures } = nodeShown(one, kept[one.name], live.get(one.name), [], en, held.get(one.name));
      return `${word} ${figures}`.trim();
    });
  };
  const state = (state: Live["state"]): Live => ({ state, seconds: null, rows: null, failure: null, since: null });
  const shown = ["Failed", "Held back by rank", "Held back by rank", "Not run yet"];
  const during = new Map([["rank", state("failed")], ["train", state("skipped")], ["score", state("skipped")]]);
  expect(words({}, during)).toEqual(shown);
  // After a reload, the document has nothing of nodes that have never run.
  const failed = kept({ state: "failed" });
  expect(words({ rank: failed }, new Map())).toEqual(shown);
  // A past run has states of all its nodes.
  expect(words({ rank: failed, train: kept({ state: "skipped" }), score: kept({ state: "skipped" }) }, new Map())).toEqual(shown);
  expect(words({ rank: kept({ state: "cancelled" }) }, new Map())[0]).toBe("Stopped");
  // The next run has not come to it yet.
  expect(words({ rank: failed }, new Map([["rank", state("running")]]))[1]).toBe("Not run yet");
});
