/** Filters of rows: which a column can have, and how the server reads them. */

import { typeBadge } from "./cells";
import type { Filter, Operator, RowOrder } from "./source";

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
  return `${operator}:${column.replaceAll("%", "%25").replaceAll(":", "%3A")}:${value}`;
}

/** Rows and their order, as an address has them. */
export function orderQuery({ sort, descending, filters }: RowOrder): { sort?: string; descending: boolean; filter: string[] } {
  return { descending, filter: filters.map(filterText), ...(sort !== null && { sort }) };
}

/** The same, written out. */
export function orderText(order: RowOrder): string {
  const { filter, ...others } = orderQuery(order);
  return new URLSearchParams([...Object.entries(others).map(([name, value]) => [name, String(value)]), ...filter.map((one) => ["filter", one])]).toString();
}
