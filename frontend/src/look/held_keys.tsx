/** Stands in for a dialog that is being loaded: what is typed until it is there goes into it. */

import { useEffect } from "react";
import { flushSync } from "react-dom";

export function HeldKeys() {
  useEffect(() => {
    const held: KeyboardEvent[] = [];
    const hold = (event: KeyboardEvent) => {
      // The browser's own keys stay with the browser.
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key !== "Escape") {
        held.push(event);
        return;
      }
      // Who does not wait any longer gets the page's keys back.
      held.length = 0;
      document.removeEventListener("keydown", hold, { capture: true });
    };
    document.addEventListener("keydown", hold, { capture: true });
    return () => {
      // In the next frame, the dialog has the focus.
      requestAnimationFrame(() => {
        document.removeEventListener("keydown", hold, { capture: true });
        for (const event of held) flushSync(() => press(event));
      });
    };
  }, []);
  return null;
}

/** A field's own way to get a text, of which React hears by the event that follows. */
const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;

/** Press a key where the focus is. */
function press({ key, code, shiftKey }: KeyboardEvent): void {
  const target = document.activeElement ?? document.body;
  if (target instanceof HTMLInputElement && [...key].length === 1) {
    write?.call(target, target.value + key);
    target.dispatchEvent(new InputEvent("input", { bubbles: true, data: key, inputType: "insertText" }));
  } else {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true }));
  }
}
