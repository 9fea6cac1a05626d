/** A choice from a list, as the system draws it. */

import { ChevronDown } from "lucide-react";
import { Icon } from "./icon";

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [string, string])[];
  readonly disabled?: boolean;
  readonly low?: boolean;
  readonly onChange: (value: string) => void;
}

export function Select({ label, value, choices, disabled = false, low = false, onChange }: SelectProps) {
  return (
    <span className={`select ${low ? "low" : ""}`}>
      <select className={`in ${low ? "low" : ""}`} aria-label={label} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
        {choices.map(([id, text]) => <option key={id} value={id}>{text}</option>)}
      </select>
      <Icon of={ChevronDown} />
    </span>
  );
}
