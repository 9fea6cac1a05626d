/** What a person has chosen in this browser. */

/** The choice that was kept under a name, if it is still one of the allowed. */
export function stored<Choice extends string>(name: string, allowed: readonly Choice[], otherwise: Choice): Choice {
  const found = kept(name);
  return allowed.find((choice) => choice === found) ?? otherwise;
}

/** A number that was kept under a name, such as the width of a pane, kept within its bounds. */
export function storedNumber(name: string, least: number, most: number, otherwise: number): number {
  const found = Number(kept(name));
  return found > 0 ? Math.min(most, Math.max(least, found)) : otherwise;
}

/** What was kept under a name. It may have been changed by hand, or by a different version. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`studiolo.${name}`);
  } catch {
    // A browser may keep nothing for this site.
    return null;
  }
}

export function store(name: string, choice: string | number): void {
  try {
    localStorage.setItem(`studiolo.${name}`, String(choice));
  } catch {
    // The choice holds until the page is closed.
  }
}
