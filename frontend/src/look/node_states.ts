/** The outcome of a node in a run, as a mark, a word and a colour. */

import type { Words } from "../words/en";
import type { Shown } from "./states";

export function shownNode(state: string, words: Words): Shown {
  switch (state) {
    case "finished": return { mark: "done", word: words.states.done, look: "ok" };
    case "kept": return { mark: "kept", word: words.states.kept, look: "kept" };
    case "failed": return { mark: "failed", word: words.states.failed, look: "bad" };
    case "running": return { mark: "running", word: words.states.running, look: "live" };
    case "skipped": return { mark: "held", word: words.states.heldBack, look: "mute" };
    case "cancelled": return { mark: "stopped", word: words.states.stopped, look: "kept" };
    default: return { mark: "waiting", word: words.states.waiting, look: "mute" };
  }
}
