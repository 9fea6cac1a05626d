import { expect, test } from "vitest";
import type { GraphNode, Parameter, Value } from "../../src/graph/graph";
import { obstacleOf } from "../../src/graph/used";

const parameter = (name: string, some: Partial<Parameter> = {}) => ({ name, default: null, used_if: {}, ...some }) as Parameter;
const mode = parameter("mode", { default: "Rows" });
const random = parameter("random", { default: true, used_if: { mode: ["Rows"] } });
const seed = parameter("seed", { used_if: { mode: ["Rows"], random: [true] } });
const node = (parameters: Record<string, Value> = {}) => ({ declared: [mode, random, seed], parameters }) as unknown as GraphNode;
const nowhere = () => false;

test("a parameter is used if all that it depends on have the values for it", () => {
  expect(obstacleOf(node(), mode, nowhere)).toBeNull();
  expect(obstacleOf(node(), seed, nowhere)).toBeNull();
  expect(obstacleOf(node({ random: false }), seed, nowhere)).toEqual({ parameter: random, value: false });
  expect(obstacleOf(node({ mode: "Columns", random: false }), seed, nowhere)).toEqual({ parameter: mode, value: "Columns" });
});

test("what callers may set keeps nothing from being used", () => {
  expect(obstacleOf(node({ mode: "Columns" }), random, (name) => name === "mode")).toBeNull();
});
