/** The columns of a table: how wide they are, and which are in view. */

import type { Column } from "./source";

export interface ColumnPlace {
  readonly left: number;
  readonly width: number;
}

/** In pixels: what most values of a type need, and the share of missing ones in the header. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/^(u?int|float|double|halffloat|decimal|bool)/, 136],
  [/^date/, 172],
  [/^timestamp.*tz=/, 264],
  [/^timestamp/, 184],
];
const OTHERWISE = 168;
const MOST = 264;
/** The header beside a line of a name: its edges, and the button that sorts. */
const BESIDE_NAME = 42;
const NAME_LINES = 2;
const SHOWN_OF_NAME = 200;

export function columnPlaces(columns: readonly Column[]): readonly ColumnPlace[] {
  let left = 0;
  return columns.map(({ name, type }) => {
    const usual = WIDTHS.find(([types]) => types.test(type))?.[1] ?? OTHERWISE;
    const width = Math.max(usual, Math.min(MOST, Math.ceil(nameWidth(name)) + BESIDE_NAME));
    const place = { left, width };
    left += width;
    return place;
  });
}

/** The parts of a name between which a line may break: `mean_`, `pressure`. */
export function nameParts(name: string): readonly string[] {
  return name.slice(0, SHOWN_OF_NAME).split(/(?<=[\s_.,:;/\\)\]-])(?=[^\s_.,:;/\\)\]-])|(?<=\p{Ll})(?=\p{Lu})/u);
}

/** About how wide a name is on two lines, as its header has it. */
function nameWidth(name: string): number {
  const parts = nameParts(name).map(textWidth);
  const whole = parts.reduce((sum, part) => sum + part, 0);
  const longest = Math.max(...parts);
  return whole <= longest ? whole : Math.max(longest, whole / NAME_LINES + longest / 3);
}

function textWidth(text: string): number {
  let width = 0;
  // Of the interface's font at 12 pixels, half bold.
  for (const letter of text) width += letter > "\u2e7f" ? 12.5 : /[\p{Lu}mw@%]/u.test(letter) ? 9 : 7.2;
  return width;
}

export function columnsWidth(places: readonly ColumnPlace[]): number {
  const last = places.at(-1);
  return last ? last.left + last.width : 0;
}

/** The first column in view and the one after the last, of those between two edges. */
export function columnsInView(places: readonly ColumnPlace[], left: number, right: number): readonly [number, number] {
  const from = firstThat(places, (place) => place.left + place.width > left);
  return [from, Math.max(from, firstThat(places, (place) => place.left >= right))];
}

/** Where to scroll so that a column is in view, as near as possible to where it is now. */
export function leftThatShows(places: readonly ColumnPlace[], left: number, view: number, column: number): number {
  const place = places[column];
  if (!place) return left;
  if (place.left < left) return place.left;
  return Math.max(left, place.left + place.width - view);
}

/** The first place for which something holds that holds for all after it. */
function firstThat(places: readonly ColumnPlace[], holds: (place: ColumnPlace) => boolean): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = places[middle];
    if (place && holds(place)) high = middle;
    else low = middle + 1;
  }
  return low;
}
