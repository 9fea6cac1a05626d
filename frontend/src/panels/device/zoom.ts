/** The zoom of a picture: how many pixels of the page one of its own takes, and what stays in its place. */

const STEP = 1.25;
const LEAST = 0.05;
const MOST = 16;
/** Pixels of the page that a side may take; a browser draws no more. */
const LONGEST = 30_000;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The scale at which a picture is as wide as its frame, and never larger than it is. */
export function fitting(picture: Size, frame: number): number {
  return picture.width > 0 && frame > 0 ? Math.min(1, frame / picture.width) : 1;
}

/** The scale some steps further in, or out. */
export function stepped(scale: number, steps: number, picture: Size): number {
  const most = Math.min(MOST, LONGEST / Math.max(1, picture.width, picture.height));
  return Math.min(most, Math.max(Math.min(LEAST, most), scale * STEP ** steps));
}

/** Where a frame is scrolled to, so that what was under a point of it stays there; along one axis. */
export function scrolled(before: number, point: number, scale: number, next: number): number {
  return Math.max(0, ((before + point) * next) / scale - point);
}
