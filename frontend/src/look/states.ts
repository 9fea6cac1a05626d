/** The outcome of a run, as a mark, a word and a colour. */

import type { Words } from "../words/en";
import type { Mark } from "./marks";

export interface Shown {
  readonly mark: Mark;
  readonly word: string;
  readonly look: "ok" | "bad" | "live" | "kept" | "mute" | "warn";
}

/** Of a whole run, by the status of its record. */
export function shownRun(status: string | null, words: Words): Shown {
  switch (status) {
    case "finished": return { mark: "done", word: words.run.finished, look: "ok" };
    case "failed": return { mark: "failed", word: words.run.failedRun, look: "bad" };
    case "running": return { mark: "running", word: words.run.running, look: "live" };
    case null: return { mark: "never", word: words.home.neverRun, look: "mute" };
    default: return { mark: "stopped", word: words.run.stopped, look: "kept" };
  }
}
