import { afterEach, expect, test } from "vitest";
import { said } from "../../src/words/library";
import { LABELS } from "../../src/words/library_ko";
import { loadedWords, useLanguage } from "../../src/words/words";

afterEach(() => useLanguage.getState().choose("en"));

test("the library's words are English on the English page, and Korean on the Korean one", async () => {
  expect(said("Join type")).toBe("Join type");
  useLanguage.getState().choose("ko");
  await loadedWords();
  expect(said("Join type")).toBe("조인 유형");
  expect(said("Word of a module of one's own")).toBe("Word of a module of one's own");
  expect(Object.values(LABELS).filter((word) => word.trim() === "")).toEqual([]);
});
