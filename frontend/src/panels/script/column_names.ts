/** Which columns a name in a script stands for: an argument of `azureml_main`, or what was made of one. */

import type { Column } from "../../api/scripts";

/** By argument, in order; null where they are not known. */
export type ColumnsOfArguments = readonly (readonly Column[] | null)[];

const ENTRY = /^def[ \t]+azureml_main[ \t]*\(([^)]*)\)/gm;
/** A frame with the columns of another one: itself, or rows of it. */
const SAME_COLUMNS = "(?:\\.(?:copy|dropna|fillna|drop_duplicates|sort_values|sort_index|reset_index|head|tail|sample|query|replace)\\([^\\n]*\\))*";
const LONGEST_CHAIN = 10;

/** The columns of a name before a place in a script; null if it is not a known frame. */
export function columnsOf(name: string, before: string, given: ColumnsOfArguments): readonly Column[] | null {
  let source = name;
  const names = new Set([name]);
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const place = argumentsOf(before).indexOf(source);
    if (place >= 0) {
      const known = given[place];
      return known ? [...known, ...added(names.add(source), before, known)] : null;
    }
    const from = assignedFrom(source, before);
    if (from === null || names.has(from)) return null;
    names.add(from);
    source = from;
  }
  return null;
}

function argumentsOf(script: string): string[] {
  const [found] = [...script.matchAll(ENTRY)].slice(-1);
  return (found?.[1] ?? "").split(",").map((one) => /^\s*([\p{L}_][\p{L}\p{N}_]*)/u.exec(one)?.[1] ?? "");
}

function assignedFrom(name: string, before: string): string | null {
  const assigned = new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*([\\p{L}_][\\p{L}\\p{N}_]*)${SAME_COLUMNS}[ \\t]*(?:#.*)?$`, "gmu");
  return [...before.matchAll(assigned)].at(-1)?.[1] ?? null;
}

/** Columns that the script adds: `frame["new"] = …`. */
function added(names: ReadonlySet<string>, before: string, known: readonly Column[]): Column[] {
  const there = new Set(known.map((column) => column.name));
  const found: Column[] = [];
  for (const [, name, column] of before.matchAll(/([\p{L}_][\p{L}\p{N}_]*)\[["']([^"'\n]+)["']\][ \t]*=[^=]/gu)) {
    if (name === undefined || column === undefined || !names.has(name) || there.has(column)) continue;
    there.add(column);
    found.push({ name: column, type: "" });
  }
  return found;
}
