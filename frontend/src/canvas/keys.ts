/** The keys of the canvas. */

import type { ReactFlowInstance } from "@xyflow/react";
import { useEffect } from "react";
import { alongWire, neighbour } from "../graph/order";
import { shortcutOf } from "../shell/chosen_keys";
import { isNeededThere, isTyping } from "../shell/commands";
import type { Shortcut } from "../shell/shortcuts";
import { chosenPort, stepPort } from "./chosen_port";
import type { Experiment } from "./experiment";
import { copy, duplicate, move, pasteClipboard, remove } from "./gestures";

/** What the page does for keys that are not the canvas's own. */
export interface CanvasActs {
  add(): void;
  find(): void;
  connect(): void;
  cut(): void;
  open(): void;
  look(): void;
  tidy(): void;
  run(): void;
  runSelected(): void;
  runUpTo(): void;
  stop(): void;
  runFrom(): void;
  runAgain(): void;
  /** Sets a web service up, or publishes an experiment that says what its service returns. */
  serve(): void;
  why(node: string): void;
  lookAt(node: string, port?: string): void;
  go(node: string): void;
  failed(step: 1 | -1): void;
  /** Opens the menu of an output. */
  port(node: string, port: string): void;
  outline(): void;
}

type Flow = Pick<ReactFlowInstance, "fitView" | "zoomIn" | "zoomOut" | "zoomTo">;

const NEAR = 16;
const FAR = 64;
const ARROWS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What other parts of a page do. */
type Elsewhere = "palette" | "keys" | "nextPane" | "previousPane" | "search" | "row";

/** Shortcuts that work wherever the focus is, other than in a dialog. */
const ANYWHERE: ReadonlySet<Shortcut> = new Set<Shortcut>(["find", "run", "runSelected", "runUpTo", "stop", "nextFailed", "previousFailed"]);

export function useCanvasKeys(experiment: Experiment, flow: Flow, acts: CanvasActs): void {
  useEffect(() => {
    const { select, use } = experiment;
    const one = () => [...use.getState().selected].at(-1) ?? null;
    const focus = (name: string | null) => {
      if (name === null) return;
      select([name]);
      document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(name)}"]`)?.focus();
      void flow.fitView({ nodes: [{ id: name }], maxZoom: 1, minZoom: 0.7, duration: 0 });
    };
    const along = (way: "up" | "down") => {
      const from = one();
      focus(from === null ? neighbour(use.getState().graph, null, 1) : alongWire(use.getState().graph, from, way));
    };
    const withPort = (step: 1 | -1) => {
      const node = use.getState().graph.nodes.get(one() ?? "");
      if (node) stepPort(node, step);
    };
    const openMenu = () => {
      const node = use.getState().graph.nodes.get(one() ?? "");
      const port = node && (chosenPort(node.name) ?? node.outputs[0]?.name);
      if (node && port !== undefined) acts.port(node.name, port);
    };
    const fitTo = (nodes?: { id: string }[]) => flow.fitView({ maxZoom: 1, ...(nodes ? { nodes, padding: 0.3 } : { padding: 0.12 }) });
    const deeds: Readonly<Record<Exclude<Shortcut, Elsewhere>, () => unknown>> = {
      add: acts.add,
      connect: acts.connect,
      cut: acts.cut,
      outline: acts.outline,
      previousPort: () => withPort(-1),
      nextPort: () => withPort(1),
      portMenu: openMenu,
      comment: () => document.dispatchEvent(new Event("studiolo:comment")),
      look: acts.look,
      open: acts.open,
      up: () => along("up"),
      down: () => along("down"),
      undo: () => experiment.undo(),
      redo: () => experiment.redo(),
      copy: () => copy(experiment),
      cutNodes: () => copy(experiment).then(() => remove(experiment)),
      paste: () => pasteClipboard(experiment),
      duplicate: () => duplicate(experiment),
      selectAll: () => select(use.getState().graph.nodes.keys()),
      remove: () => remove(experiment),
      tidy: acts.tidy,
      fit: () => fitTo(),
      fitSelection: () => fitTo([...use.getState().selected].map((id) => ({ id }))),
      zoomIn: () => flow.zoomIn(),
      zoomOut: () => flow.zoomOut(),
      actualSize: () => flow.zoomTo(1),
      find: acts.find,
      run: acts.run,
      runSelected: acts.runSelected,
      runUpTo: acts.runUpTo,
      stop: acts.stop,
      nextFailed: () => acts.failed(1),
      previousFailed: () => acts.failed(-1),
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest?.("[role='dialog'], [role='menu']")) return;
      const shortcut = shortcutOf(event);
      const deed = shortcut && (deeds as Partial<Record<Shortcut, () => unknown>>)[shortcut];
      if (deed && ANYWHERE.has(shortcut) && !isNeededThere(event)) {
        event.preventDefault();
        deed();
        return;
      }
      if (isTyping(event)) {
        if (event.key === "Escape") document.querySelector<HTMLElement>(".canvas")?.focus();
        return;
      }
      const onNode = target.closest?.(".react-flow__node") || target === document.body || target.classList.contains("canvas");
      const arrow = ARROWS[event.key];
      if (arrow && !event.altKey && !event.ctrlKey && onNode && use.getState().selected.size > 0) {
        const far = event.shiftKey ? FAR : NEAR;
        event.preventDefault();
        move(experiment, { x: arrow.x * far, y: arrow.y * far });
        return;
      }
      if (event.key === "Escape") {
        event.preventDefault();
        select([]);
        return;
      }
      if (!deed || isNeededThere(event) || (shortcut === "copy" && (event.ctrlKey || event.metaKey) && window.getSelection()?.toString())) return;
      event.preventDefault();
      deed();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [experiment, flow, acts]);
}
