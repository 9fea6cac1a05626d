/** The web-service parameters that a caller may set: fields for them, and what is sent. */

import type { ServiceParameter } from "../../api/services";
import { Select } from "../../look/select";
import { useWords } from "../../words/words";

/** What was typed, by parameter. Those that were left alone are not sent. */
export type TypedParameters = Readonly<Record<string, string>>;

interface ParameterFieldsProps {
  readonly parameters: readonly ServiceParameter[];
  readonly typed: TypedParameters;
  readonly onType: (typed: TypedParameters) => void;
}

export function ParameterFields({ parameters, typed, onType }: ParameterFieldsProps) {
  const words = useWords();
  if (parameters.length === 0) return null;
  return (
    <div role="group" aria-label={words.services.parameters} className="inputs">
      <h3 className="hd">{words.services.parameters}</h3>
      {parameters.map((parameter) => {
        const { name, kind, choices } = parameter;
        const value = typed[name] ?? String(parameter.default ?? "");
        const type = (text: string) => onType({ ...typed, [name]: text });
        const listed = choices ?? (kind === "boolean" ? ["true", "false"] : null);
        return (
          <label key={name} className="testfield">
            <span className="grow">{name.slice(0, 300)}</span>
            {listed ? (
              <Select low label={name} value={value} choices={listed.map((choice) => [choice, choice] as const)} onChange={type} />
            ) : (
              <input className="in" value={value} onChange={(event) => type(event.target.value)} />
            )}
          </label>
        );
      })}
    </div>
  );
}
