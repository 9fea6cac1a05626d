import { afterEach, beforeEach, expect, test } from "vitest";
import { errorText, failureLine, failureText, findingText, newsText, noteText, problemText, reasonText, sentenceText } from "../../src/words/server";
import { loadedWords, useLanguage } from "../../src/words/words";

beforeEach(async () => {
  useLanguage.getState().choose("ko");
  await loadedWords();
});
afterEach(() => useLanguage.getState().choose("en"));

const exists = { code: "experiment-exists", message: 'There already is an experiment "a".', facts: { name: "a" } };

test("an error is said in the chosen language, from its facts", () => {
  expect(errorText(exists)).toBe("이름이 ‘a’인 실험이 이미 있습니다. 다른 이름을 선택하십시오.");
  useLanguage.getState().choose("en");
  expect(errorText(exists)).toBe(exists.message);
});

test("without its facts, or without words for it, an error is said as the server does", () => {
  expect(errorText({ ...exists, facts: {} })).toBe(exists.message);
  expect(errorText({ code: "another", message: "m" })).toBe("m");
});

test("a part is left out where nothing is known", () => {
  const unknown = (known: readonly string[]) => errorText({ code: "endpoint-unknown", message: "m", facts: { endpoint: "b", known } });
  expect(unknown([])).toBe("엔드포인트 ‘b’이(가) 없습니다.");
  expect(unknown(["c", "d"])).toBe("엔드포인트 ‘b’이(가) 없습니다. 있는 엔드포인트: c, d");
});

test("particles fit the syllable before them", () => {
  const missing = (endpoint: string) => errorText({ code: "endpoint-unknown", message: "m", facts: { endpoint, known: [] } });
  expect([missing("점수"), missing("운영"), missing("v1"), missing("v2")]).toEqual([
    "엔드포인트 ‘점수’가 없습니다.", "엔드포인트 ‘운영’이 없습니다.", "엔드포인트 ‘v1’이 없습니다.", "엔드포인트 ‘v2’가 없습니다.",
  ]);
});

test("facts with brackets and slots of their own are texts", () => {
  expect(errorText({ ...exists, facts: { name: "[{name}]|$&" } })).toBe("이름이 ‘[{name}]|$&’인 실험이 이미 있습니다. 다른 이름을 선택하십시오.");
});

test("the server's sentence follows where the Korean one does not say what is meant", () => {
  expect(findingText({ code: "input-missing", message: "m", facts: { node: "a", port: "dataset" } })).toEqual({
    text: "‘a’ 노드의 입력 ‘dataset’이(가) 연결되지 않았습니다.", detail: "",
  });
  expect(findingText({ code: "input-missing", message: "m" })).toEqual({ text: "필요한 입력이 연결되지 않았습니다.", detail: "m" });
  expect(failureText({ code: "entry-missing", message: "m", subject: "s" })).toEqual({ text: "스크립트에 azureml_main 함수가 없습니다.", detail: "m" });
  expect(failureText({ code: "script-exception", message: "m", subject: "s" })).toEqual({ text: "m", detail: "" });
});

test("sentences about modules are said in Korean, and those of one's own modules as they are", () => {
  expect(sentenceText("Split Rows only.")).toBe("‘행 분할’만.");
  expect(sentenceText("Mine.")).toBe("Mine.");
});

test("a failure is one line, with the server's sentence where the Korean one names nothing", () => {
  expect(failureLine({ code: "timed-out", message: "m", subject: "5 s" })).toBe("스크립트가 제한 시간(5 s)보다 오래 실행되어 중지되었습니다.");
  expect(failureLine({ code: "entry-missing", message: "m", subject: "" })).toBe("스크립트에 azureml_main 함수가 없습니다. m");
  expect(failureLine({ code: "script-exception", message: "m", subject: "" })).toBe("m");
});

test.each([
  ["It has not run before.", "전에 실행한 적이 없습니다."],
  ["Changed: the script.", "바뀐 것: 스크립트."],
  ["Changed: the seed, the parameter trees (default → 300), the input dataset.", "바뀐 것: 시드, 매개변수 trees(기본값 → 300), 입력 dataset."],
  ['Changed: the parameter names ("a, b" → "c, the script"), the module.', '바뀐 것: 매개변수 names("a, b" → "c, the script"), 모듈.'],
  ['Changed: the parameter names ("a" → "(b), c").', 'Changed: the parameter names ("a" → "(b), c").'],
  ["The node 'own', which it needs, did not succeed.", "이 노드에 필요한 ‘own’ 노드가 성공하지 못했습니다."],
  ["Changed: the weather.", "Changed: the weather."],
])("%s", (english, korean) => {
  expect(reasonText(english)).toBe(korean);
  useLanguage.getState().choose("en");
  expect(reasonText(english)).toBe(english);
});

