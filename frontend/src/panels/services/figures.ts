/** The figures of a service, as people read them; and shares of traffic. */

import type { Schemas } from "../../api/client";

export interface Figures {
  readonly requests: number;
  readonly failed: number;
  /** Codes of errors and how often each was, the most frequent first. */
  readonly errors: readonly (readonly [string, number])[];
  /** Seconds within which half of the requests were answered; null before the first one. */
  readonly median: number | null;
  /** The same for 95 of 100. */
  readonly slow: number | null;
}

type Counted = Pick<Schemas["FiguresDocument"], "endpoint" | "version" | "requests" | "outcomes" | "durations">;
export interface AllCounted {
  readonly bounds: readonly number[];
  readonly figures: readonly Counted[];
}

const SUCCEEDED = "succeeded";

/** Of one version, or of all of an endpoint together. */
export function figuresOf(all: AllCounted | undefined, endpoint: string, version?: number): Figures {
  const { bounds, figures } = all ?? { bounds: [], figures: [] };
  const counted = figures.filter((one) => one.endpoint === endpoint && (version === undefined || one.version === version));
  const outcomes = new Map<string, number>();
  for (const one of counted) for (const [code, count] of Object.entries(one.outcomes)) outcomes.set(code, (outcomes.get(code) ?? 0) + count);
  const errors = [...outcomes].filter(([code]) => code !== SUCCEEDED).toSorted(([, one], [, two]) => two - one);
  const durations = counted.reduce<readonly number[]>((total, one) => one.durations.map((count, at) => count + (total[at] ?? 0)), []);
  return {
    requests: sum(counted.map((one) => one.requests)),
    failed: sum(errors.map(([, count]) => count)),
    errors,
    median: within(bounds, durations, 0.5),
    slow: within(bounds, durations, 0.95),
  };
}

/** The bound within which a part of the requests was answered; null if there is none, or no request. */
function within(bounds: readonly number[], durations: readonly number[], part: number): number | null {
  const all = sum(durations);
  let so_far = 0;
  for (const [at, count] of durations.entries()) {
    so_far += count;
    if (all > 0 && so_far >= all * part) return bounds[at] ?? null;
  }
  return null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The shares of traffic by version number; they are written as "v3" in the document. */
export function weightsOf(traffic: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(traffic).map(([version, part]) => [version.replace(/^v/, ""), part]));
}

export function addUp(weights: Readonly<Record<string, number>>): boolean {
  const parts = Object.values(weights);
  return parts.every((part) => Number.isInteger(part) && part >= 0) && sum(parts) === 100;
}
