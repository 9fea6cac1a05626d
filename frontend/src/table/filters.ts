/** Filters of rows: which a column can have, and how the server reads them. */

import { typeBadge } from "./cells";
import type { Filter, Operator } from "./source";

const COMPARED: readonly Operator[] = ["eq", "ne", "lt", "le", "gt", "ge"];
const ALWAYS: readonly Operator[] = ["missing", "present"];

/** The filters that a column of a type can have, the likeliest first. */
export function operatorsOf(type: string): readonly Operator[] {
  switch (typeBadge(type)) {
    case "abc":
    case "cat": return ["contains", "eq", "ne", ...ALWAYS];
    case "0|1": return ["eq", "ne", ...ALWAYS];
    case "bin": return ALWAYS;
    default: return [...COMPARED, ...ALWAYS];
  }
}

export function needsValue(operator: Operator): boolean {
  return !ALWAYS.includes(operator);
}

/** As it is written in an address. */
export function filterText({ column, operator, value }: Filter): string {
  return `${operator}:${column.replaceAll(":", "%3A")}:${value}`;
}
