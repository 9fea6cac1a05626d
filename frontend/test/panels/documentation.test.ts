import { expect, test } from "vitest";
import { documentation } from "../../src/panels/script/documentation";

test("all of it is text, whatever a script has in its docstrings", () => {
  const shown = documentation("```python\nx = \"<img src=x>\"\n```\n---\n<script>alert(1)</script>  \n[a](javascript:1)");
  expect([...shown.querySelectorAll("*")].map((one) => one.tagName).filter((tag) => !["PRE", "SPAN", "P"].includes(tag))).toEqual([]);
  expect(shown.querySelector("pre")?.textContent).toBe('x = "<img src=x>"');
  expect(shown.querySelector("p")?.textContent).toBe("<script>alert(1)</script>\n[a](javascript:1)");
});

test("a fence that is not closed is text", () => {
  expect(documentation("```python\nx = 1").querySelector("pre")).toBeNull();
});
