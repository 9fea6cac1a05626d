import fc from "fast-check";
import { expect, test } from "vitest";
import {
  areaUnder, bestThreshold, countsAt, type Curve, figuresAt, hasCurves, pointsOf, readThreshold, scoreBins, totals,
} from "../../src/evaluation/curves";

interface Row {
  readonly score: number;
  readonly positive: boolean;
}

/** The curve that the server makes of rows. */
function curveOf(rows: readonly Row[]): Curve {
  const scores = [...new Set(rows.map(({ score }) => score))].toSorted((one, two) => two - one);
  const count = (wanted: (row: Row) => boolean) => rows.filter(wanted).length;
  return scores.map((threshold) => ({
    threshold,
    true_positives: count(({ score, positive }) => positive && score >= threshold),
    false_positives: count(({ score, positive }) => !positive && score >= threshold),
    true_negatives: count(({ score, positive }) => !positive && score < threshold),
    false_negatives: count(({ score, positive }) => positive && score < threshold),
  }));
}

const ROWS: readonly Row[] = [
  { score: 0.9, positive: true }, { score: 0.8, positive: true }, { score: 0.5, positive: false },
  { score: 0.4, positive: true }, { score: 0.1, positive: false },
];
const someRows = fc.array(fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), positive: fc.boolean() }), { minLength: 1, maxLength: 60 });

test("a row is called positive if its score is more than the threshold", () => {
  const curve = curveOf(ROWS);
  expect(countsAt(curve, 0.5)).toMatchObject({ true_positives: 2, false_positives: 0, true_negatives: 2, false_negatives: 1 });
  expect(countsAt(curve, 0.49)).toMatchObject({ true_positives: 2, false_positives: 1 });
  expect(countsAt(curve, 1)).toEqual({ true_positives: 0, false_positives: 0, true_negatives: 2, false_negatives: 3 });
  fc.assert(fc.property(someRows, fc.double({ min: 0, max: 1, noNaN: true }), (rows, threshold) => {
    const found = countsAt(curveOf(rows), threshold);
    expect(found.true_positives).toBe(rows.filter(({ score, positive }) => positive && score > threshold).length);
    expect(found.false_positives).toBe(rows.filter(({ score, positive }) => !positive && score > threshold).length);
    expect(found.true_positives + found.false_positives + found.true_negatives + found.false_negatives).toBe(rows.length);
  }));
});

test("the figures are those of the field, and missing where they are not defined", () => {
  expect(figuresAt(countsAt(curveOf(ROWS), 0.3))).toEqual({ accuracy: 0.8, precision: 0.75, recall: 1, f1: 6 / 7 });
  expect(figuresAt(countsAt(curveOf(ROWS), 1))).toMatchObject({ precision: null, recall: 0, f1: 0 });
  expect(figuresAt(countsAt([], 0.5))).toEqual({ accuracy: null, precision: null, recall: null, f1: null });
});

test("the area under the ROC curve is the share of pairs that are in order", () => {
  expect(areaUnder(pointsOf(curveOf(ROWS), "roc"))).toBeCloseTo(5 / 6);
  fc.assert(fc.property(someRows, (rows) => {
    const curve = curveOf(rows);
    fc.pre(hasCurves(curve));
    const pairs = rows.filter(({ positive }) => positive).flatMap((one) => rows.filter(({ positive }) => !positive).map((other) =>
      one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0));
    const inOrder = pairs.reduce<number>((sum, part) => sum + part, 0) / pairs.length;
    expect(areaUnder(pointsOf(curve, "roc"))).toBeCloseTo(inOrder, 9);
  }));
});

test("curves stay within their box and end where all rows are called positive", () => {
  fc.assert(fc.property(someRows, (rows) => {
    const curve = curveOf(rows);
    fc.pre(hasCurves(curve));
    for (const chart of ["roc", "precisionRecall", "lift"] as const) {
      const points = pointsOf(curve, chart);
      expect(points.flat().every((place) => place >= 0 && place <= 1)).toBe(true);
      expect(points.at(-1)?.[chart === "precisionRecall" ? 0 : 1]).toBe(1);
    }
  }));
});

test("no threshold has a greater F1 score than the best one", () => {
  expect(bestThreshold(curveOf(ROWS))).toBe(0.25);
  expect(bestThreshold([])).toBe(0);
  fc.assert(fc.property(someRows, fc.double({ min: 0, max: 1, noNaN: true }), (rows, other) => {
    const curve = curveOf(rows);
    const f1 = (threshold: number) => figuresAt(countsAt(curve, threshold)).f1 ?? 0;
    expect(f1(bestThreshold(curve))).toBeGreaterThanOrEqual(f1(other));
  }));
});

test("every row is in one bin of the scores", () => {
  fc.assert(fc.property(someRows, (rows) => {
    const bins = scoreBins(curveOf(rows), 20);
    expect(bins.reduce((sum, { positives }) => sum + positives, 0)).toBe(totals(curveOf(rows)).positives);
    expect(bins.reduce((sum, { negatives }) => sum + negatives, 0)).toBe(totals(curveOf(rows)).negatives);
  }));
});

test("a threshold is a number from 0 to 1", () => {
  expect(["0.42", " 1 ", "0,5", "", "1.1", "-0.1", "half"].map(readThreshold)).toEqual([0.42, 1, 0.5, null, null, null, null]);
});
