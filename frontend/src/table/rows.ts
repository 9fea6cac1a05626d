/**
 * The rows of a table that are in view. A browser can't make an element as high as a million rows are
 * (Chromium stops at 33 million pixels, Firefox at 17 million), so above a limit the scrolled element
 * is lower than the rows are, and each of its pixels stands for more than one of theirs.
 *
 * `top` is always in pixels of the rows: how much of them is above the view.
 */

export interface RowSpace {
  readonly rows: number;
  /** Of each row, in pixels. */
  readonly height: number;
  /** The height of the view, in pixels. */
  readonly view: number;
}

const MOST_PIXELS = 8_000_000;

/** The height of all rows. */
const whole = ({ rows, height }: RowSpace) => rows * height;

/** The height of the element that is scrolled. */
export function scrolledHeight(space: RowSpace): number {
  return Math.min(whole(space), MOST_PIXELS);
}

/** How many pixels of the rows one pixel of the scrolled element stands for. */
export function scale(space: RowSpace): number {
  const way = scrolledHeight(space) - space.view;
  return way > 0 ? Math.max(1, (whole(space) - space.view) / way) : 1;
}

export function bounded(space: RowSpace, top: number): number {
  return Math.max(0, Math.min(top, whole(space) - space.view));
}

export interface RowsInView {
  /** The first and the one after the last, from 0. */
  readonly from: number;
  readonly to: number;
  /** How much of the first is above the view. */
  readonly above: number;
}

export function rowsInView(space: RowSpace, top: number): RowsInView {
  const from = Math.max(0, Math.min(Math.floor(top / space.height), space.rows));
  const to = Math.min(space.rows, Math.ceil((top + space.view) / space.height) + 1);
  return { from, to: Math.max(from, to), above: top - from * space.height };
}

/** How many rows are in view at most, wherever it is scrolled to. */
export function mostInView({ height, view }: RowSpace): number {
  return Math.ceil(view / height) + 2;
}

/** Where to scroll so that a row is in view, as near as possible to where it is now. */
export function topThatShows(space: RowSpace, top: number, row: number): number {
  const begins = row * space.height;
  if (begins < top) return begins;
  const least = begins + space.height - space.view;
  return bounded(space, least > top ? least : top);
}
