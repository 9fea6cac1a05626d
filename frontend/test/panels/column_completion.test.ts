import { CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import type { ColumnsOfArguments } from "../../src/panels/script/column_names";
import { columnCompletion } from "../../src/panels/script/column_completion";

const PEOPLE = [{ name: "age", type: "int64" }, { name: "home town", type: "string" }, { name: 'the "best"', type: "double" }];
const CITIES = [{ name: "city", type: "string" }];
const HEAD = "def azureml_main(dataframe1 = None, dataframe2 = None):\n";

function completed(body: string, given: ColumnsOfArguments = [PEOPLE, CITIES]): CompletionResult | null {
  const doc = HEAD + body;
  const context = new CompletionContext(EditorState.create({ doc }), doc.length, false);
  return columnCompletion(() => given)(context) as CompletionResult | null;
}
const names = (body: string) => completed(body)?.options.map((option) => option.label) ?? null;

test.each([
  'dataframe1["', "dataframe1['a", 'dataframe1[["age", "', 'dataframe1.loc[:, "', 'dataframe1.groupby("', 'dataframe1.sort_values(by="',
  'dataframe1.drop(columns=["', 'x = dataframe1\n    x["', 'x = dataframe1.dropna().copy()  # all\n    y = x\n    y["',
])("names of columns after %s", (body) => {
  expect(names(`    ${body}`)).toEqual(PEOPLE.map((column) => column.name));
});

test.each(['"', 'nothing["', 'print("', 'dataframe1 = 1; other["', 'x = f(dataframe1)\n    x["', 'x = x\n    x["', 'dataframe1["a"]', "1."])("none after %s", (body) => {
  expect(names(`    ${body}`)).toBeNull();
});

test("the second argument has columns of its own, and those that the script adds", () => {
  expect(names('    dataframe2["size"] = 3\n    dataframe2["')).toEqual(["city", "size"]);
  expect(names('    dataframe2["city"] == 3\n    dataframe2["')).toEqual(["city"]);
});

test("as a member, those that can be one", () => {
  expect(names("    dataframe1.a")).toEqual(["age"]);
  expect(names("    dataframe1.groupby(x).a")).toBeNull();
});

test("types are shown, and quotes in a name are escaped", () => {
  const found = completed('    dataframe1["');
  expect(found?.options.map((option) => option.detail)).toEqual(["int64", "string", "double"]);
  expect(found?.options[2]?.apply).toBe('the \\"best\\"');
});

test("a name of any characters is written as Python reads it", () => {
  const odd = ["a\\b", "two\r\nlines", "<b>", "나이 (만)"].map((name) => ({ name, type: "" }));
  const found = completed("    dataframe1['", [odd, CITIES]);
  expect(found?.options.map((option) => option.apply)).toEqual(["a\\\\b", "two\\r\\nlines", "<b>", "나이 (만)"]);
});

test("a long list is looked through at once", () => {
  const began = performance.now();
  expect(names(`    dataframe1[[${'"a" ,  '.repeat(200)}x`)).toBeNull();
  expect(performance.now() - began).toBeLessThan(500);
});

test("columns that are not known yet are none", () => {
  const doc = `${HEAD}    dataframe1["`;
  const context = new CompletionContext(EditorState.create({ doc }), doc.length, false);
  expect(columnCompletion(() => [null])(context)).toBeNull();
});
