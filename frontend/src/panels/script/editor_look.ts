/** The look of the editor: its colours are those of the page, in both themes. */

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const LOOK = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--panel)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "19px", fontFeatureSettings: '"calt" 0' },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeft: "2px solid var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--ink-3)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 10px 0 16px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent-wash) 45%, transparent)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { backgroundColor: "var(--accent-line) !important" },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--warn-wash)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--hover)", outline: "1px solid var(--edge)" },
  ".cm-panels, .cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--edge)", fontFamily: "var(--font-ui)" },
  ".cm-tooltip": { borderRadius: "6px", boxShadow: "var(--lift)", overflow: "hidden" },
  ".cm-tooltip-autocomplete.cm-tooltip > ul": { fontFamily: "var(--font-mono)", fontSize: "12px", maxHeight: "19em" },
  ".cm-tooltip-autocomplete.cm-tooltip > ul > li": { padding: "3px 10px 3px 6px", lineHeight: "19px", display: "flex", gap: "6px", maxWidth: "min(42rem, 80vw)" },
  ".cm-completionLabel": { flex: "none", maxWidth: "70%", overflow: "hidden", textOverflow: "ellipsis" },
  ".cm-completionDetail": { marginLeft: "auto", paddingLeft: "16px", color: "var(--ink-3)", fontStyle: "normal", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", maxWidth: "28rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700", color: "var(--accent-strong)" },
  ".cm-completionIcon": { flex: "none", opacity: "1", color: "var(--ink-3)", width: "1.2em", paddingRight: "0" },
  ".cm-completionIcon-column": { "&:after": { content: "'▥'" } },
  ".cm-documentation": { maxWidth: "min(44rem, 80vw)", maxHeight: "22rem", overflow: "auto", padding: "6px 10px" },
  ".cm-documentation pre": { margin: "0", fontFamily: "var(--font-mono)", fontSize: "12px", lineHeight: "18px", whiteSpace: "pre-wrap" },
  ".cm-documentation p": { margin: "8px 0 2px", fontSize: "12.5px", lineHeight: "18px", whiteSpace: "pre-wrap" },
  ".cm-lsp-signature-tooltip.cm-tooltip": { borderRadius: "6px", maxWidth: "min(44rem, 80vw)", maxHeight: "9rem", overflowY: "auto", padding: "4px 8px" },
  ".cm-lsp-signature-tooltip .cm-lsp-signature": { fontFamily: "var(--font-mono)", fontSize: "12px" },
  ".cm-lsp-signature-tooltip .cm-lsp-active-parameter": { color: "var(--accent-strong)", fontWeight: "700" },
  ".cm-tooltip-autocomplete.cm-tooltip > ul > li[aria-selected]": { backgroundColor: "var(--accent-wash)", color: "var(--ink)" },
  ".cm-textfield, .cm-button": { background: "var(--panel)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "5px", fontFamily: "var(--font-ui)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-diagnostic": { fontSize: "12.5px", whiteSpace: "pre-wrap", maxWidth: "min(44rem, 80vw)", padding: "4px 8px" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warn)" },
  ".cm-diagnostic-info": { borderLeft: "3px solid var(--accent)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
  ".cm-lintRange-info": { backgroundImage: "none", textDecoration: "underline dotted var(--ink-3)" },
  ".cm-lint-marker-warning, .cm-lint-marker-info": { content: "none", width: "9px", height: "9px", borderRadius: "50%", backgroundColor: "var(--warn)", marginTop: "5px" },
  ".cm-lint-marker-info": { backgroundColor: "var(--ink-3)" },
  ".cm-lint-marker-error": { content: "none", width: "9px", height: "9px", borderRadius: "3px", backgroundColor: "var(--bad)", marginTop: "5px" },
});

export const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword], color: "var(--code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-str)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-num)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className, tags.definition(tags.typeName)], color: "var(--code-def)" },
  { tag: [tags.comment, tags.docComment], color: "var(--code-note)", fontStyle: "italic" },
]);
