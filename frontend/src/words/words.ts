/** The chosen language: its words, numbers and dates. */

import { create } from "zustand";
import { stored, store } from "../look/preferences";
import { en, type Words } from "./en";

export type Language = "en" | "ko";

/** Korean words for what the server says in English: see `server.ts`. */
export type ServerWords = Readonly<Record<"errors" | "failures" | "problems" | "expected" | "reasons" | "changes" | "progress" | "notes" | "phrases" | "retired" | "library", Readonly<Record<string, string>>>>;

export interface Korean {
  readonly words: Words;
  /** Those of the library: see `library_ko.ts`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly server: ServerWords;
}

interface Choice {
  readonly language: Language;
  /** Loaded with the first use of the language; until then, pages are in English. */
  readonly korean: Korean | null;
  choose(language: Language): void;
}

export const useLanguage = create<Choice>()((set) => ({
  korean: null,
  language: stored("language", ["en", "ko"], navigator.language.startsWith("ko") ? "ko" : "en"),
  choose(language) {
    store("language", language);
    document.documentElement.lang = language;
    set({ language });
    // Without a connection the page stays in English.
    void loadedWords().catch(() => {});
  },
}));

/** Load the words of the chosen language. */
export async function loadedWords(): Promise<void> {
  const { language, korean: already } = useLanguage.getState();
  if (language === "en" || already) return;
  useLanguage.setState({ korean: (await import("./korean")).korean });
}

/** The Korean words, if that is the language. */
export function korean(): Korean | null {
  const state = useLanguage.getState();
  return state.language === "ko" ? state.korean : null;
}

/** The words of the chosen language, in a component. */
export function useWords(): Words {
  return useLanguage((choice) => (choice.language === "ko" && choice.korean?.words) || en);
}

/** The words of the chosen language, outside of React. */
export function words(): Words {
  return korean()?.words ?? en;
}

const locale = () => (useLanguage.getState().language === "ko" ? "ko" : "en-GB");

/** "0.31 s", "14 s", "2 min", "2 min 5 s". */
export function duration(seconds: number): string {
  const korean = useLanguage.getState().language === "ko";
  const [s, min, h] = korean ? ["초", "분", "시간"] : [" s", " min", " h"];
  if (seconds < 9.995) return `${seconds.toFixed(2)}${s}`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${s}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return withRest(`${minutes}${min}`, whole % 60, s);
  return withRest(`${Math.floor(minutes / 60)}${h}`, minutes % 60, min);
}

function withRest(text: string, rest: number, unit: string): string {
  return rest === 0 ? text : `${text} ${rest}${unit}`;
}

/** "62 %" in English, "62%" in Korean. */
export function share(part: number): string {
  const percent = part * 100;
  const shown = percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent).toString();
  return useLanguage.getState().language === "ko" ? `${shown}%` : `${shown} %`;
}

export function amount(count: number): string {
  return count.toLocaleString(locale());
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** "29 KB": in steps of 1,000. */
export function size(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[step]}`;
}

/** The time of today; the date with the time of any other day. */
export function moment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.valueOf())) return "";
  const today = date.toDateString() === new Date().toDateString();
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  return date.toLocaleString(locale(), today ? time : { day: "numeric", month: "short", ...time });
}

/** The time of day, to the second: "13:24:05". */
export function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB");
}

/** When a run began, which its id tells: "13:24" for today's. */
export function runMoment(run: string): string {
  const time = runTime(run);
  return time === null ? run : moment(time);
}

/** When a run began, to the second. */
export function runTime(run: string): string | null {
  const found = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(run);
  if (!found) return null;
  const [, year, month, day, hour, minute, second] = found;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

/** A number as people read it in a table: all digits that count, none that do not. */
export function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString(locale());
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(4);
  return value.toLocaleString(locale(), { maximumSignificantDigits: 6 });
}

/** A number where there is little room, as on an axis: 1,500,000 as "1.5M". */
export function briefFigure(value: number): string {
  const size = Math.abs(value);
  const brief = (part: number) => part.toLocaleString(locale(), { maximumSignificantDigits: 4 });
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(1);
  if (size >= 1e6) return `${brief(value / 1e6)}M`;
  return size >= 1e4 ? `${brief(value / 1e3)}k` : brief(value);
}
