/** The figures of a service, as people read them; and shares of traffic. */

import type { Schemas } from "../../api/client";

export interface Figures {
  readonly requests: number;
  readonly failed: number;
  /** In seconds; null before the first request. */
  readonly mean: number | null;
}

type Counted = Pick<Schemas["FiguresDocument"], "endpoint" | "version" | "requests" | "outcomes" | "seconds">;

/** Of one version, or of all of an endpoint together. */
export function figuresOf(all: readonly Counted[], endpoint: string, version?: number): Figures {
  const counted = all.filter((one) => one.endpoint === endpoint && (version === undefined || one.version === version));
  const requests = sum(counted.map((one) => one.requests));
  const succeeded = sum(counted.map((one) => one.outcomes.succeeded ?? 0));
  return { requests, failed: requests - succeeded, mean: requests > 0 ? sum(counted.map((one) => one.seconds)) / requests : null };
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
