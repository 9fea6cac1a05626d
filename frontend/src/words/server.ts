/**
 * What the server says, in the chosen language: by its code and what it is about. The server's own English
 * stays where a language has no words for it, as for the errors of somebody's script.
 */

import { korean, type ServerWords } from "./words";

export type Facts = Readonly<Record<string, string | number | readonly string[]>>;

interface Said {
  readonly code: string;
  readonly message: string;
  readonly facts?: Facts;
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly target: string;
  readonly row: number | null;
  readonly column: string | null;
  /** A phrase; empty where the message has all. */
  readonly expected: string;
  readonly found: string;
}

/** What is expected where a value is missing; there is nothing to be found, then. */
const A_VALUE = "a value";

/** An error of the server. */
export function errorText({ code, message, facts }: Said): string {
  return filled("errors", code, { ...facts, message })?.text ?? message;
}

/** A mistake in an experiment; the server's sentence is the detail where it says more. */
export function findingText({ code, message, facts = {} }: Said): Told {
  return told(filled("errors", code, facts), message);
}

/** Why a node failed, and the sentence of its sandbox where that says more. */
export function failureText(failure: FailureSaid): Told {
  const { code, message, subject, facts = {} } = failure;
  const said = told(filled("failures", code, { subject }) ?? filled("errors", code, facts), message);
  const advised = adviceText(failureSentence(failure));
  if (advised === null) return said;
  return said.detail ? { text: said.text, detail: advised } : { text: advised, detail: "" };
}

export interface FailureSaid extends Said {
  readonly subject: string;
  readonly exception_type?: string;
}

/** The error of a script with the advice on its retired calls, a line each; null without such an advice. */
function adviceText(message: string): string | null {
  const [first = "", ...others] = message.split("\n");
  const told = / Instead of `.+`, use .+\.$/u.test(first) ? fitting("retired", first) : null;
  if (told === null) return null;
  return [told, ...others.map((line) => line.replace(/\S.*/u, (text) => fitting("retired", text) ?? text))].join("\n");
}

interface Told {
  readonly text: string;
  /** In English; empty where the text has all. */
  readonly detail: string;
}

/** The words for a code, if they name what it is about; or else those for the sentence, if it has any. */
function told(found: ReturnType<typeof filled>, message: string): Told {
  if (found?.exact) return { text: found.text, detail: "" };
  const whole = fitting("phrases", message);
  if (whole !== null || found === null) return { text: whole ?? message, detail: "" };
  return { text: found.text, detail: message };
}

/** The server's sentence; after the name of the exception's class where it is the exception's own text. */
export function failureSentence({ code, subject, message, exception_type }: FailureSaid): string {
  const own = code === "script-exception" || message === subject;
  return own && exception_type && code !== "module-refused" ? `${exception_type}: ${message}` : message;
}

/** The same as `failureText`, on one line. */
export function failureLine(failure: FailureSaid): string {
  const { text, detail } = failureText(failure);
  if (text === failure.message) return failureSentence(failure);
  return [text, detail === failure.message ? failureSentence(failure) : detail].filter(Boolean).join(" ");
}

/** What is wrong with a row that a service was sent. */
export function problemText({ code, message, target, row, column, expected, found }: Problem): string {
  const needed = expected === "" ? "" : fitting("expected", expected);
  if (needed === null) return message;
  const facts = { target, row: row ?? "", column: column ?? "", expected: needed, found: expected === A_VALUE ? "" : found };
  return filled("problems", code, facts)?.text ?? phraseText(message);
}

/** A sentence, or a part of one, by itself. */
export function phraseText(english: string): string {
  return fitting("phrases", english) ?? english;
}

/** A remark about a node that is not an error. */
export function noteText(english: string): string {
  return fitting("retired", english) ?? fitting("notes", english) ?? english;
}

/** A sentence about a module of the library. */
export function sentenceText(english: string): string {
  return spoken()?.library[english] ?? english;
}

/** How far the building of an environment is. */
export function progressText(english: string): string {
  return fitting("progress", english) ?? english;
}

/** Why a node ran, or did not. */
export function reasonText(english: string): string {
  const changed = /^Changed: (.+)\.$/su.exec(english)?.[1];
  if (changed === undefined) return fitting("reasons", english) ?? english;
  const changes = spoken() && changesText(changed.split(", "));
  return changes ? filledWith(spoken()?.reasons["Changed: {changes}."] ?? english, { changes }) : english;
}

/** What was new in a run: at a node, or which nodes were. */
export function newsText(english: string): string {
  const [, node = "", phrases = ""] = /^(.+?): (.+)$/su.exec(english) ?? [];
  const changes = spoken() && phrases !== "" ? changesText(phrases.split(", ")) : null;
  return changes ? `${node}: ${changes}` : (fitting("reasons", english) ?? english);
}

/** What changed, from parts of a list that was split at its commas; values may have commas of their own. */
function changesText(parts: readonly string[]): string | null {
  const said: string[] = [];
  for (let at = 0, end = 1; at < parts.length; end += 1) {
    if (end > parts.length) return null;
    const phrase = fitting("changes", parts.slice(at, end).join(", "));
    if (phrase === null) continue;
    said.push(phrase);
    at = end;
  }
  return said.join(", ");
}

