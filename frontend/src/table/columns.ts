/** The columns of a table: how wide they are, and which are in view. */

export interface ColumnPlace {
  readonly left: number;
  readonly width: number;
}

const WIDTHS: Readonly<Record<string, number>> = { numeric: 128, boolean: 112, temporal: 176 };
const OTHERWISE = 168;

export function columnPlaces(kinds: readonly string[]): readonly ColumnPlace[] {
  let left = 0;
  return kinds.map((kind) => {
    const width = WIDTHS[kind] ?? OTHERWISE;
    const place = { left, width };
    left += width;
    return place;
  });
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
