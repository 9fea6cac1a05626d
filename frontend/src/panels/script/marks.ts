/** The marks in a script: where the last run failed, and what the language server finds. */

import { type Diagnostic, forEachDiagnostic, setDiagnostics } from "@codemirror/lint";
import type { EditorState } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

const LAST_RUN = "run";

/** Mark the place of the last run's failure; null takes the mark away. */
export function markLastRun(view: EditorView, problem: { readonly from: number; readonly to: number; readonly message: string } | null): void {
  const own: Diagnostic[] = problem ? [{ ...problem, severity: "error", source: LAST_RUN }] : [];
  view.dispatch(setDiagnostics(view.state, [...marksOf(view.state, (source) => source !== LAST_RUN), ...own]));
}

/** Mark what the language server finds now, in the place of what it found before. */
export function markFindings(view: EditorView, findings: readonly Diagnostic[]): void {
  view.dispatch(setDiagnostics(view.state, [...marksOf(view.state, (source) => source === LAST_RUN), ...findings]));
}

/** The marks of a source where they are now, after edits. */
function marksOf(state: EditorState, wanted: (source: string | undefined) => boolean): Diagnostic[] {
  const found: Diagnostic[] = [];
  forEachDiagnostic(state, (mark, from, to) => {
    if (wanted(mark.source)) found.push({ ...mark, from, to });
  });
  return found;
}
