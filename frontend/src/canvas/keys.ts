/** The keys of the canvas. */

import type { ReactFlowInstance } from "@xyflow/react";
import { useEffect } from "react";
import { alongWire, neighbour } from "../graph/order";
import { isTyping } from "../shell/commands";
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

/** The name of a pressed key with its modifiers: "Ctrl Shift Z", "Alt ArrowUp", "a". On a Mac, Cmd is Ctrl. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const letter = event.key.length === 1;
  const key = letter ? event.key.toLowerCase() : event.key;
  const shifted = event.shiftKey && (!letter || /^[a-z0-9]$/.test(key));
  return [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shifted && "Shift", key].filter(Boolean).join(" ");
}

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
    const keys: Readonly<Record<string, () => unknown>> = {
      a: acts.add,
      "/": () => document.dispatchEvent(new Event("studiolo:palette")),
      c: acts.connect,
      x: acts.cut,
      o: acts.outline,
      "[": () => withPort(-1),
      "]": () => withPort(1),
      ContextMenu: () => openMenu(),
      "Shift F10": () => openMenu(),
      m: () => document.dispatchEvent(new Event("studiolo:comment")),
      v: acts.look,
      " ": acts.look,
      Enter: acts.open,
      "Alt ArrowUp": () => along("up"),
      "Alt ArrowDown": () => along("down"),
      "Ctrl z": () => experiment.undo(),
      "Ctrl Shift z": () => experiment.redo(),
      "Ctrl y": () => experiment.redo(),
      "Ctrl c": () => copy(experiment),
      "Ctrl x": () => copy(experiment).then(() => remove(experiment)),
      "Ctrl v": () => pasteClipboard(experiment),
      "Ctrl d": () => duplicate(experiment),
      "Ctrl a": () => select(use.getState().graph.nodes.keys()),
      Delete: () => remove(experiment),
      Backspace: () => remove(experiment),
      Escape: () => select([]),
      "Shift t": acts.tidy,
      "Shift 1": () => flow.fitView({ maxZoom: 1, padding: 0.12 }),
      "!": () => flow.fitView({ maxZoom: 1, padding: 0.12 }),
      "Shift 2": () => flow.fitView({ nodes: [...use.getState().selected].map((id) => ({ id })), maxZoom: 1, padding: 0.3 }),
      "@": () => flow.fitView({ nodes: [...use.getState().selected].map((id) => ({ id })), maxZoom: 1, padding: 0.3 }),
      "+": () => flow.zoomIn(),
      "=": () => flow.zoomIn(),
      "-": () => flow.zoomOut(),
      "0": () => flow.zoomTo(1),
    };
    /** Keys that work wherever the focus is. */
    const anywhere: Readonly<Record<string, () => unknown>> = {
      "Ctrl f": acts.find,
      "Ctrl Enter": acts.run,
      "Ctrl Shift Enter": acts.runSelected,
      "Alt Enter": acts.runUpTo,
      "Ctrl .": acts.stop,
      F8: () => acts.failed(1),
      "Shift F8": () => acts.failed(-1),
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest?.("[role='dialog'], [role='menu']")) return;
      const name = keyName(event);
      const everywhere = anywhere[name];
      if (everywhere) {
        event.preventDefault();
        everywhere();
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
      // Enter and Space press a button that has the focus.
      if ((name === "Enter" || name === " ") && !onNode) return;
      const act = keys[name];
      if (!act || (event.ctrlKey && window.getSelection()?.toString() && name === "Ctrl c")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [experiment, flow, acts]);
}
