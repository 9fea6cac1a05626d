/**
 * What the server says, in the chosen language: by its code and what it is about. The server's own English
 * stays where a language has no words for it, as for the errors of somebody's script.
 */

import { useLanguage, type ServerWords } from "./words";

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
export function findingText({ code, message, facts = {} }: Said): { readonly text: string; readonly detail: string } {
  const found = filled("errors", code, facts);
  return found === null ? { text: message, detail: "" } : { text: found.text, detail: found.exact ? "" : message };
}

/** Why a node failed, and the sentence of its sandbox where that says more. */
export function failureText({ code, message, subject }: { readonly code: string; readonly message: string; readonly subject: string }): { readonly text: string; readonly detail: string } {
  const found = filled("failures", code, { subject });
  return found === null ? { text: message, detail: "" } : { text: found.text, detail: found.exact ? "" : message };
}

/** The same on one line. */
export function failureLine(failure: Parameters<typeof failureText>[0]): string {
  const { text, detail } = failureText(failure);
  return [text, detail].filter(Boolean).join(" ");
}

/** What is wrong with a row that a service was sent. */
export function problemText({ code, message, target, row, column, expected, found }: Problem): string {
  const needed = expected === "" ? "" : fitting("expected", expected);
  if (needed === null) return message;
  const facts = { target, row: row ?? "", column: column ?? "", expected: needed, found: expected === A_VALUE ? "" : found };
  return filled("problems", code, facts)?.text ?? message;
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
  const { language, server } = useLanguage.getState();
  return language === "ko" ? server : null;
}

/** The words for an English text: its own, or those of the first pattern that it fits. */
function fitting(kind: "expected" | "reasons" | "changes" | "progress", english: string): string | null {
  const known = spoken()?.[kind] ?? {};
  if (Object.hasOwn(known, english)) return known[english] ?? null;
  for (const [pattern, text] of Object.entries(known)) {
    const names = [...pattern.matchAll(SLOT)].map(([, name = ""]) => name);
    const found = names.length > 0 && expression(pattern).exec(english);
    if (found) return filledWith(text, Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""])));
  }
  return null;
}

/** What the texts of a pattern match: any text is in its slots. */
function expression(pattern: string): RegExp {
  const parts = pattern.split(SLOT).map((part, at) => (at % 2 === 1 ? "(.+?)" : part.replace(/[$()*+.?[\\\]^{|}]/gu, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "su");
}

function filledWith(text: string, facts: Facts): string {
  return withParticles(text.replace(SLOT, (_all, name: string) => shown(facts[name])));
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

const PARTICLES = /([가-힣0-9])(’?)(은\(는\)|이\(가\)|을\(를\)|과\(와\))/g;
/** Digits that are read with a consonant at their end. */
const CLOSED_DIGITS = "013678";

/** Particles fit the syllable before them; after other letters, both are given. */
function withParticles(text: string): string {
  return text.replace(PARTICLES, (_all, last: string, quote: string, both: string) => {
    const closed = last < "가" ? CLOSED_DIGITS.includes(last) : (last.charCodeAt(0) - 0xac00) % 28 !== 0;
    return `${last}${quote}${closed ? both.charAt(0) : both.charAt(2)}`;
  });
}
