/** The shortcuts of the keyboard: what keys do, which keys those are, and which other ones a person can choose. */

/** The keys of each shortcut until a person chooses a different one. The first is the one that buttons and menus show. */
const USUAL = {
  palette: ["Ctrl k"],
  keys: ["?"],
  nextPane: ["F6"],
  previousPane: ["Shift F6"],
  search: ["/"],
  row: ["Ctrl g"],
  add: ["a"],
  connect: ["c"],
  cut: ["x"],
  open: ["Enter"],
  look: ["v", "Space"],
  comment: ["m"],
  up: ["Alt ArrowUp"],
  down: ["Alt ArrowDown"],
  previousPort: ["["],
  nextPort: ["]"],
  portMenu: ["Shift F10", "ContextMenu"],
  outline: ["o"],
  find: ["Ctrl f"],
  tidy: ["Shift t"],
  undo: ["Ctrl z"],
  redo: ["Ctrl Shift z", "Ctrl y"],
  copy: ["Ctrl c"],
  cutNodes: ["Ctrl x"],
  paste: ["Ctrl v"],
  duplicate: ["Ctrl d"],
  remove: ["Delete", "Backspace"],
  selectAll: ["Ctrl a"],
  fit: ["Shift 1"],
  fitSelection: ["Shift 2"],
  zoomIn: ["+", "="],
  zoomOut: ["-"],
  actualSize: ["0"],
  run: ["Ctrl Enter"],
  runSelected: ["Ctrl Shift Enter"],
  runUpTo: ["Alt Enter"],
  stop: ["Ctrl ."],
  nextFailed: ["F8"],
  previousFailed: ["Shift F8"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Shortcut = keyof typeof USUAL;

/** In the order of the list of keys. */
export const SHORTCUTS = Object.keys(USUAL) as readonly Shortcut[];

/** The keys that a person has chosen instead of the usual ones. */
export type ChosenKeys = Readonly<Partial<Record<Shortcut, string>>>;

/** The shortcut of each key. */
export type KeyMap = ReadonlyMap<string, Shortcut>;

export type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & {
  getModifierState?(modifier: string): boolean;
};

/** Signs that keep their names where a keyboard has them on a digit: "/" is Shift 7 on a German one. */
const SIGNS = "/?+-=[].";
const NAME = /^(Ctrl )?(Alt )?(Shift )?(\S|F\d\d?|Enter|Space|Delete|Backspace|Insert|Home|End|PageUp|PageDown|ArrowUp|ArrowDown|ArrowLeft|ArrowRight|ContextMenu)$/u;

/** What the browser or the system does itself: tabs, windows, reloading, zoom, going back, tools of developers. */
const KEPT_BY_BROWSER =
  /^(Ctrl (Shift )?[ntwqrhm]|Ctrl Shift [cijp]|Ctrl [l\d+=-]|Alt \d|((Ctrl|Shift) )?F5|F1[12]|(Alt|Ctrl) F4|Alt (ArrowLeft|ArrowRight|Home)|Ctrl (Shift )?(PageUp|PageDown))$/;

/** The arrows move the selected nodes, and cells of tables. */
const ARROW = /^(Shift )?Arrow/;

/** The name of a pressed key with its modifiers: "Ctrl Shift z", "Alt ArrowUp", "a". On a Mac, Cmd is Ctrl. */
export function keyName(press: Press): string {
  const key = unmodified(press);
  // AltGr only types a sign, which Windows reports as Ctrl and Alt.
  const typed = press.getModifierState?.("AltGraph") ?? false;
  const ctrl = (press.ctrlKey || press.metaKey) && !typed;
  const shift = press.shiftKey && (key.length > 1 || /[a-z0-9]/.test(key));
  return [ctrl && "Ctrl", press.altKey && !typed && "Alt", shift && "Shift", key].filter(Boolean).join(" ");
}

/** A letter or digit that the layout types as something else, such as Hangul, is named by its place on the keyboard. */
function unmodified({ key, code, shiftKey }: Press): string {
  const place = /^(?:Key|Digit)(.)$/.exec(code)?.[1]?.toLowerCase();
  const untyped = key === "Dead" || key === "Process" || (key.length === 1 && key > "~");
  const shiftedDigit = shiftKey && code.startsWith("Digit") && key.length === 1 && !SIGNS.includes(key);
  if (place !== undefined && (untyped || shiftedDigit)) return place;
  if (key === " ") return "Space";
  return key.length === 1 ? key.toLowerCase() : key;
}

/** Whether a name is that of a key which can have a shortcut, and not of a modifier alone. */
export function isKeyName(name: string): boolean {
  return NAME.test(name);
}

/** Whether a field that has the focus needs a key itself: to type, to edit, and to move in the text. */
export function isFieldKey(name: string): boolean {
  return !/^(Ctrl |Alt |(Shift )?F\d)/.test(name) || /^(Ctrl|Alt) (Shift )?([acvxyz]|Arrow\w+|Home|End|Backspace|Delete)$/.test(name);
}

const IS_MAC = /^(Mac|iP)/.test(navigator.platform);
/** In the order in which a Mac shows them. */
const MAC_MODIFIERS = { Alt: "⌥", Shift: "⇧", Ctrl: "⌘" };

/** A key as people read it: "Ctrl Shift Z", "Alt ↑"; on a Mac "⇧ ⌘ Z", "⌥ ↑". */
export function shownKey(name: string, { mac = IS_MAC } = {}): string {
  const shown: Readonly<Record<string, string>> = {
    ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→",
    Delete: "Del", ContextMenu: "Menu", PageUp: "Page Up", PageDown: "Page Down", "-": "−",
  };
  const parts = name.split(" ");
  const key = parts.pop() ?? "";
  const modifiers = mac ? Object.entries(MAC_MODIFIERS).flatMap(([one, sign]) => (parts.includes(one) ? [sign] : [])) : parts;
  return [...modifiers, shown[key] ?? (key.length === 1 ? key.toUpperCase() : key)].join(" ");
}

/** The shortcut of each key, with those that a person has chosen. */
export function keyMap(chosen: ChosenKeys): KeyMap {
  const usual = SHORTCUTS.filter((shortcut) => chosen[shortcut] === undefined);
  return new Map([
    ...usual.flatMap((shortcut) => USUAL[shortcut].map((key) => [key, shortcut] as const)),
    ...SHORTCUTS.flatMap((shortcut) => (chosen[shortcut] === undefined ? [] : [[chosen[shortcut], shortcut] as const])),
  ]);
}

/** The keys of a shortcut, the shown one first. */
export function keysOf(map: KeyMap, shortcut: Shortcut): readonly string[] {
  return [...map].filter(([, one]) => one === shortcut).map(([key]) => key);
}

/** Why a key can't become that of a shortcut. The arrows are taken for good. */
export type KeyRefusal = { readonly reason: "browser" } | { readonly reason: "taken"; readonly by: Shortcut | "arrows" };

export function refusalOf(name: string, shortcut: Shortcut, map: KeyMap): KeyRefusal | null {
  if (KEPT_BY_BROWSER.test(name)) return { reason: "browser" };
  if (ARROW.test(name)) return { reason: "taken", by: "arrows" };
  const by = map.get(name) ?? shortcut;
  return by === shortcut ? null : { reason: "taken", by };
}

/** The keys after a person has chosen one for a shortcut. One that the shortcut has already changes nothing. */
export function withKey(chosen: ChosenKeys, shortcut: Shortcut, name: string): ChosenKeys {
  if (keyMap(chosen).get(name) === shortcut) return chosen;
  const usual: readonly string[] = USUAL[shortcut];
  return usual.length === 1 && usual[0] === name ? withUsualKeys(chosen, shortcut) : { ...chosen, [shortcut]: name };
}

/** The keys after a shortcut has got its usual ones back. */
export function withUsualKeys(chosen: ChosenKeys, shortcut: Shortcut): ChosenKeys {
  const { [shortcut]: _, ...others } = chosen;
  return others;
}

export function usualKey(shortcut: Shortcut): string {
  return USUAL[shortcut][0];
}

/** A usual key of a shortcut that a different one has now, so that it can't be had back. */
export function takenUsualKey(shortcut: Shortcut, map: KeyMap): { readonly key: string; readonly by: Shortcut } | null {
  for (const key of USUAL[shortcut]) {
    const by = map.get(key);
    if (by !== undefined && by !== shortcut) return { key, by };
  }
  return null;
}

/** The chosen keys in a text that a browser has kept. What can't be one is left out. */
export function readChosenKeys(text: string | null): ChosenKeys {
  const found = parsed(text);
  let chosen: ChosenKeys = {};
  for (const shortcut of SHORTCUTS) {
    const key = Object.hasOwn(found, shortcut) ? found[shortcut] : undefined;
    const taken = Object.values(chosen).some((other) => other === key);
    if (typeof key === "string" && !taken && isKeyName(key) && !KEPT_BY_BROWSER.test(key) && !ARROW.test(key)) chosen = { ...chosen, [shortcut]: key };
  }
  return chosen;
}

function parsed(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
