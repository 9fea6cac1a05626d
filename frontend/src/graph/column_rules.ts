/** A selection of columns as rules that a form can show; the same as in the experiment's file. */

import type { Value } from "./graph";

export type Criterion = "names" | "indices" | "types" | "roles";

export interface ColumnRule {
  readonly include: boolean;
  readonly criterion: Criterion;
  /** Names, types or roles; of positions the one text, such as "1-3, 5". */
  readonly wanted: readonly string[];
}

export interface ColumnRules {
  readonly begin: "all" | "none";
  readonly rules: readonly ColumnRule[];
}

const CRITERIA: readonly string[] = ["names", "indices", "types", "roles"];

/** The rules of a value; null where it has a form that no rules can show. */
export function columnRules(value: Value | undefined): ColumnRules | null {
  if (value === undefined || value === null) return { begin: "none", rules: [] };
  if (value === "all" || value === "none") return { begin: value, rules: [] };
  if (Array.isArray(value)) return { begin: "none", rules: [{ include: true, criterion: "names", wanted: value.map(String) }] };
  if (typeof value !== "object") return null;
  const { begin, rules = [] } = value as { begin?: Value; rules?: Value };
  if ((begin !== "all" && begin !== "none") || !Array.isArray(rules)) return null;
  const read = rules.map(rule);
  return read.some((one) => one === null) ? null : { begin, rules: read as ColumnRule[] };
}

function rule(value: Value): ColumnRule | null {
  const entry = only(value);
  const inner = entry && only(entry[1]);
  if (!entry || !inner || !CRITERIA.includes(inner[0])) return null;
  if (entry[0] !== "include" && entry[0] !== "exclude") return null;
  const wanted = Array.isArray(inner[1]) ? inner[1].map(String) : [String(inner[1])];
  const criterion = inner[0] as Criterion;
  return { include: entry[0] === "include", criterion, wanted: criterion === "indices" ? [wanted.join(", ")] : wanted };
}

/** The one key of a mapping, and its value. */
function only(value: Value): [string, Value] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  return entries.length === 1 ? (entries[0] as [string, Value]) : null;
}

/** The rules without those that name nothing yet. */
export function filledIn({ begin, rules }: ColumnRules): ColumnRules {
  return { begin, rules: rules.filter(({ wanted }) => wanted.length > 0) };
}

/** The value of rules, as short as the file allows. */
export function columnsValue({ begin, rules }: ColumnRules): Value {
  if (rules.length === 0) return begin;
  const [first] = rules;
  if (begin === "none" && rules.length === 1 && first?.include && first.criterion === "names") return [...first.wanted];
  return {
    begin,
    rules: rules.map(({ include, criterion, wanted }) => ({
      [include ? "include" : "exclude"]: { [criterion]: criterion === "indices" ? wanted.join(", ") : [...wanted] },
    })),
  };
}

/** A name as one line, as a field shows it. Names of spreadsheets have line breaks. */
export function lineOf(name: string): string {
  return name.replaceAll(/\r\n|\r|\n/gu, "↵");
}

/** The name that a line means. A name that is known keeps its spaces and line breaks; what else is typed is trimmed. */
export function nameOfLine(line: string, known: readonly string[]): string {
  const named = (text: string) => known.find((name) => lineOf(name) === text);
  return named(line) ?? named(line.trim()) ?? line.trim();
}

/** The names of a text that has one on each line. */
export function namesOfLines(text: string, known: readonly string[]): readonly string[] {
  return text.split("\n").map((line) => nameOfLine(line, known)).filter(Boolean);
}
