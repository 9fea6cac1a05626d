/** Histograms as bars, in a box of a given size. */

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Box {
  readonly width: number;
  readonly height: number;
  /** Between two bars. */
  readonly gap?: number;
  /** Whether heights grow with the logarithm of the counts. */
  readonly log?: boolean;
}

/** A bar a count, the highest as high as the box; what is not zero is at least a pixel high. */
export function bars(counts: readonly number[], { width, height, gap = 1, log = false }: Box): readonly Bar[] {
  const size = (count: number) => (log ? Math.log10(1 + count) : count);
  const most = size(Math.max(1, ...counts));
  const each = width / Math.max(1, counts.length);
  return counts.map((count, index) => {
    const high = count === 0 ? 0 : Math.max(1, (size(count) / most) * height);
    return { x: index * each + gap / 2, y: height - high, width: Math.max(0.5, each - gap), height: high };
  });
}

/** Neighbours added up, so that there are at most so many counts. */
export function coarser(counts: readonly number[], most: number): readonly number[] {
  const together = Math.ceil(counts.length / most);
  if (together <= 1) return counts;
  return Array.from({ length: Math.ceil(counts.length / together) }, (_, index) =>
    counts.slice(index * together, (index + 1) * together).reduce((sum, count) => sum + count, 0));
}

/** The share of all up to the end of each bin. */
export function cumulative(counts: readonly number[]): readonly number[] {
  const all = counts.reduce((sum, count) => sum + count, 0) || 1;
  let sum = 0;
  return counts.map((count) => (sum += count) / all);
}

/** A path through points. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");
}
