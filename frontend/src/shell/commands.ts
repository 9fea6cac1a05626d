/** What can be done on the page that is open: for the palette, and by key. */

import { useEffect } from "react";
import { create } from "zustand";
import { shortcutOf } from "./chosen_keys";
import { nextPane } from "./panes";
import { isFieldKey, keyName, type Shortcut } from "./shortcuts";

export interface Command {
  readonly id: string;
  readonly group: "commands" | "modules" | "nodes" | "pages";
  readonly label: string;
  /** A word or two more, at the right. */
  readonly hint?: string | undefined;
  /** Words that it is found by besides its label. */
  readonly found?: string;
  readonly cannot?: string | false | undefined;
  act(): void;
}

interface Commands {
  readonly shown: "palette" | "keys" | null;
  /** Made when the palette opens. */
  readonly commands: () => readonly Command[];
  show(what: "palette" | "keys" | null): void;
}

export const useCommands = create<Commands>()((set) => ({
  shown: null,
  commands: () => [],
  show: (shown) => set({ shown }),
}));

/** The commands of a page, as long as it is open. */
export function usePageCommands(commands: () => readonly Command[]): void {
  useEffect(() => {
    useCommands.setState({ commands });
    return () => useCommands.setState({ commands: () => [] });
  }, [commands]);
}

/** Whether a key that is pressed belongs to a field or a dialog. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return Boolean(target?.closest?.("input, textarea, select, [contenteditable='true'], [role='dialog'], [role='menu']"));
}

/** Whether what has the focus needs a key that is pressed: a field to type, a button to be pressed. */
export function isNeededThere(event: KeyboardEvent): boolean {
  const name = keyName(event);
  const target = event.target as HTMLElement | null;
  const pressable = target !== document.body && !target?.closest?.(".react-flow__node") && !target?.classList?.contains("canvas");
  return (isTyping(event) && isFieldKey(name)) || (pressable && (name === "Enter" || name === "Space"));
}

/** The keys that work on every page. */
const GLOBAL: Readonly<Partial<Record<Shortcut, () => void>>> = {
  palette: () => useCommands.getState().show("palette"),
  keys: () => useCommands.getState().show("keys"),
  nextPane: () => nextPane(1),
  previousPane: () => nextPane(-1),
};

export function globalKeys(event: KeyboardEvent): void {
  const shortcut = shortcutOf(event);
  const deed = shortcut && GLOBAL[shortcut];
  const inDialog = Boolean((event.target as HTMLElement | null)?.closest?.("[role='dialog']"));
  if (!deed || isNeededThere(event) || (inDialog && shortcut !== "palette")) return;
  event.preventDefault();
  deed();
}

/** A shortcut that leads into a field of the page. */
export function useFieldShortcut(shortcut: Shortcut, field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (shortcutOf(event) !== shortcut || isNeededThere(event)) return;
      event.preventDefault();
      field.current?.select();
      field.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [shortcut, field]);
}
