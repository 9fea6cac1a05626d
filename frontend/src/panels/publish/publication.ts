/** What the dialog that publishes has to know about services and publications. */

import { isOver, type Keys, type Publication } from "../../api/publishing";

/** What stands for the key in sample programs. */
const KEY = "YOUR-KEY";

/** The name of a service that an experiment is likely to be published as. */
export function suggestedName(experiment: string): string {
  return experiment.replace(/-service$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
}

/** The version that a service gets next; 1 where there is no such service. */
export function nextVersion(services: readonly { readonly name: string; readonly versions: readonly { readonly version: number }[] }[], name: string): number {
  const versions = services.find((one) => one.name === name)?.versions ?? [];
  return Math.max(0, ...versions.map(({ version }) => version)) + 1;
}

/** The newest publication of an experiment that somebody waits for: it goes on, or has keys to show. */
export function goingOn(all: readonly Publication[], experiment: string): Publication | undefined {
  return all.findLast((one) => one.experiment === experiment && (!isOver(one) || one.has_keys));
}

/** A sample program with the key in it, where there is one. */
export function withKey(program: string, keys: Keys): string {
  return keys.primary === undefined ? program : program.replace(KEY, () => keys.primary ?? KEY);
}
