/** Saves a script a moment after the last key. Nothing is overwritten: a newer text elsewhere waits for a choice. */

import type { Saved, ScriptText, Theirs } from "./script_file";

export interface ScriptStanding {
  readonly kind: "saved" | "unsaved" | "conflict";
  readonly theirs: Theirs | null;
  /** Why the last save failed; it is tried again. */
  readonly error: unknown;
}

const SAVED: ScriptStanding = { kind: "saved", theirs: null, error: null };
const SAVE_AFTER = 700;
const RETRY_AFTER = 3_000;

export class ScriptSaving {
  standing = SAVED;
  private text: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;

  constructor(
    private saved: ScriptText,
    private readonly save: (text: string, revision: string) => Promise<Saved>,
    private readonly told: (standing: ScriptStanding) => void,
  ) {
    this.text = saved.text;
  }

  changed(text: string): void {
    this.text = text;
    if (this.standing.kind === "conflict") return;
    this.stand({ kind: "unsaved", theirs: null, error: null });
    this.later(SAVE_AFTER);
  }

  async saveNow(): Promise<void> {
    clearTimeout(this.timer);
    const { text } = this;
    if (this.busy || this.standing.kind === "conflict") return;
    if (text === this.saved.text) return this.stand(SAVED);
    this.busy = true;
    try {
      const done = await this.save(text, this.saved.revision);
      if ("theirs" in done) this.stand({ kind: "conflict", theirs: done.theirs, error: null });
      else this.took(text, done.saved.revision);
    } catch (error) {
      this.stand({ kind: "unsaved", theirs: null, error });
      this.later(RETRY_AFTER);
    } finally {
      this.busy = false;
    }
  }

  /** Save what was typed; whether all of it is saved then. */
  async settled(): Promise<boolean> {
    await this.saveNow();
    // A save that had begun before has an older text.
    while (this.busy) await new Promise((done) => { setTimeout(done, 20); });
    await this.saveNow();
    return this.standing.kind === "saved";
  }

  /** The text that another editor has written since, to be shown; null if there is none, or if something typed here would be lost. */
  async refresh(read: () => Promise<ScriptText>): Promise<string | null> {
    const before = this.saved;
    const found = await read();
    if (this.saved !== before || this.text !== before.text || this.standing.kind === "conflict") return null;
    this.saved = found;
    this.text = found.text;
    return found.text === before.text ? null : found.text;
  }

  /** Forget what was typed; the text to show instead. */
  takeTheirs(): string {
    const { text, revision } = this.standing.theirs ?? this.saved;
    this.text = text ?? "";
    this.saved = { text: this.text, revision };
    this.stand(SAVED);
    return this.text;
  }

  /** Write what was typed over the other text, which whoever chooses this has seen to be there. */
  keepMine(): Promise<void> {
    const theirs = this.standing.theirs;
    if (theirs) this.saved = { text: theirs.text ?? "", revision: theirs.revision };
    this.stand({ kind: "unsaved", theirs: null, error: null });
    return this.saveNow();
  }

  private took(text: string, revision: string): void {
    this.saved = { text, revision };
    if (this.text === text) return this.stand(SAVED);
    this.later(SAVE_AFTER);
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.saveNow(), milliseconds);
  }

  private stand(standing: ScriptStanding): void {
    this.standing = standing;
    this.told(standing);
  }
}
