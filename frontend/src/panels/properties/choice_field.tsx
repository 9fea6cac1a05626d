/** One of a few values. */

import { Select } from "../../look/select";
import { said } from "../../words/library";
import { useWords } from "../../words/words";
import type { FieldProps } from "./parameter_field";

export function ChoiceField({ parameter, value, readOnly, onChange }: FieldProps) {
  const words = useWords();
  const shown = value ?? parameter.default;
  const none = parameter.nullable || shown === null ? [["", words.properties.moduleDecides] as const] : [];
  // A value that the module does not know stays in the list, so that nothing is changed by looking.
  const known = shown === null || shown === undefined || parameter.choices.includes(String(shown)) ? [] : [[String(shown), String(shown)] as const];
  return (
    <Select
      label={parameter.label}
      value={shown === null || shown === undefined ? "" : String(shown)}
      choices={[...none, ...known, ...parameter.choices.map((choice) => [choice, said(choice)] as const)]}
      disabled={readOnly}
      onChange={(chosen) => onChange(chosen === "" ? (parameter.nullable ? null : undefined) : chosen)}
    />
  );
}
