import { expect, test } from "vitest";
import {
  isFieldKey, isKeyName, keyMap, keyName, keysOf, type Press, readChosenKeys, refusalOf, SHORTCUTS, shownKey, takenUsualKey, withKey, withUsualKeys,
} from "../../src/shell/shortcuts";

const pressed = (key: string, some: Partial<Press> = {}) =>
  keyName({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...some });
const USUAL = keyMap({});

test("keys are named with their modifiers", () => {
  expect(pressed("a")).toBe("a");
  expect(pressed("A", { shiftKey: true })).toBe("Shift a");
  expect(pressed("Z", { shiftKey: true, ctrlKey: true })).toBe("Ctrl Shift z");
  expect(pressed("z", { metaKey: true })).toBe("Ctrl z");
  expect(pressed("?", { shiftKey: true })).toBe("?");
  expect(pressed("F8", { shiftKey: true })).toBe("Shift F8");
  expect(pressed("ArrowUp", { altKey: true })).toBe("Alt ArrowUp");
  expect(pressed(" ", { ctrlKey: true })).toBe("Ctrl Space");
});

test("letters and digits have the same names on every layout, and signs are where the layout has them", () => {
  expect(pressed("ㅁ", { code: "KeyA" })).toBe("a");
  expect(pressed("Process", { code: "KeyA" })).toBe("a");
  expect(pressed("ƒ", { code: "KeyF", altKey: true })).toBe("Alt f");
  expect(pressed('"', { code: "Digit2", shiftKey: true })).toBe("Shift 2");
  expect(pressed("@", { code: "Digit2", shiftKey: true })).toBe("Shift 2");
  expect(pressed("à", { code: "Digit0" })).toBe("0");
  expect(pressed("a", { code: "KeyQ" })).toBe("a");
  expect(pressed("/", { code: "Digit7", shiftKey: true })).toBe("/");
  const altGr = { code: "Digit8", ctrlKey: true, altKey: true, getModifierState: (modifier: string) => modifier === "AltGraph" };
  expect(pressed("[", altGr)).toBe("[");
});

test("a modifier alone is not a key", () => {
  const alone = [pressed("Control", { ctrlKey: true }), pressed("Shift", { shiftKey: true }), pressed("Dead"), pressed("Process"), pressed("CapsLock")];
  expect(alone.filter(isKeyName)).toEqual([]);
  expect([pressed("ö"), pressed("F12"), pressed(" "), pressed("Delete", { altKey: true })].every(isKeyName)).toBe(true);
});

test("no two shortcuts share a usual key, and none is a key that a browser keeps", () => {
  const all = SHORTCUTS.flatMap((shortcut) => keysOf(USUAL, shortcut).map((key) => [shortcut, key] as const));
  expect(new Set(all.map(([, key]) => key)).size).toBe(all.length);
  expect(all.filter(([shortcut, key]) => !isKeyName(key) || refusalOf(key, shortcut, USUAL))).toEqual([]);
  expect(SHORTCUTS.filter((shortcut) => keysOf(USUAL, shortcut).length === 0)).toEqual([]);
});

test("keys are shown as they are written on a keyboard", () => {
  expect(["Ctrl Shift z", "Alt ArrowUp", "Delete", "-", "Space"].map((key) => shownKey(key))).toEqual(["Ctrl Shift Z", "Alt ↑", "Del", "−", "Space"]);
  expect(["Ctrl Shift z", "Alt ArrowUp", "Shift F8", "a"].map((key) => shownKey(key, { mac: true }))).toEqual(["⇧ ⌘ Z", "⌥ ↑", "⇧ F8", "A"]);
});

test("a chosen key replaces the usual ones, until they are reset", () => {
  const chosen = withKey({}, "look", "w");
  expect(keysOf(keyMap(chosen), "look")).toEqual(["w"]);
  expect(keyMap(chosen).has("v")).toBe(false);
  expect(keysOf(keyMap(withUsualKeys(chosen, "look")), "look")).toEqual(["v", "Space"]);
});

test("choosing a usual key again leaves nothing changed", () => {
  expect(withKey({}, "look", "Space")).toEqual({});
  expect(withKey({ add: "w" }, "add", "a")).toEqual({});
});

test("a key is refused if it is taken, or kept by the browser", () => {
  expect(refusalOf("Ctrl f", "run", USUAL)).toEqual({ reason: "taken", by: "find" });
  expect(refusalOf("Shift ArrowUp", "run", USUAL)).toEqual({ reason: "taken", by: "arrows" });
  expect(["Ctrl t", "Ctrl Shift n", "Ctrl w", "F5", "Ctrl 3", "Ctrl +", "Alt ArrowLeft"].map((key) => refusalOf(key, "run", USUAL)?.reason)).toEqual(Array(7).fill("browser"));
  expect(refusalOf("Ctrl Enter", "run", USUAL)).toBeNull();
  expect(refusalOf("r", "run", USUAL)).toBeNull();
  // What a change has left free can be taken.
  expect(refusalOf("Ctrl f", "run", keyMap({ find: "w" }))).toBeNull();
  expect(takenUsualKey("find", keyMap({ find: "w", run: "Ctrl f" }))).toEqual({ key: "Ctrl f", by: "run" });
  expect(takenUsualKey("find", keyMap({ find: "w" }))).toBeNull();
});

test("what a browser has kept is believed as far as it can be true", () => {
  expect(readChosenKeys(JSON.stringify({ add: "w", run: "Alt r" }))).toEqual({ add: "w", run: "Alt r" });
  expect(readChosenKeys('{"add": 3, "run": "Ctrl t", "open": "", "find": "Ctrl", "unknown": "q", "cut": ["x"], "look": "ArrowUp", "toString": "k"}')).toEqual({});
  expect(readChosenKeys('{"add": "w", "cut": "w"}')).toEqual({ add: "w" });
  for (const damaged of [null, "", "{", "3", "null", '"a"', "[1]"]) expect(readChosenKeys(damaged)).toEqual({});
});

test("a chosen key goes before a usual one that is the same", () => {
  const map = keyMap({ run: "a" });
  expect([map.get("a"), keysOf(map, "add")]).toEqual(["run", []]);
});

test("a field keeps the keys that type, edit and move", () => {
  expect(["a", "?", "Shift 1", "Enter", "Space", "Delete", "Ctrl v", "Ctrl ArrowLeft", "Home"].filter((key) => !isFieldKey(key))).toEqual([]);
  expect(["Ctrl Enter", "Ctrl k", "F8", "Shift F6", "Alt Enter", "Ctrl ."].filter(isFieldKey)).toEqual([]);
});
