import fc from "fast-check";
import { expect, test } from "vitest";
import { columnPlaces, columnsInView, columnsWidth, leftThatShows, nameParts } from "../../src/table/columns";
import { moved } from "../../src/table/cursor";
import { pageLength, pagesOf } from "../../src/table/pages";
import { bounded, mostInView, rowsInView, type RowSpace, scale, scrolledHeight, topThatShows } from "../../src/table/rows";
import { cellText, shownCell, shownEnds, typeBadge } from "../../src/table/cells";

const spaces: fc.Arbitrary<RowSpace> = fc.record({
  rows: fc.integer({ min: 0, max: 2_000_000_000 }),
  height: fc.constantFrom(26, 52),
  view: fc.integer({ min: 1, max: 2_000 }),
});

test("the first row is at the top and the last one at the bottom, however many there are", () => {
  fc.assert(fc.property(spaces, (space) => {
    expect(scrolledHeight(space)).toBeLessThanOrEqual(8_000_000);
    const end = Math.max(0, scrolledHeight(space) - space.view) * scale(space);
    expect(rowsInView(space, 0).from).toBe(0);
    const { to } = rowsInView(space, bounded(space, end));
    expect(to).toBe(space.rows);
  }));
});

test("no more rows are in view than there are elements for", () => {
  fc.assert(fc.property(spaces, fc.double({ min: 0, max: 1, noNaN: true }), (space, at) => {
    const { from, to } = rowsInView(space, bounded(space, at * space.rows * space.height));
    expect(to - from).toBeLessThanOrEqual(mostInView(space));
  }));
});

test("a row that is gone to is in view, and one that is in view does not move", () => {
  fc.assert(fc.property(spaces, fc.nat(), fc.nat(), (space, first, second) => {
    fc.pre(space.rows > 0 && space.view >= space.height);
    const row = first % space.rows;
    const top = topThatShows(space, bounded(space, (second % space.rows) * space.height), row);
    expect(row * space.height).toBeGreaterThanOrEqual(top);
    expect((row + 1) * space.height).toBeLessThanOrEqual(top + space.view);
    expect(topThatShows(space, top, row)).toBe(top);
  }));
});

test("a table of some rows is as high as they are", () => {
  const space = { rows: 768, height: 26, view: 400 };
  expect(scrolledHeight(space)).toBe(768 * 26);
  expect(scale(space)).toBe(1);
  expect(rowsInView(space, 30)).toEqual({ from: 1, to: 18, above: 4 });
});

test("of 5,000 columns those in view are found", () => {
  const places = columnPlaces(Array.from({ length: 5_000 }, (_, index) => ({ name: `c${index}`, type: index % 2 ? "string" : "int64" })));
  expect(columnsWidth(places)).toBe(2_500 * (136 + 168));
  const [from, to] = columnsInView(places, 304_000, 305_000);
  expect([from, to]).toEqual([2_000, 2_007]);
  expect(columnsInView(places, 0, 1)).toEqual([0, 1]);
  expect(leftThatShows(places, 0, 1_000, 4_999)).toBe(columnsWidth(places) - 1_000);
  expect(leftThatShows(places, 5_000, 1_000, 0)).toBe(0);
});

test("pages cover the rows in view", () => {
  expect(pageLength(9)).toBe(200);
  expect(pageLength(5_000)).toBe(20);
  expect(pagesOf(480, 520, 500)).toEqual([0, 1]);
  expect(pagesOf(500, 1_000, 500)).toEqual([1]);
  expect(pagesOf(0, 0, 500)).toEqual([0]);
});

test("keys move the cursor up to the rim", () => {
  const size = { rows: 1_000_000, columns: 9, page: 20 };
  const press = (key: string, ctrl = false) => moved({ row: 10, column: 3 }, { key, ctrl }, size);
  expect(press("ArrowUp")).toEqual({ row: 9, column: 3 });
  expect(press("ArrowDown", true)).toEqual({ row: 999_999, column: 3 });
  expect(press("PageUp")).toEqual({ row: 0, column: 3 });
  expect(press("End")).toEqual({ row: 10, column: 8 });
  expect(press("Home", true)).toEqual({ row: 0, column: 0 });
  expect(press("a")).toBeNull();
  expect(moved({ row: 0, column: 0 }, { key: "ArrowDown", ctrl: false }, { rows: 0, columns: 0, page: 1 })).toEqual({ row: 0, column: 0 });
});

test("cells are text, whatever they hold", () => {
  expect(cellText(null)).toBeNull();
  expect(cellText("9007199254740993")).toBe("9007199254740993");
  expect(shownCell("x".repeat(10_000))).toHaveLength(400);
  expect(["int64", "double", "bool", "string", "category", "date", "timestamp[ns]", "duration[s]", "large_binary", "decimal(10, 2)"].map(typeBadge)).toEqual(
    ["123", "1.5", "0|1", "abc", "cat", "date", "date", "dur", "bin", "1.5"],
  );
});

test("the header of a column has room for its name on two lines", () => {
  const width = (name: string, type = "int64") => columnPlaces([{ name, type }])[0]?.width ?? 0;
  expect(nameParts("mean_pressure")).toEqual(["mean_", "pressure"]);
  expect(nameParts("meanPressure 2")).toEqual(["mean", "Pressure ", "2"]);
  expect(nameParts("__init__")).toEqual(["__", "init__"]);
  expect(width("age")).toBe(136);
  expect(width("mean_pressure")).toBe(136);
  // Two whole dates, the first and the last, are side by side below it.
  expect(width("day", "date")).toBe(172);
  expect(width("DiabetesPedigreeFunction")).toBeGreaterThan(136);
  // One part may have no place to break, and the widest header ends somewhere.
  expect(width("antidisestablishment")).toBeGreaterThan(170);
  expect(width("n".repeat(10_000))).toBe(264);
  expect(width("created", "timestamp[us, tz=Asia/Seoul]")).toBe(264);
});

test("the ends of a column fit its header", () => {
  expect(shownEnds(0, 1_500_000)).toEqual(["0", "1.5M"]);
  expect(shownEnds("-9223372036854775808", 5e-324)).toEqual(["-9.2e+18", "4.9e-324"]);
  expect(shownEnds("1999-12-31T23:59:00", "2020-06-01T00:00:00")).toEqual(["1999-12-31", "2020-06-01"]);
  expect(shownEnds("2020-06-01T00:00:00", "2020-06-01T09:30:00")).toEqual(["2020-06-01T00:00:00", "2020-06-01T09:30:00"]);
  expect(shownEnds("1850-12-31", "2024-02-29")).toEqual(["1850-12-31", "2024-02-29"]);
});
