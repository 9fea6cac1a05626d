import { expect, test } from "vitest";
import { addUp, figuresOf, weightsOf } from "../../src/panels/services/figures";

const ONE = { endpoint: "default", version: 1, requests: 3, outcomes: { succeeded: 2, "request-invalid": 1 }, seconds: 0.3 };
const TWO = { endpoint: "default", version: 2, requests: 1, outcomes: { succeeded: 1 }, seconds: 0.5 };

test("figures of an endpoint are those of its versions together", () => {
  expect(figuresOf([ONE, TWO], "default")).toEqual({ requests: 4, failed: 1, mean: 0.2 });
  expect(figuresOf([ONE, TWO], "default", 2)).toEqual({ requests: 1, failed: 0, mean: 0.5 });
  expect(figuresOf([ONE], "other")).toEqual({ requests: 0, failed: 0, mean: null });
});

test("shares are whole, and add up to all", () => {
  expect(weightsOf({ v3: 90, v4: 10 })).toEqual({ 3: 90, 4: 10 });
  expect([addUp({ 3: 90, 4: 10 }), addUp({ 3: 90 }), addUp({ 3: 110, 4: -10 }), addUp({ 3: 99.5, 4: 0.5 })]).toEqual([true, false, false, false]);
});
