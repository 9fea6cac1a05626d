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

/** A sentence about a module of the library, or about why a node ran. */
export function sentenceText(english: string): string {
  const server = spoken();
  return server?.library[english] ?? server?.reasons[english] ?? english;
}

function spoken(): ServerWords | null {
  const { language, server } = useLanguage.getState();
  return language === "ko" ? server : null;
}

const SLOT = /\{(\w+)\}/g;
/** A part that is left out where one of its slots has nothing. */
const OPTIONAL = /\[([^[\]]*\{[^[\]]*)\]/g;

/**
 * The words for a code. Alternatives are separated by "|": the first whose slots all have something is taken.
 * `exact` says whether it names what it is about.
 */
function filled(kind: "errors" | "failures", code: string, facts: Facts): { readonly text: string; readonly exact: boolean } | null {
  const has = (text: string) => [...text.matchAll(SLOT)].every(([, name]) => shown(facts[name ?? ""]) !== "");
  for (const template of (spoken()?.[kind][code] ?? "").split("|")) {
    const text = template.replace(OPTIONAL, (_all, part: string) => (has(part) ? part : ""));
    if (text === "" || !has(text)) continue;
    return { text: withParticles(text.replace(SLOT, (_all, name: string) => shown(facts[name]))), exact: template.includes("{") };
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
