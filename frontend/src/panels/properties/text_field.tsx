/** A field of text that is saved when it is left, or with Enter; Esc takes back what was typed. */

import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";

const MOST_SUGGESTED = 1_000;

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Why a text can't be taken; empty if it can. */
  readonly refuse?: (value: string) => string;
  readonly id?: string;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly multiline?: boolean;
  readonly readOnly?: boolean;
  /** Texts that can be chosen; any other can be typed. */
  readonly suggestions?: readonly string[] | undefined;
}

export function TextField({ label, value, onChange, refuse, id, placeholder, mono = false, multiline = false, readOnly = false, suggestions }: TextFieldProps) {
  const [typed, setTyped] = useState(value);
  const [wrong, setWrong] = useState("");
  const messageId = useId();
  const listId = useId();
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => setTyped(value), [value]);

  const leave = () => {
    if (typed === value) return setWrong("");
    const reason = refuse?.(typed) ?? "";
    setWrong(reason);
    if (reason === "") onChange(typed);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (!multiline || event.ctrlKey || event.metaKey)) leave();
    if (event.key === "Escape") {
      setTyped(value);
      setWrong("");
    }
  };
  const shared = {
    id,
    ref: field,
    className: `in ${mono ? "mono" : ""} ${multiline ? "" : "low"}`,
    "aria-label": label,
    "aria-invalid": wrong !== "",
    "aria-describedby": messageId,
    placeholder,
    value: typed,
    readOnly,
    title: multiline ? undefined : typed,
    onChange: (event: { target: { value: string } }) => setTyped(event.target.value),
    onBlur: leave,
    onKeyDown,
  };
  return (
    <span className="grow">
      {multiline ? <textarea rows={Math.min(12, Math.max(2, typed.split("\n").length))} spellCheck={false} {...shared} /> : <input {...shared} list={suggestions ? listId : undefined} />}
      {suggestions && <datalist id={listId}>{suggestions.slice(0, MOST_SUGGESTED).map((one) => <option key={one} value={one}>{one}</option>)}</datalist>}
      {wrong && <span id={messageId} className="help bad" role="alert">{wrong}</span>}
    </span>
  );
}
