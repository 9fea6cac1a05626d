/** Names for new nodes. */

/** A name that is not taken: the wish itself, or with the next free number. */
export function freshName(wish: string, taken: { has(name: string): boolean }): string {
  if (!taken.has(wish)) return wish;
  const stem = wish.replace(/\d+$/, "").trimEnd() || wish;
  for (let number = 2; ; number += 1) {
    const name = `${stem}${/[\p{L}]$/u.test(stem) && stem.includes(" ") ? " " : ""}${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The name that a node of a module or file wishes for: "split" for "split-data". */
export function wishedName(subject: string): string {
  const stem = subject.replace(/\.[^.]+$/, "").split(/[^\p{L}\p{N}]+/u).filter(Boolean)[0];
  return stem?.toLowerCase() ?? "node";
}
