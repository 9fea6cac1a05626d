/** What differs between two runs, as the lists that a page shows. */

import type { Comparison, NodeComparison } from "../../api/runs";

export interface Before {
  readonly before: unknown;
  readonly after: unknown;
}

export interface NodeChange extends Before {
  readonly node: string;
  /** A parameter, an input or a setting by its name; or a kind of the words. */
  readonly what: string;
  readonly kind: "parameter" | "input" | "setting" | "fact";
}

export interface ScriptChange {
  readonly node: string;
  readonly lines: readonly DiffLine[];
}

export interface DiffLine {
  readonly kind: "added" | "removed" | "same" | "place";
  readonly text: string;
}

export interface TableChange {
  readonly node: string;
  readonly port: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly types: readonly (readonly [string, Before])[];
  readonly rows: Before | null;
  readonly cells: readonly { readonly name: string; readonly cells: number; readonly first: readonly { readonly row: number; readonly before: string | null; readonly after: string | null }[] }[];
  readonly bytes: Before | null;
}

const FACTS = ["what", "content", "environment", "state"] as const;

function differing(comparison: Comparison): readonly (readonly [string, NodeComparison])[] {
  return Object.entries(comparison.nodes).filter(([, node]) => node.differs);
}

/** Everything that a person may have changed, and the states that came of it. */
export function nodeChanges(comparison: Comparison): readonly NodeChange[] {
  return differing(comparison).flatMap(([node, found]) => [
    ...named(node, "parameter", found.parameters),
    ...named(node, "input", found.inputs),
    ...named(node, "setting", found.settings),
    ...FACTS.flatMap((what): NodeChange[] => {
      const change = found[what];
      return change ? [{ node, what, kind: "fact", before: change.before, after: change.after }] : [];
    }),
  ]);
}

function named(node: string, kind: NodeChange["kind"], changes: Readonly<Record<string, { before?: unknown; after?: unknown }>>): NodeChange[] {
  return Object.entries(changes).map(([what, { before, after }]) => ({ node, what, kind, before, after }));
}

export function scriptChanges(comparison: Comparison): readonly ScriptChange[] {
  return differing(comparison).flatMap(([node, { script }]) => (script ? [{ node, lines: diffLines(script.diff) }] : []));
}

/** The lines of a `diff -u`, without the names of its files. */
export function diffLines(diff: string): readonly DiffLine[] {
  return diff.split("\n").filter((line, index) => line !== "" && !(index < 2 && /^(---|\+\+\+) /.test(line))).map((line) => {
    if (line.startsWith("@@")) return { kind: "place", text: line };
    const text = line.slice(1);
    return { kind: line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same", text };
  });
}

export function tableChanges(comparison: Comparison): readonly TableChange[] {
  return differing(comparison).flatMap(([node, { results }]) =>
    Object.entries(results).map(([port, { table, bytes }]): TableChange => ({
      node,
      port,
      added: table?.added ?? [],
      removed: table?.removed ?? [],
      types: Object.entries(table?.types ?? {}).map(([name, { before, after }]) => [name, { before, after }] as const),
      rows: table?.rows ? { before: table.rows.before, after: table.rows.after } : null,
      cells: table?.cells ?? [],
      bytes: bytes ? { before: bytes.before, after: bytes.after } : null,
    })));
}

/** A value of any kind on one line. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 500);
}
