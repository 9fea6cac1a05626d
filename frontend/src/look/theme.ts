/** Light or dark: as chosen, or as the system has it. */

import { create } from "zustand";
import { store, stored } from "./preferences";

export type Theme = "light" | "dark" | "system";

interface Choice {
  readonly theme: Theme;
  /** What is shown, which follows the system where that is chosen. */
  readonly shown: "light" | "dark";
  choose(theme: Theme): void;
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function shownFor(theme: Theme): "light" | "dark" {
  return theme === "system" ? (dark.matches ? "dark" : "light") : theme;
}

function show(theme: Theme): "light" | "dark" {
  const shown = shownFor(theme);
  document.documentElement.dataset.theme = shown;
  return shown;
}

const first: Theme = stored("theme", ["light", "dark", "system"], "system");

export const useTheme = create<Choice>()((set, get) => {
  dark.addEventListener("change", () => set({ shown: show(get().theme) }));
  return {
    theme: first,
    shown: show(first),
    choose(theme) {
      store("theme", theme);
      set({ theme, shown: show(theme) });
    },
  };
});
