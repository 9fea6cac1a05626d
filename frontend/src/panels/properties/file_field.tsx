/** A dataset file of the workspace. */

import type { FieldProps } from "./parameter_field";
import { TextField } from "./text_field";

export function FileField({ parameter, value, readOnly, onChange }: FieldProps) {
  return <TextField label={parameter.label} value={String(value ?? parameter.default ?? "")} mono readOnly={readOnly} onChange={onChange} />;
}
