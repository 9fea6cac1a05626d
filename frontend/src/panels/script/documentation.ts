/** Documentation of a name as elements of the page. It may be a stranger's: all of it is set as text. */

import { pythonLanguage } from "@codemirror/lang-python";
import { highlightCode } from "@lezer/highlight";
import { COLOURS } from "./editor_look";

const FENCE = /^```[\w-]*\n([\s\S]*?)^```$/gm;

/** Code in fences, with its colours, and paragraphs of plain text between. */
export function documentation(markdown: string): HTMLElement {
  const shown = document.createElement("div");
  shown.className = "cm-documentation";
  // For the keyboard, where it is longer than its place.
  shown.tabIndex = 0;
  let done = 0;
  for (const fence of markdown.matchAll(FENCE)) {
    addText(shown, markdown.slice(done, fence.index));
    shown.append(code(fence[1] ?? ""));
    done = fence.index + fence[0].length;
  }
  addText(shown, markdown.slice(done));
  return shown;
}

function addText(shown: HTMLElement, text: string): void {
  const lines = text.split("\n").map((line) => (line.trim() === "---" ? "" : line.trimEnd()));
  const whole = lines.join("\n").replaceAll(/\n{3,}/g, "\n\n").trim();
  if (whole === "") return;
  const paragraph = document.createElement("p");
  paragraph.textContent = whole;
  shown.append(paragraph);
}

function code(text: string): HTMLElement {
  const block = document.createElement("pre");
  const source = text.trimEnd().replaceAll(/ {2,}(?=[:=])/g, " ");
  const put = (part: string, classes: string) => {
    if (!classes) return block.append(part);
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = part;
    block.append(span);
  };
  highlightCode(source, pythonLanguage.parser.parse(source), COLOURS, put, () => block.append("\n"));
  return block;
}
