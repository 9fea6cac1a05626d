/** Pages of rows: what is asked of the server at a time. */

const CELLS = 20_000;
const MOST_ROWS = 200;
const LEAST_ROWS = 20;

/** How many rows a page has: the fewer, the more columns there are. */
export function pageLength(columns: number): number {
  return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(CELLS / Math.max(1, columns))));
}

/** The pages that hold the rows from one to before another. */
export function pagesOf(from: number, to: number, length: number): readonly number[] {
  const first = Math.floor(from / length);
  const last = Math.floor(Math.max(from, to - 1) / length);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
