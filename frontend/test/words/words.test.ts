import { beforeEach, expect, test } from "vitest";
import { en } from "../../src/words/en";
import { ko } from "../../src/words/ko";
import { duration, figure, moment, runMoment, share, size, useLanguage } from "../../src/words/words";

beforeEach(() => useLanguage.getState().choose("en"));

/** Every text without a gap, by its place. */
function texts(said: unknown, place = ""): [string, string][] {
  if (typeof said === "string") return [[place, said]];
  if (typeof said !== "object" || said === null) return [];
  return Object.entries(said).flatMap(([key, value]) => texts(value, `${place}.${key}`));
}

test("every text is there in both languages, and no English one is left in Korean", () => {
  const english = new Map(texts(en));
  const korean = new Map(texts(ko));
  expect([...korean.keys()]).toEqual([...english.keys()]);
  const kept = [...korean].filter(([place, text]) => text === english.get(place)).map(([, text]) => text);
  // Names and keys are the same in both.
  expect(kept.filter((text) => !/^(Studiolo|Zip|[A-Z?/↑].{0,20})$/.test(text))).toEqual([]);
});

test("the language is that of the document", () => {
  useLanguage.getState().choose("ko");
  expect(document.documentElement.lang).toBe("ko");
});

test("times, shares and sizes are written as people of the language do", () => {
  expect([duration(0.314), duration(14.2), duration(125), duration(7260)]).toEqual(["0.31 s", "14 s", "2 min 5 s", "2 h 1 min"]);
  expect([duration(120), duration(119.7), duration(59.6), duration(9.996), duration(3_600)]).toEqual(["2 min", "2 min", "1 min", "10 s", "1 h"]);
  expect([share(0.62), share(0.007), share(0)]).toEqual(["62 %", "0.7 %", "0 %"]);
  expect([size(0), size(999), size(29_000), size(2_400_000_000)]).toEqual(["0 B", "999 B", "29 KB", "2.4 GB"]);
  useLanguage.getState().choose("ko");
  expect([duration(14.2), share(0.62)]).toEqual(["14초", "62%"]);
});

test("figures keep the digits that count", () => {
  expect([figure(117), figure(121.68675), figure(1e-9), figure(1234567)]).toEqual(["117", "121.687", "1.0000e-9", "1,234,567"]);
  expect(moment("not a date")).toBe("");
});

test("a run is called by when it began", () => {
  expect(runMoment("20261127-132405467-4915bd")).toBe(moment("2026-11-27T13:24:05Z"));
  expect(runMoment("other")).toBe("other");
});
