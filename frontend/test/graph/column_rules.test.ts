import fc from "fast-check";
import { expect, test } from "vitest";
import { type ColumnRules, columnRules, columnsValue, filledIn, lineOf, namesOfLines } from "../../src/graph/column_rules";

const arbitraryRules: fc.Arbitrary<ColumnRules> = fc.record({
  begin: fc.constantFrom("all" as const, "none" as const),
  rules: fc.array(
    fc.oneof(
      fc.record({
        include: fc.boolean(),
        criterion: fc.constantFrom("names" as const, "types" as const, "roles" as const),
        wanted: fc.array(fc.string()),
      }),
      fc.record({ include: fc.boolean(), criterion: fc.constant("indices" as const), wanted: fc.constant(["1-3, 5"]) }),
    ),
    { maxLength: 4 },
  ),
});

test("rules that are written are read again", () => {
  fc.assert(fc.property(arbitraryRules, (rules) => {
    expect(columnRules(columnsValue(rules))).toEqual(rules);
  }));
});

test.each([
  ["all", { begin: "all", rules: [] }],
  [null, { begin: "none", rules: [] }],
  [["a", "b"], { begin: "none", rules: [{ include: true, criterion: "names", wanted: ["a", "b"] }] }],
  [
    { begin: "all", rules: [{ exclude: { names: "Class" } }] },
    { begin: "all", rules: [{ include: false, criterion: "names", wanted: ["Class"] }] },
  ],
])("%j is shown as rules", (value, rules) => expect(columnRules(value)).toEqual(rules));

test.each(["some", 5, { begin: "all", rules: [{ include: {} }] }, { begin: "x" }, { begin: "all", rules: [{ only: { names: [] } }] }])(
  "%j is left to the file",
  (value) => expect(columnRules(value)).toBeNull(),
);

test("a rule that names nothing yet is no part of the value", () => {
  const named = { include: true, criterion: "names" as const, wanted: ["a"] };
  const unfinished = { include: true, criterion: "indices" as const, wanted: [] };
  expect(columnsValue(filledIn({ begin: "none", rules: [named, unfinished] }))).toEqual(["a"]);
});

test("a name keeps its spaces and line breaks while another line is typed", () => {
  const known = [" spaced ", "two\nlines", "<b>", "나이 (만)"];
  const text = [...known.map(lineOf), "  typed "].join("\n");
  expect(namesOfLines(text, known)).toEqual([...known, "typed"]);
  expect(namesOfLines("spaced\n\n a↵b ", known)).toEqual(["spaced", "a↵b"]);
});