function spoken(): ServerWords | null {
  return korean()?.server ?? null;
}

/** The words for an English text: its own, or those of the first pattern that it fits. */
function fitting(kind: "expected" | "reasons" | "changes" | "progress" | "notes" | "phrases" | "retired", english: string): string | null {
  const known = spoken()?.[kind];
  if (!known) return null;
  if (Object.hasOwn(known, english)) return known[english] ?? null;
  for (const { names, matches, text } of patternsOf(known)) {
    const found = matches.exec(english);
    if (found) return filledWith(text, Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""])));
  }
  return null;
}

interface Pattern {
  readonly names: readonly string[];
  readonly matches: RegExp;
  readonly text: string;
}

const PATTERNS = new WeakMap<object, readonly Pattern[]>();

/** The texts that have slots. */
function patternsOf(known: Readonly<Record<string, string>>): readonly Pattern[] {
  const before = PATTERNS.get(known);
  if (before) return before;
  const made = Object.entries(known).flatMap(([pattern, text]) => {
    const names = [...pattern.matchAll(SLOT)].map(([, name = ""]) => name);
    return names.length === 0 ? [] : [{ names, matches: expression(pattern), text }];
  });
  PATTERNS.set(known, made);
  return made;
}

/** What the texts of a pattern match: any text is in its slots, and none need be in one for a hint. */
function expression(pattern: string): RegExp {
  const parts = pattern.split(SLOT).map((part, at) => (at % 2 === 1 ? (part === "hint" ? "(.*?)" : "(.+?)") : part.replace(/[$()*+.?[\\\]^{|}]/gu, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "su");
}

/** A text with facts in its slots; those that are the server's own words are said in the language, too. */
function filledWith(text: string, facts: Facts): string {
  return withParticles(text.replace(SLOT, (_all, name: string) => worded(name, facts[name])));
}

/** Slots for words of the server; what is in others, such as the name of a node, is somebody's own. */
const WORDED = new Set(
  ["advice", "allowed", "delimiter", "error", "found", "given", "hint", "holder", "kind", "likely", "message", "other", "part", "problem", "reason", "reasons", "subject", "taken", "usual", "what", "why"],
);

/** Of these, those of advice on retired calls. */
const OF_RETIRED_CALLS = new Set(["advice", "changed", "lost", "today"]);

function worded(name: string, fact: Facts[string] | undefined): string {
  if (OF_RETIRED_CALLS.has(name) && typeof fact === "string") {
    const said = fitting("retired", fact);
    if (said !== null) return said;
  }
  if (!WORDED.has(name)) return shown(fact);
  if (typeof fact === "string") return fitting("phrases", fact) ?? (name === "allowed" ? fitting("expected", fact) : null) ?? fact;
  return shown(typeof fact === "object" ? fact.map((one) => phraseText(one)) : fact);
}

const SLOT = /\{(\w+)\}/g;
/** A part that is left out where one of its slots has nothing. */
const OPTIONAL = /\[([^[\]]*\{[^[\]]*)\]/g;

/**
 * The words for a code. Alternatives are separated by "|": the first whose slots all have something is taken.
 * `exact` says whether it names what it is about.
 */
function filled(kind: "errors" | "failures" | "problems", code: string, facts: Facts): { readonly text: string; readonly exact: boolean } | null {
  const has = (text: string) => [...text.matchAll(SLOT)].every(([, name]) => shown(facts[name ?? ""]) !== "");
  for (const template of (spoken()?.[kind][code] ?? "").split("|")) {
    const text = template.replace(OPTIONAL, (_all, part: string) => (has(part) ? part : ""));
    if (text === "" || !has(text)) continue;
    return { text: filledWith(text, facts), exact: template.includes("{") };
  }
  return null;
}

function shown(fact: Facts[string] | undefined): string {
  if (fact === undefined) return "";
  if (typeof fact === "number") return fact.toLocaleString("ko");
  return typeof fact === "string" ? fact : fact.join(", ");
}

const PARTICLES = /([가-힣0-9])([’"']?)(은\(는\)|이\(가\)|을\(를\)|과\(와\)|\(으\)로)/g;
/** Digits that are read with a consonant at their end; of these, with an ㄹ. */
const CLOSED_DIGITS = "013678";
const DIGITS_WITH_L = "178";
/** The place of ㄹ among the consonants at the end of a syllable. */
const L = 8;

/** Particles fit the syllable before them; after other letters, both are given. */
function withParticles(text: string): string {
  return text.replace(PARTICLES, (_all, last: string, quote: string, both: string) => {
    const end = last < "가" ? endOfDigit(last) : (last.charCodeAt(0) - 0xac00) % 28;
    if (both === "(으)로") return `${last}${quote}${end === 0 || end === L ? "로" : "으로"}`;
    return `${last}${quote}${end !== 0 ? both.charAt(0) : both.charAt(2)}`;
  });
}

function endOfDigit(digit: string): number {
  return DIGITS_WITH_L.includes(digit) ? L : Number(CLOSED_DIGITS.includes(digit));
}
