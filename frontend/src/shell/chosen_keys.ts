/** The keys of this browser: the usual ones, and those that a person has chosen instead. */

import { useCallback } from "react";
import { create } from "zustand";
import { kept, store } from "../look/preferences";
import { type ChosenKeys, type KeyMap, keyMap, keyName, keysOf, type Press, readChosenKeys, type Shortcut, shownKey } from "./shortcuts";

interface Keys {
  readonly chosen: ChosenKeys;
  readonly map: KeyMap;
  choose(chosen: ChosenKeys): void;
}

const standing = (chosen: ChosenKeys) => ({ chosen, map: keyMap(chosen) });

export const useKeys = create<Keys>()((set) => {
  // What was changed in a different tab holds here, too.
  window.addEventListener("storage", ({ key, newValue }) => key === "studiolo.keys" && set(standing(readChosenKeys(newValue))));
  return {
    ...standing(readChosenKeys(kept("keys"))),
    choose(chosen) {
      store("keys", JSON.stringify(chosen));
      set(standing(chosen));
    },
  };
});

/** The shortcut of a key that is pressed. */
export function shortcutOf(press: Press): Shortcut | undefined {
  return useKeys.getState().map.get(keyName(press));
}

/** The key of a shortcut as people read it, for tooltips and menus. */
export function useShownKeys(): (shortcut: Shortcut) => string {
  const map = useKeys((keys) => keys.map);
  return useCallback((shortcut) => shownKey(keysOf(map, shortcut)[0] ?? ""), [map]);
}
