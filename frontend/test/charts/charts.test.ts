import fc from "fast-check";
import { expect, test } from "vitest";
import { bars, coarser, cumulative, path } from "../../src/charts/bars";
import { linear, ticks } from "../../src/charts/ticks";

test("ticks are round numbers within the axis", () => {
  expect(ticks(44, 199)).toEqual([50, 100, 150]);
  expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(7, 7)).toEqual([7]);
  fc.assert(fc.property(fc.integer(), fc.integer(), (one, two) => {
    fc.pre(one < two);
    const found = ticks(one, two);
    expect(found.length).toBeLessThanOrEqual(6);
    expect(found.every((tick) => tick >= one - 1e-6 && tick <= two + 1e-6)).toBe(true);
  }));
});

test("bars fill their box, and a rare value is still seen", () => {
  const drawn = bars([0, 1, 1_000_000], { width: 30, height: 34 });
  expect(drawn.map((bar) => bar.height)).toEqual([0, 1, 34]);
  expect(bars([], { width: 30, height: 34 })).toEqual([]);
});

test("coarser counts have the same sum", () => {
  fc.assert(fc.property(fc.array(fc.nat(1000)), fc.integer({ min: 1, max: 30 }), (counts, most) => {
    const fewer = coarser(counts, most);
    expect(fewer.length).toBeLessThanOrEqual(most);
    const sum = (of: readonly number[]) => of.reduce((all, one) => all + one, 0);
    expect(sum(fewer)).toBe(sum(counts));
  }));
});

test("the cumulative share ends at all", () => {
  expect(cumulative([1, 1, 2])).toEqual([0.25, 0.5, 1]);
  expect(path([[0, 1], [2, 3]])).toBe("M0.00 1.00L2.00 3.00");
  expect(linear(0, 10, 100, 0)(5)).toBe(50);
});
