import { expect, test } from "vitest";
import { fitting, scrolled, stepped } from "../../src/panels/device/zoom";

const PLOT = { width: 1_600, height: 1_200 };

test("a picture fits its frame, and is never blown up for it", () => {
  expect(fitting(PLOT, 800)).toBe(0.5);
  expect(fitting(PLOT, 3_200)).toBe(1);
  expect(fitting({ width: 0, height: 0 }, 800)).toBe(1);
});

test("steps in and out cancel out, within bounds", () => {
  expect(stepped(stepped(0.5, 3, PLOT), -3, PLOT)).toBeCloseTo(0.5);
  expect(stepped(1, 100, PLOT)).toBe(16);
  expect(stepped(1, 100, { width: 60_000, height: 10 })).toBe(0.5);
  expect(stepped(1, -100, PLOT)).toBe(0.05);
});

test("what is under the pointer stays there", () => {
  const [before, point, scale, next] = [120, 300, 0.5, 2];
  expect((scrolled(before, point, scale, next) + point) / next).toBe((before + point) / scale);
  expect(scrolled(0, 300, 2, 0.5)).toBe(0);
});
