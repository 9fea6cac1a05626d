/** The cells and columns of a dataset as people read them. */

import { briefFigure, figure } from "../words/words";

/** As JSON has it; what a JavaScript number can't hold exactly is text. */
export type Cell = boolean | number | string | null;

/** The badge of a type: what its values look like. */
export function typeBadge(type: string) {
  if (/^u?int/.test(type)) return "123";
  if (/^(float|double|halffloat|decimal)/.test(type)) return "1.5";
  if (type.startsWith("bool")) return "0|1";
  if (/^(categor|dictionary)/.test(type)) return "cat";
  if (type.startsWith("duration")) return "dur";
  if (/^(date|time)/.test(type)) return "date";
  if (type.includes("binary")) return "bin";
  return "abc";
}

const KINDS = { "123": "integer", "1.5": "number", "0|1": "boolean", cat: "category", dur: "duration", bin: "binary", abc: "text" } as const;

/** A type by the name that people have for it. */
export function typeKind(type: string) {
  const badge = typeBadge(type);
  if (badge !== "date") return KINDS[badge];
  return type.startsWith("timestamp") ? "timestamp" : type.startsWith("time") ? "time" : "date";
}

/** Whether the cells of a column are numbers, which are read from the right. */
export function isNumeric(type: string): boolean {
  return ["123", "1.5"].includes(typeBadge(type));
}

/** A cell's whole text, as it is copied; null is a missing value. */
export function cellText(cell: Cell): string | null {
  return cell === null ? null : String(cell);
}

const MOST_SHOWN = 400;

/** What of a cell is shown in the table. */
export function shownCell(cell: Cell): string | null {
  // A million characters on one line stop a browser, although only some of them are seen.
  return cellText(cell)?.slice(0, MOST_SHOWN).replaceAll(/\r\n|[\n\r]/g, "⏎") ?? null;
}

/** A value of the statistics: numbers short, everything else as it is. */
export function shownValue(value: Cell | undefined, nothing = "–"): string {
  if (value === null || value === undefined) return nothing;
  return typeof value === "number" ? figure(value) : String(value);
}

/** The ends of a column's values, in the little room of its header. */
export function shownEnds(low: Cell, high: Cell): readonly [string, string] {
  const day = (end: Cell) => /^-?\d+-\d\d-\d\dT/.exec(String(end))?.[0].slice(0, -1);
  // Times on different days differ by their days already.
  if (day(low) !== undefined && day(low) !== day(high)) return [day(low) ?? "", day(high) ?? ""];
  const brief = (end: Cell) => (typeof end === "number" || /^-?\d+(\.\d+)?$/.test(String(end)) ? briefFigure(Number(end)) : shownValue(end));
  return [brief(low), brief(high)];
}
