import { act, createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeldKeys } from "../../src/look/held_keys";
import { onUse } from "../../src/look/on_use";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface DialogProps {
  readonly onTake: (text: string) => void;
}

function Dialog({ onTake }: DialogProps) {
  const [typed, setTyped] = useState("");
  return createElement("input", {
    autoFocus: true,
    value: typed,
    onChange: (event: { currentTarget: HTMLInputElement }) => setTyped(event.currentTarget.value),
    onKeyDown: (event: { key: string }) => event.key === "Enter" && onTake(typed),
  });
}

/** A dialog that is asked for and loaded after a second; the keys that the page got itself. */
async function whileLoading(...keys: string[]): Promise<{ readonly taken: string[]; readonly byPage: string[] }> {
  const taken: string[] = [];
  const byPage: string[] = [];
  const Part = onUse<DialogProps>(() => new Promise((done) => setTimeout(() => done(Dialog), 1_000)), HeldKeys);
  const onKey = (event: KeyboardEvent) => { byPage.push(event.key); };
  document.addEventListener("keydown", onKey);
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  await act(async () => root.render(createElement(Part, { onTake: (text) => taken.push(text) })));
  for (const key of keys) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await act(async () => vi.advanceTimersByTimeAsync(1_000));
  await act(async () => vi.advanceTimersByTimeAsync(100));
  document.removeEventListener("keydown", onKey);
  act(() => root.unmount());
  place.remove();
  return { taken, byPage };
}

test("what is typed before a dialog is there is typed into it", async () => {
  const { taken, byPage } = await whileLoading("p", "i", "m", "a", "Enter");
  expect(taken).toEqual(["pima"]);
  // It came by the field, once there was one.
  expect(byPage).toEqual(["Enter"]);
});

test("Escape gives the keys back to the page", async () => {
  const { taken, byPage } = await whileLoading("p", "Escape", "Enter");
  expect(taken).toEqual([]);
  expect(byPage).toEqual(["Enter"]);
});
