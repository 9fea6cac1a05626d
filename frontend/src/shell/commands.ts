/** What can be done on the page that is open: for the palette, and by key. */

import { useEffect } from "react";
import { create } from "zustand";
import { nextPane } from "./panes";

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

/** The keys that work on every page. */
export function globalKeys(event: KeyboardEvent): void {
  const { show } = useCommands.getState();
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    show("palette");
  } else if (event.key === "?" && !isTyping(event)) {
    event.preventDefault();
    show("keys");
  } else if (event.key === "F6" && !(event.target as HTMLElement | null)?.closest?.("[role='dialog']")) {
    event.preventDefault();
    nextPane(event.shiftKey ? -1 : 1);
  }
}
