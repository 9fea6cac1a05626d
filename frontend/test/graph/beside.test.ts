import { expect, test } from "vitest";
import { sideWithRoom } from "../../src/graph/beside";
import type { Point } from "../../src/graph/graph";
import { graphOf, node } from "./graphs";

const bar = { width: 46, height: 190 };
const beside = (others: readonly Point[]) => sideWithRoom(
  { ...graphOf(node("a"), ...others.map((_, at) => node(`b${at}`))), positions: new Map([["a", { x: 0, y: 0 }], ...others.map((point, at) => [`b${at}`, point] as const)]) },
  "a",
  bar,
);

test.each([
  ["nothing around it", [], "right"],
  ["a node below and to the right", [{ x: 40, y: 90 }], "left"],
  ["a node far below", [{ x: 40, y: 300 }], "right"],
  ["nodes on both sides", [{ x: 240, y: 0 }, { x: -240, y: 0 }], "right"],
])("with %s", (_, others, side) => expect(beside(others)).toBe(side));
