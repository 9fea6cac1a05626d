/** The panes of a page, from one to the next by F6. */

const PANES = ".rail, .topbar, .pane, .canvas, .page, .scriptpane, .strip";
const FOCUSABLE = "a[href], button, input:not([type='file']), select, textarea, [tabindex]:not([tabindex='-1'])";

/** What had the focus when a pane was left, by pane. */
const left = new WeakMap<Element, HTMLElement>();

/** Give the focus to the next pane: to what had it there, or to the first thing that takes it. */
export function nextPane(step: 1 | -1): void {
  const focused = document.activeElement as HTMLElement | null;
  const panes = [...document.querySelectorAll<HTMLElement>(PANES)].filter(({ offsetParent }) => offsetParent !== null);
  const here = panes.findLastIndex((pane) => pane.contains(focused));
  if (here >= 0 && focused) left.set(panes[here] as HTMLElement, focused);
  for (let tries = 1; tries <= panes.length; tries += 1) {
    const from = here < 0 && step < 0 ? 0 : here;
    const pane = panes[(from + step * tries + panes.length * 2) % panes.length] as HTMLElement;
    const before = left.get(pane);
    // On the canvas the selected node is where one was.
    const target = pane.querySelector<HTMLElement>(".react-flow__node.selected")
      ?? (before?.isConnected ? before : null)
      ?? [...pane.querySelectorAll<HTMLElement>(FOCUSABLE)].find((one) => one.offsetParent !== null && !one.classList.contains("grip"))
      ?? (pane.tabIndex >= -1 && pane.hasAttribute("tabindex") ? pane : null);
    if (!target) continue;
    target.focus();
    if (pane.contains(document.activeElement)) return;
  }
}
