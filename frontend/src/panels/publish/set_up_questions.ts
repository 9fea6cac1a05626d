/** What a set-up of a web service leaves to the user, and the answers. */

import { ApiError } from "../../api/client";
import type { SetUpChoices } from "../../api/publishing";
import { errorText } from "../../words/server";

/** The learner is one; inputs and outputs may be several. */
export type Field = "learner" | "inputs" | "outputs";

export interface Question {
  readonly field: Field;
  readonly says: string;
  readonly names: readonly string[];
}

/** What an error asks; null if it does not ask. */
export function asked(error: unknown): Question | null {
  if (!(error instanceof ApiError) || error.code !== "service-set-up") return null;
  const body = error.body as { error?: { details?: readonly { readonly field: string; readonly message: string }[] } } | null;
  const details = body?.error?.details ?? [];
  const [first] = details;
  if (first === undefined || !isField(first.field)) return null;
  return { field: first.field, says: errorText(error), names: details.map(({ message }) => message) };
}

function isField(name: string): name is Field {
  return name === "learner" || name === "inputs" || name === "outputs";
}

export function chosen(choices: SetUpChoices, field: Field): readonly string[] {
  if (field === "learner") return choices.learner ? [choices.learner] : [];
  return choices[field] ?? [];
}

export function withChoice(choices: SetUpChoices, field: Field, name: string, on: boolean): SetUpChoices {
  if (field === "learner") return { ...choices, learner: on ? name : null };
  const others = (choices[field] ?? []).filter((one) => one !== name);
  return { ...choices, [field]: on ? [...others, name] : others };
}
