import { expect, test } from "vitest";
import { addUp, figuresOf, weightsOf } from "../../src/panels/services/figures";
import { parameterValues } from "../../src/panels/services/parameter_values";

const ONE = { endpoint: "default", version: 1, requests: 3, outcomes: { succeeded: 2, "request-invalid": 1 }, durations: [2, 1, 0] };
const TWO = { endpoint: "default", version: 2, requests: 1, outcomes: { succeeded: 1 }, durations: [0, 0, 1] };
const ALL = { bounds: [0.01, 0.1], figures: [ONE, TWO] };

test("figures of an endpoint are those of its versions together", () => {
  expect(figuresOf(ALL, "default")).toEqual({ requests: 4, failed: 1, errors: [["request-invalid", 1]], median: 0.01, slow: null });
  expect(figuresOf(ALL, "default", 1)).toEqual({ requests: 3, failed: 1, errors: [["request-invalid", 1]], median: 0.01, slow: 0.1 });
  expect(figuresOf(ALL, "other")).toEqual({ requests: 0, failed: 0, errors: [], median: null, slow: null });
});

test("shares are whole, and add up to all", () => {
  expect(weightsOf({ v3: 90, v4: 10 })).toEqual({ 3: 90, 4: 10 });
  expect([addUp({ 3: 90, 4: 10 }), addUp({ 3: 90 }), addUp({ 3: 110, 4: -10 }), addUp({ 3: 99.5, 4: 0.5 })]).toEqual([true, false, false, false]);
});

test("parameters are sent as what they are, and only those that were typed", () => {
  const parameters = [{ name: "depth", kind: "integer" }, { name: "rate", kind: "number" }, { name: "all", kind: "boolean" }, { name: "word", kind: "text" }, { name: "left", kind: "text" }];
  expect(parameterValues(parameters, { depth: "3", rate: "", all: "false", word: "7" })).toEqual({ depth: 3, rate: "", all: false, word: "7" });
});
