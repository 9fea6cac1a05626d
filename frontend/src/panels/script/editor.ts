/**
 * The editor of a script: CodeMirror, in a shadow tree.
 *
 * CodeMirror writes its style sheet by script, which the page's content security policy forbids. In a
 * shadow tree it adopts one instead, which needs no exception.
 */

import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, defaultHighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, rectangularSelection } from "@codemirror/view";
import { COLOURS, LOOK } from "./editor_look";
import { markLastRun } from "./marks";

export interface ScriptEditor {
  /** The text as it is now. */
  readonly text: string;
  /** Take on another text; the cursor stays where it is in the part that did not change. */
  replace(text: string): void;
  /** Mark a line, from 1, with what went wrong there; null takes the mark away. */
  mark(problem: { readonly line: number; readonly message: string } | null): void;
  goTo(line: number): void;
  focus(): void;
  destroy(): void;
}

interface Options {
  readonly host: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
  readonly onRun: () => void;
  /** Help while the script is typed. */
  readonly help: Extension;
}

export function openEditor({ host, text, label, onChange, onSave, onRun, help }: Options): ScriptEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  let replacing = false;
  const state = EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      lintGutter(),
      highlightActiveLineGutter(),
      highlightActiveLine(),
      history(),
      drawSelection(),
      rectangularSelection(),
      indentOnInput(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      bracketMatching(),
      closeBrackets(),
      help,
      search({ top: true }),
      highlightSelectionMatches(),
      python(),
      syntaxHighlighting(COLOURS),
      syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
      LOOK,
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      keymap.of([
        { key: "Mod-s", preventDefault: true, run: () => (onSave(), true) },
        { key: "Mod-Enter", preventDefault: true, run: () => (onRun(), true) },
        ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !replacing) onChange(update.state.doc.toString());
      }),
    ],
  });
  const view = new EditorView({ state, parent: root, root });
  const lineAt = (line: number) => view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  return {
    get text() {
      return view.state.doc.toString();
    },
    replace(next) {
      replacing = true;
      view.dispatch({ changes: changeBetween(view.state.doc.toString(), next) });
      replacing = false;
    },
    mark(problem) {
      const found = problem && { from: lineAt(problem.line).from, to: lineAt(problem.line).to, message: problem.message };
      markLastRun(view, found);
    },
    goTo(line) {
      const { from } = lineAt(line);
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** The change from one text to another: from their first difference to their last. */
function changeBetween(before: string, after: string): { readonly from: number; readonly to: number; readonly insert: string } {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let same = 0;
  while (same < shorter - from && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}
