import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { afterPaint, onUse } from "../../src/look/on_use";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a part that can't be loaded leaves what stands in for it, and is asked for again", async () => {
  const load = vi.fn()
    .mockRejectedValueOnce(new TypeError("Failed to fetch"))
    .mockResolvedValue(({ name }: { name: string }) => `loaded ${name}`);
  const Part = onUse<{ name: string }>(load, ({ name }) => `waits for ${name}`);
  const place = document.createElement("div");
  const root = createRoot(place);
  await act(async () => root.render(createElement(Part, { name: "menu" })));
  expect(place.textContent).toBe("waits for menu");
  await act(async () => vi.advanceTimersByTimeAsync(5_000));
  expect(place.textContent).toBe("loaded menu");
  expect(load).toHaveBeenCalledTimes(2);
  act(() => root.unmount());
});

test("a part that was loaded before is there at once, so that the next key reaches it", async () => {
  const Part = onUse<object>(async () => () => "loaded");
  await Part.load();
  const place = document.createElement("div");
  const root = createRoot(place);
  act(() => root.render(createElement(Part)));
  expect(place.textContent).toBe("loaded");
  act(() => root.unmount());
});

test("a part that can wait is loaded once the page is painted", async () => {
  const load = vi.fn().mockResolvedValue(() => "loaded");
  const Part = onUse<object>(load, () => "closed", afterPaint);
  const place = document.createElement("div");
  const root = createRoot(place);
  await act(async () => root.render(createElement(Part)));
  expect(load).not.toHaveBeenCalled();
  await act(async () => vi.advanceTimersByTimeAsync(100));
  expect(place.textContent).toBe("loaded");
  act(() => root.unmount());
});
