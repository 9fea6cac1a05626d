/** The cells and columns of a dataset as people read them. */

import { figure } from "../words/words";

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
  return cellText(cell)?.slice(0, MOST_SHOWN) ?? null;
}

/** A value of the statistics: numbers short, everything else as it is. */
export function shownValue(value: Cell | undefined, nothing = "–"): string {
  if (value === null || value === undefined) return nothing;
  return typeof value === "number" ? figure(value) : String(value);
}
