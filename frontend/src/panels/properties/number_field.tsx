/** A number: the arrows step, Page keys by ten. What is wrong is said on leaving the field. */

import { Minus, Plus } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { Icon } from "../../look/icon";
import { useWords } from "../../words/words";
import type { FieldProps } from "./parameter_field";

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export function NumberField({ parameter, value, readOnly, onChange }: FieldProps) {
  const words = useWords();
  const messageId = useId();
  const given = value ?? parameter.default;
  const shown = given === null || given === undefined ? "" : String(given);
  const [typed, setTyped] = useState(shown);
  const [wrong, setWrong] = useState("");
  useEffect(() => setTyped(shown), [shown]);
  const bounds = words.properties.range(parameter.minimum, parameter.maximum);
  const step = parameter.kind === "number" && parameter.maximum === 1 ? 0.05 : 1;

  /** Why the text is no such number, or the number. */
  const read = (text: string): { readonly number: number | null } | { readonly wrong: string } => {
    if (text.trim() === "") return parameter.nullable || !parameter.required ? { number: null } : { wrong: words.properties.required };
    const number = Number(text);
    if (!Number.isFinite(number)) return { wrong: words.properties.notNumber };
    if (parameter.kind === "integer" && !Number.isInteger(number)) return { wrong: words.properties.notInteger };
    const low = parameter.minimum !== null && number < parameter.minimum;
    const high = parameter.maximum !== null && number > parameter.maximum;
    return low || high ? { wrong: words.properties.outside(bounds) } : { number };
  };
  const take = (text: string) => {
    const found = read(text);
    setWrong("wrong" in found ? found.wrong : "");
    if ("wrong" in found || text === shown) return;
    if (found.number === null) onChange(parameter.nullable ? null : undefined);
    else onChange(found.number);
  };
  const stepBy = (count: number) => {
    if (readOnly) return;
    const from = Number(typed) || 0;
    const wish = Math.round((from + count * step) * 1e9) / 1e9;
    const next = String(Math.min(parameter.maximum ?? wish, Math.max(parameter.minimum ?? wish, wish)));
    setTyped(next);
    take(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = STEPS[event.key];
    if (event.key === "Enter") take(typed);
    if (count === undefined) return;
    event.preventDefault();
    stepBy(count);
  };
  return (
    <>
      <span className="in step num" aria-invalid={wrong !== ""}>
        <input
          inputMode="decimal"
          aria-label={parameter.label}
          aria-invalid={wrong !== ""}
          aria-describedby={messageId}
          readOnly={readOnly}
          placeholder={parameter.default === null ? words.properties.moduleDecides : ""}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => take(typed)}
          onKeyDown={onKeyDown}
        />
        <button type="button" tabIndex={-1} disabled={readOnly} aria-label={`${words.properties.less}: ${parameter.label}`} onClick={() => stepBy(-1)}><Icon of={Minus} small /></button>
        <button type="button" tabIndex={-1} disabled={readOnly} aria-label={`${words.properties.moreOf}: ${parameter.label}`} onClick={() => stepBy(1)}><Icon of={Plus} small /></button>
      </span>
      {wrong && <p id={messageId} className="help bad" role="alert">{wrong}</p>}
    </>
  );
}