test("what is wrong with a row is said from its facts, if all of them have words", () => {
  const problem = { code: "InputParseError", message: "m", target: "input1", row: 2, column: "age", expected: "a whole number", found: "old" };
  expect(problemText(problem)).toBe("2행, ‘age’ 열: 정수가 필요합니다. 받은 값: ‘old’");
  expect(problemText({ ...problem, expected: "a value", found: "null" })).toBe("2행, ‘age’ 열: 값이 필요합니다.");
  expect(problemText({ ...problem, expected: "a whole number from 0 to 9" })).toContain("0에서 9까지의 정수가");
  expect(problemText({ ...problem, expected: "a moon" })).toBe("m");
  expect(problemText({ ...problem, code: "another" })).toBe("m");
});

test("words of the server within a sentence are said, too, and names stay as they are", () => {
  const place = '"allow" of node "model": "x" is not a host and a port. Write HOST:PORT without a scheme or a path, such as api.example.com:443, and an IPv6 address in brackets.';
  expect(errorText({ code: "node-refused", message: "m", facts: { node: "model", reasons: [place] } })).toBe(
    "‘model’ 노드를 이렇게 바꿀 수 없습니다: 노드 \"model\"의 연결할 수 있는 대상: \"x\"은(는) 호스트와 포트가 아닙니다. 주소의 앞부분(https://)과 경로 없이 api.example.com:443처럼 쓰고, IPv6 주소는 대괄호로 묶으십시오.",
  );
  expect(errorText({ code: "parameter-out-of-range", message: "m", facts: { parameter: "trees", value: 0, allowed: "a whole number of at least 1" } })).toContain("허용: 1 이상의 정수.");
  expect(failureText({ code: "timed-out", message: "m", subject: "5 seconds" }).text).toContain("(5초)");
});

test("a failure that an error of the server explains is said from that error's facts", () => {
  const failed = { code: "dataset-row-ragged", message: "m", subject: "", facts: { file: "rows.csv", line: 3, found: 2, expected: 3 } };
  expect(failureLine(failed)).toMatch(/^rows\.csv, 3번째 줄: 필드가 2개입니다/);
  expect(failureLine({ ...failed, facts: {} })).toBe("m");
});

test("a sentence that names more than the words for its code is said as a whole", () => {
  const message = "There is no column 'age' in the dataset. Its columns are 'a', 'b'.";
  expect(failureText({ code: "column-missing", message, subject: message })).toEqual({ text: "데이터셋에 열 'age'이(가) 없습니다. 있는 열: 'a', 'b'", detail: "" });
});

test.each([
  ["new: everything", "모두 처음 실행"],
  ["again: rank, split", "다시 실행: rank, split"],
  ["rank: the parameter trees (200 → 300), the script", "rank: 매개변수 trees(200 → 300), 스크립트"],
  ["rank: the weather", "rank: the weather"],
])("the news %s", (english, korean) => {
  expect(newsText(english)).toBe(korean);
});

test.each([
  ["Column '값' holds integers and floats: it becomes float64.", "열 '값'에 정수와 실수가 함께 있어 float64로 바꾸었습니다."],
  ["Its fields are separated by semicolons instead of commas, and were read that way.", "필드가 쉼표 대신 세미콜론으로 구분되어 있어 그렇게 읽었습니다."],
  ["The image 'a.png' is left out: it is not a valid PNG file.", "그림 'a.png'을(를) 생략했습니다(올바른 PNG 파일이 아님)."],
  ["Line 3: somebody's own.", "Line 3: somebody's own."],
  ["lines 6 and 12: `print 'done'` is retired; use `print('done')`.", "6, 12번째 줄: `print 'done'`: 지금은 쓰지 않는 호출입니다. 대신 쓸 것: `print('done')`."],
])("the note %s", (english, korean) => {
  expect(noteText(english)).toBe(korean);
});

test("the advice on retired calls is said after a script's own error, line by line", () => {
  const advised = "no attribute 'ix' Instead of `frame.ix[0]`, use `frame.iloc[0]`; `frame.iloc[:, 0]` for a column.";
  const failed = { code: "script-exception", message: `${advised}\nRetired calls of this script:\n  line 6: somebody's own.`, subject: "", exception_type: "AttributeError" };
  const said = "AttributeError: no attribute 'ix' `frame.ix[0]` 대신 쓸 것: `frame.iloc[0]`, 열이면 `frame.iloc[:, 0]`.\n이 스크립트에서 지금은 쓰지 않는 호출:\n  6번째 줄: somebody's own.";
  expect(failureText(failed)).toEqual({ text: said, detail: "" });
  expect(failureLine(failed)).toBe(said);
  useLanguage.getState().choose("en");
  expect(failureLine(failed)).toBe(`AttributeError: ${failed.message}`);
});
