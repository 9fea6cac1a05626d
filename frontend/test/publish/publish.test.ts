import { expect, test } from "vitest";
import { ApiError } from "../../src/api/client";
import type { Publication } from "../../src/api/publishing";
import { callerName, freeCallerName, namedForCallers } from "../../src/graph/callers";
import { inverse } from "../../src/graph/edits";
import { goingOn, nextVersion, suggestedName, withKey } from "../../src/panels/publish/publication";
import { asked, chosen, withChoice } from "../../src/panels/publish/set_up_questions";
import { graphOf, node } from "../graph/graphs";

test("a service is called as the experiment that was trained, in letters that a service may have", () => {
  expect(suggestedName("predict-diabetes-service")).toBe("predict-diabetes");
  expect(suggestedName("당뇨 risk")).toBe("risk");
});

test("the next version comes after all that there were", () => {
  const services = [{ name: "risk", versions: [{ version: 1 }, { version: 3 }] }];
  expect(nextVersion(services, "risk")).toBe(4);
  expect(nextVersion(services, "other")).toBe(1);
});

test("the key goes into a program as it is", () => {
  expect(withKey("curl -H 'Bearer YOUR-KEY'", { primary: "$&a+b" })).toBe("curl -H 'Bearer $&a+b'");
  expect(withKey("YOUR-KEY", {})).toBe("YOUR-KEY");
});

test("a publication is gone on with until its keys have been seen", () => {
  const one = (id: string, state: string, has_keys = false) => ({ id, experiment: "a", state, has_keys }) as Publication;
  expect(goingOn([one("1", "finished", true), one("2", "failed")], "a")?.id).toBe("1");
  expect(goingOn([one("1", "finished"), one("2", "freezing")], "a")?.id).toBe("2");
  expect(goingOn([one("1", "running")], "b")).toBeUndefined();
});

test("a set-up asks what the experiment leaves open", () => {
  const details = [{ field: "learner", message: "train 1" }, { field: "learner", message: "train 2" }];
  const question = asked(new ApiError(422, "service-set-up", "Two models.", { error: { details } }));
  expect(question).toEqual({ field: "learner", says: "Two models.", names: ["train 1", "train 2"] });
  expect(asked(new ApiError(422, "service-set-up", "No model.", { error: { details: [] } }))).toBeNull();
  const open = { learner: null, inputs: [], outputs: [], replace: false };
  expect(chosen(withChoice(open, "learner", "train 2", true), "learner")).toEqual(["train 2"]);
  const both = withChoice(withChoice(open, "inputs", "a", true), "inputs", "b", true);
  expect(chosen(withChoice(both, "inputs", "a", false), "inputs")).toEqual(["b"]);
});

test("a parameter for callers is renamed, and set back by undoing", () => {
  const names = { depth: ["one.depth", "two.depth"], constructor: ["one.rate"] };
  expect(callerName(names, "two.depth")).toBe("depth");
  expect(freeCallerName(names, "depth")).toBe("depth2");
  expect(freeCallerName({}, "constructor")).toBe("constructor");
  const edits = namedForCallers(names, "two.depth", "levels");
  expect(edits.map((edit) => edit.kind === "set_web_service_parameter" && [edit.name, edit.targets])).toEqual([["depth", ["one.depth"]], ["levels", ["two.depth"]]]);
  const back = inverse(graphOf(node("one")), edits);
  expect(back.map((edit) => edit.kind === "set_web_service_parameter" && [edit.name, edit.targets])).toEqual([["levels", []], ["depth", names.depth]]);
});
