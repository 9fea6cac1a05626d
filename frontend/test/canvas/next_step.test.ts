import { expect, test } from "vitest";
import { nextStep } from "../../src/canvas/next_step";
import type { Finding, Kept } from "../../src/canvas/node_state";
import { EMPTY } from "../../src/graph/graph";
import { graphOf, node } from "../graph/graphs";

const idle = { status: null, nodes: new Map() };
const kept = (state: string, some: Partial<Kept> = {}): Kept => ({
  state, up_to_date: true, run: "r", from_run: null, reason: "", rows: null, seconds: null, error: null, error_code: null, error_subject: null, error_facts: {}, error_type: "", error_line: null, empty_outputs: [], ...some,
});
const finding: Finding = { code: "x", classic_number: null, severity: "error", message: "m", file: "f", line: null, column: null, node: "a", facts: {} };
const needy = node("a", { inputs: [{ name: "dataset", label: "Dataset", kind: "dataset", optional: false }] });
const free = graphOf(node("a"));

test.each([
  ["an empty canvas", nextStep(EMPTY, {}, [], idle), { kind: "add" }],
  ["an input without a wire", nextStep(graphOf(needy), {}, [], idle), { kind: "wire", node: "a", port: "Dataset" }],
  ["a mistake", nextStep(free, {}, [finding], idle), { kind: "fix", node: "a" }],
  ["a failure", nextStep(free, { a: kept("failed", { error: "No" }) }, [], idle), { kind: "failed", node: "a", says: "No" }],
  ["a failure that was mended", nextStep(free, { a: kept("failed", { up_to_date: false }) }, [], idle), { kind: "run" }],
  ["nothing that ran", nextStep(free, {}, [], idle), { kind: "run" }],
  ["everything that ran", nextStep(free, { a: kept("finished") }, [], idle), { kind: "look", node: "a" }],
  ["a run that goes on", nextStep(free, {}, [], { ...idle, status: "running" }), null],
])("after %s", (_, step, expected) => expect(step).toEqual(expected));
