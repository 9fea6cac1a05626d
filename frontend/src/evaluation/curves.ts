/**
 * The figures of a two-class model at a threshold, and the curves that they make.
 *
 * A row is called positive if its scored probability is more than the threshold, as Score Model does
 * at one half. Counts are weights: a row of weight 2 counts as two rows.
 */

export interface Counts {
  readonly true_positives: number;
  readonly false_positives: number;
  readonly true_negatives: number;
  readonly false_negatives: number;
}

/** The counts if rows of this probability or more are called positive. */
export interface CurvePoint extends Counts {
  readonly threshold: number;
}

/** From the highest threshold to the lowest; the last point calls every row positive. */
export type Curve = readonly CurvePoint[];
export type Points = readonly (readonly [number, number])[];

/** The shares are null where they are not defined, such as the precision if no row is called positive. */
export interface Figures {
  readonly accuracy: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

export interface ScoreBin {
  readonly from: number;
  readonly to: number;
  readonly positives: number;
  readonly negatives: number;
}

const NONE: Counts = { true_positives: 0, false_positives: 0, true_negatives: 0, false_negatives: 0 };
const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null);

/** The rows of each class. */
export function totals(curve: Curve): { readonly positives: number; readonly negatives: number } {
  const all = curve.at(-1) ?? NONE;
  return { positives: all.true_positives + all.false_negatives, negatives: all.false_positives + all.true_negatives };
}

export function countsAt(curve: Curve, threshold: number): Counts {
  const { positives, negatives } = totals(curve);
  return curve.findLast((point) => point.threshold > threshold)
    ?? { ...NONE, true_negatives: negatives, false_negatives: positives };
}

export function figuresAt(counts: Counts): Figures {
  const { true_positives: hits, false_positives: false_alarms, true_negatives: rightly_left, false_negatives: missed } = counts;
  return {
    accuracy: ratio(hits + rightly_left, hits + false_alarms + rightly_left + missed),
    precision: ratio(hits, hits + false_alarms),
    recall: ratio(hits, hits + missed),
    f1: ratio(2 * hits, 2 * hits + false_alarms + missed),
  };
}

/** Whether there are rows of both classes, without which no curve is defined. */
export function hasCurves(curve: Curve): boolean {
  const { positives, negatives } = totals(curve);
  return positives > 0 && negatives > 0;
}

const inRoc = (at: Counts): readonly [number, number] => [
  ratio(at.false_positives, at.false_positives + at.true_negatives) ?? 0,
  ratio(at.true_positives, at.true_positives + at.false_negatives) ?? 0,
];

/** Recall, then precision; null where no row is called positive. */
const inPrecisionRecall = (at: Counts): readonly [number, number] | null => {
  const { precision, recall } = figuresAt(at);
  return precision === null || recall === null ? null : [recall, precision];
};

/** The share of rows that are called positive, then the share of the positive ones among them. */
const inLift = (at: Counts): readonly [number, number] => [
  ratio(at.true_positives + at.false_positives, at.true_positives + at.false_positives + at.true_negatives + at.false_negatives) ?? 0,
  inRoc(at)[1],
];

export const CHARTS = { roc: inRoc, precisionRecall: inPrecisionRecall, lift: inLift } as const;
export type Chart = keyof typeof CHARTS;

/** The curve in a chart, from the highest threshold to the lowest. */
export function pointsOf(curve: Curve, chart: Chart): Points {
  const points = curve.flatMap((at) => {
    const point = CHARTS[chart](at);
    return point ? [point] : [];
  });
  return chart === "precisionRecall" ? points : [[0, 0], ...points];
}

/** The area under a curve, by trapezoids. */
export function areaUnder(points: Points): number {
  return points.slice(1).reduce((sum, [x, y], index) => {
    const [before, high] = points[index] ?? [x, y];
    return sum + ((x - before) * (y + high)) / 2;
  }, 0);
}

/** The threshold of the greatest F1 score, in the middle between the scores that it divides. */
export function bestThreshold(curve: Curve): number {
  let best = 0;
  let most = -1;
  curve.forEach((point, index) => {
    const { f1 } = figuresAt(point);
    // Rows are positive above a threshold, and no threshold is below 0.
    if (f1 === null || f1 <= most || point.threshold <= 0) return;
    most = f1;
    best = between(curve[index + 1]?.threshold ?? 0, point.threshold);
  });
  return best;
}

/** A number from `low` to less than `high`, with no more digits than it takes. */
function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  for (let digits = 2; digits < 15; digits += 1) {
    const short = Number(middle.toFixed(digits));
    if (short >= low && short < high) return short;
  }
  return middle < high ? middle : low;
}

/** The rows by their scored probability: bins of equal width from 0 to 1. */
export function scoreBins(curve: Curve, count: number): readonly ScoreBin[] {
  const bins = Array.from({ length: count }, () => ({ positives: 0, negatives: 0 }));
  let before = NONE;
  for (const point of curve) {
    const bin = bins[Math.min(count - 1, Math.max(0, Math.floor(point.threshold * count)))];
    if (bin) {
      bin.positives += point.true_positives - before.true_positives;
      bin.negatives += point.false_positives - before.false_positives;
    }
    before = point;
  }
  return bins.map((bin, index) => ({ from: index / count, to: (index + 1) / count, ...bin }));
}

/** A threshold that was typed: from 0 to 1, or null. */
export function readThreshold(text: string): number | null {
  const number = Number(text.replace(",", "."));
  return text.trim() !== "" && number >= 0 && number <= 1 ? number : null;
}
