import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../src/api/client";
import type { Saved } from "../../src/panels/script/script_file";
import { ScriptSaving } from "../../src/panels/script/script_saving";

let saves: [string, string][];
let answers: (() => Saved)[];
let saving: ScriptSaving;

beforeEach(() => {
  vi.useFakeTimers();
  saves = [];
  answers = [];
  const save = (text: string, revision: string): Promise<Saved> => {
    saves.push([text, revision]);
    const answer = answers.shift() ?? (() => ({ saved: { text, revision: `${revision}+` } }));
    return Promise.resolve().then(answer);
  };
  saving = new ScriptSaving({ text: "a", revision: "r" }, save, () => {});
});

const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test("a text is saved once, a moment after the last key", async () => {
  saving.changed("ab");
  await wait(300);
  saving.changed("abc");
  expect(saving.standing.kind).toBe("unsaved");
  await wait(700);
  expect(saves).toEqual([["abc", "r"]]);
  expect(saving.standing.kind).toBe("saved");
  saving.changed("abcd");
  await wait(700);
  expect(saves[1]).toEqual(["abcd", "r+"]);
});

test("what is typed while a save is on its way is saved after it", async () => {
  saving.changed("ab");
  const first = saving.saveNow();
  saving.changed("abc");
  await first;
  await wait(700);
  expect(saves.map(([text]) => text)).toEqual(["ab", "abc"]);
});

test("a newer text elsewhere is not overwritten until someone chooses", async () => {
  answers.push(() => ({ theirs: { text: "theirs", revision: "t" } }));
  saving.changed("mine");
  await wait(700);
  saving.changed("mine too");
  await wait(5_000);
  expect(saves).toHaveLength(1);
  expect(saving.standing.kind).toBe("conflict");
  await saving.keepMine();
  expect(saves[1]).toEqual(["mine too", "t"]);
});

test("the other text can be taken instead", async () => {
  answers.push(() => ({ theirs: { text: "theirs", revision: "t" } }));
  saving.changed("mine");
  await wait(700);
  expect(saving.takeTheirs()).toBe("theirs");
  expect(saving.standing.kind).toBe("saved");
});

test("a save that fails is tried again", async () => {
  answers.push(() => {
    throw new ApiError(0, "unreachable", "");
  });
  saving.changed("ab");
  await wait(700);
  expect(saving.standing).toMatchObject({ kind: "unsaved", error: { code: "unreachable" } });
  await wait(3_000);
  expect(saving.standing.kind).toBe("saved");
});

test("a text that another editor wrote is taken on, unless something was typed here", async () => {
  const read = async () => ({ text: "theirs", revision: "t" });
  expect(await saving.refresh(read)).toBe("theirs");
  expect(await saving.refresh(read)).toBe(null);
  saving.changed("theirs and mine");
  expect(await saving.refresh(async () => ({ text: "newer", revision: "n" }))).toBe(null);
  await wait(700);
  expect(saves).toEqual([["theirs and mine", "t"]]);
  expect(saving.standing.kind).toBe("saved");
});

test("a text that was read before a save is not taken for a newer one", async () => {
  let answer: (text: { text: string; revision: string }) => void = () => {};
  const refreshed = saving.refresh(() => new Promise((resolve) => (answer = resolve)));
  saving.changed("ab");
  await wait(700);
  answer({ text: "a", revision: "r" });
  expect(await refreshed).toBe(null);
  expect(saving.takeTheirs()).toBe("ab");
});
