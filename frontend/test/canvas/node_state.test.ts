import { expect, test } from "vitest";
import { hasOutput, type Kept, nodeShown } from "../../src/canvas/node_state";
import { en } from "../../src/words/en";
import { node } from "../graph/graphs";

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
