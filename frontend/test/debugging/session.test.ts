import { describe, expect, it } from "vitest";
import { after, type Session } from "../../src/panels/debugging/session";

const NEW: Session = { text: "", prompt: "busy", names: [], address: null, ended: null };

describe("a session with a node's sandbox", () => {
  it("keeps the end of what was printed", () => {
    const long = after(after(NEW, { text: "a".repeat(300_000) }), { text: "b" });
    expect(long.text).toHaveLength(200_000);
    expect(long.text.endsWith("ab")).toBe(true);
  });

  it("keeps the names that were told first", () => {
    const ready = after(NEW, { prompt: "ready", names: ["dataframe1"] });
    expect(after(ready, { prompt: "more", names: [] })).toEqual({ ...ready, prompt: "more" });
  });

  it("knows no other prompt, and no other message", () => {
    expect(after(NEW, { prompt: "<b>" })).toEqual(NEW);
    expect(after(NEW, {})).toEqual(NEW);
  });

  it("ends for a reason, or for none", () => {
    const why = { code: "crashed", message: "It crashed.", subject: "" };
    expect(after(NEW, { ended: null }).ended).toEqual({ why: null, lost: false });
    expect(after(NEW, { ended: why }).ended).toEqual({ why, lost: false });
  });

  it("shows where an editor attaches", () => {
    expect(after(NEW, { port: 4711, launch: { version: "0.2.0" } }).address).toEqual({ port: 4711, launch: '{\n  "version": "0.2.0"\n}' });
  });
});
