import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync("src/look/tokens.css", "utf8");

/** The colours of a theme, by the names of their tokens. */
function theme(selector: string): ReadonlyMap<string, string> {
  const begin = css.indexOf(selector);
  const block = css.slice(begin, css.indexOf("\n}", begin));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1] ?? "", found[2] ?? ""]));
}

/** WCAG 2.x, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, two: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(two)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT = 4.5;
const EDGE = 3;
const pairs: [string, string, number][] = [
  ...["paper", "panel", "ground", "sunken", "hover", "accent-wash", "warn-wash", "bad-wash", "ok-wash", "live-wash", "kept-wash"].flatMap(
    (ground): [string, string, number][] => [["ink", ground, TEXT], ["ink-3", ground, TEXT]],
  ),
  ...["panel", "hover", "accent-wash"].map((ground): [string, string, number] => ["ink-2", ground, TEXT]),
  ...["panel", "paper", "ground", "accent-wash", "kept-wash"].map((ground): [string, string, number] => ["accent", ground, TEXT]),
  ["on-accent", "accent", TEXT],
  ["on-accent", "accent-strong", TEXT],
  ...["ok", "live", "warn", "bad", "kept"].flatMap((state): [string, string, number][] => [
    [state, "panel", TEXT],
    [state, `${state}-wash`, TEXT],
  ]),
  ["bad", "paper", TEXT],
  ["bad", "ground", TEXT],
  ["bad", "sunken", TEXT],
  ["live", "ground", TEXT],
  ["live", "paper", TEXT],
  ["warn", "sunken", TEXT],
  ...["panel", "paper", "ground"].map((ground): [string, string, number] => ["edge", ground, EDGE]),
  ...["dataset", "model", "transform", "zip"].map((kind): [string, string, number] => [`port-${kind}`, "paper", EDGE]),
  ...["1", "2", "3"].map((series): [string, string, number] => [`series-${series}`, "panel", EDGE]),
  ...["key", "str", "num", "def", "note"].map((part): [string, string, number] => [`code-${part}`, "panel", TEXT]),
  ...["key", "str", "num"].map((part): [string, string, number] => [`code-${part}`, "bad-wash", TEXT]),
  ...["str", "num", "note"].map((part): [string, string, number] => [`code-${part}`, "sunken", TEXT]),
];

test.each(["light", "dark"])("the %s theme can be read", (name) => {
  const colours = theme(`[data-theme="${name}"] {`);
  const low = pairs.filter(([front, back, least]) => {
    const [one, two] = [colours.get(front), colours.get(back)];
    return !one || !two || contrast(one, two) < least;
  });
  expect(low).toEqual([]);
});

test("no other style sheet and no component names a colour", async () => {
  const { globSync } = await import("tinyglobby");
  const files = globSync(["src/**/*.css", "src/**/*.tsx"], { ignore: ["src/look/tokens.css"] });
  const named = files.filter((file) => /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i.test(readFileSync(file, "utf8")));
  expect(named).toEqual([]);
});
