/** The labels of the library's modules. */

import { korean } from "./words";

/** What the library calls something, in the chosen language; a module of one's own is taken at its word. */
export function said(english: string): string {
  return korean()?.labels[english] ?? english;
}
