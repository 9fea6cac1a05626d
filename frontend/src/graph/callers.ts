/** Web-service parameters: what callers set, by name, each for parameters of nodes. */

import type { Edit } from "./edits";
import { freshName } from "./names";

/** The targets by name, each as `node.parameter`. */
export type CallerNames = Readonly<Record<string, readonly string[]>>;

/** The name by which callers set a parameter; null if they don't. */
export function callerName(names: CallerNames, target: string): string | null {
  return Object.entries(names).find(([, targets]) => targets.includes(target))?.[0] ?? null;
}

/** The edits that let callers set a parameter by a name, or, with null, no longer. */
export function namedForCallers(names: CallerNames, target: string, name: string | null): Edit[] {
  const before = callerName(names, target);
  if (before === name) return [];
  const edits: Edit[] = [];
  if (before !== null) edits.push(edit(names, before, (names[before] ?? []).filter((one) => one !== target)));
  if (name !== null) edits.push(edit(names, name, [...(names[name] ?? []), target]));
  return edits;
}

/** A name that no other parameter has. */
export function freeCallerName(names: CallerNames, parameter: string): string {
  return freshName(parameter, { has: (name) => Object.hasOwn(names, name) });
}

function edit(names: CallerNames, name: string, targets: readonly string[]): Edit {
  return { kind: "set_web_service_parameter", name, targets, before: names[name] ?? [] };
}
