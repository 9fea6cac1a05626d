import { expect, test } from "vitest";
import { keyName } from "../../src/canvas/keys";

const pressed = (key: string, some: Partial<Parameters<typeof keyName>[0]> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...some });

test("keys are named with their modifiers", () => {
  expect(pressed("a")).toBe("a");
  expect(pressed("A", { shiftKey: true })).toBe("Shift a");
  expect(pressed("Z", { shiftKey: true, ctrlKey: true })).toBe("Ctrl Shift z");
  expect(pressed("z", { metaKey: true })).toBe("Ctrl z");
  expect(pressed("?", { shiftKey: true })).toBe("?");
  expect(pressed("F8", { shiftKey: true })).toBe("Shift F8");
  expect(pressed("ArrowUp", { altKey: true })).toBe("Alt ArrowUp");
});
