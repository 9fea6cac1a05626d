/** Typed texts as the values of web-service parameters. */

import type { ServiceParameter } from "../../api/services";

/** Those that were typed, as JSON has them; the server refuses what a parameter can't be. */
export function parameterValues(parameters: readonly ServiceParameter[], typed: Readonly<Record<string, string>>): Record<string, string | number | boolean> {
  const values: Record<string, string | number | boolean> = {};
  for (const { name, kind } of parameters) {
    const text = typed[name];
    if (text === undefined) continue;
    const number = Number(text);
    if (kind === "boolean") values[name] = text === "true";
    else if ((kind === "integer" || kind === "number") && text.trim() !== "" && Number.isFinite(number)) values[name] = number;
    else values[name] = text;
  }
  return values;
}
