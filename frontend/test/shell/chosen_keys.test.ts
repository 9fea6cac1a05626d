import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});

const load = () => import("../../src/shell/chosen_keys");
const press = (key: string) => ({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false });

test("a chosen key is kept in this browser", async () => {
  const { shortcutOf, useKeys } = await load();
  useKeys.getState().choose({ add: "w" });
  expect([shortcutOf(press("w")), shortcutOf(press("a"))]).toEqual(["add", undefined]);
  vi.resetModules();
  expect((await load()).shortcutOf(press("w"))).toBe("add");
});

test("a damaged value leaves the usual keys", async () => {
  localStorage.setItem("studiolo.keys", "{add");
  expect((await load()).shortcutOf(press("a"))).toBe("add");
});

test("a key that a different tab changes is changed here", async () => {
  const { shortcutOf } = await load();
  window.dispatchEvent(new StorageEvent("storage", { key: "studiolo.keys", newValue: '{"add":"w"}' }));
  expect(shortcutOf(press("w"))).toBe("add");
});
