import { afterEach, expect, test } from "vitest";
import { findingText, KOREAN, said } from "../../src/words/library";
import { useLanguage } from "../../src/words/words";

afterEach(() => useLanguage.getState().choose("en"));

test("the library's words are English on the English page, and Korean on the Korean one", () => {
  expect(said("Join type")).toBe("Join type");
  useLanguage.getState().choose("ko");
  expect(said("Join type")).toBe("조인 유형");
  expect(said("Word of a module of one's own")).toBe("Word of a module of one's own");
  expect(Object.values(KOREAN).filter((word) => word.trim() === "")).toEqual([]);
});

test("a mistake is said in Korean, and in the server's words below it", () => {
  const finding = { code: "input-missing", message: 'The input "dataset" is not connected.' };
  expect(findingText(finding)).toEqual({ text: finding.message, detail: "" });
  useLanguage.getState().choose("ko");
  expect(findingText(finding)).toEqual({ text: "필요한 입력이 연결되지 않았습니다.", detail: finding.message });
  expect(findingText({ ...finding, code: "another" }).text).toBe(finding.message);
});
