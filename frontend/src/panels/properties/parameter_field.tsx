/** One parameter of a node, as a field of its kind. */

import { RotateCcw } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { Column } from "../../api/scripts";
import { same } from "../../canvas/sharing";
import type { Parameter, Value } from "../../graph/graph";
import type { Obstacle } from "../../graph/used";
import { IconButton } from "../../look/button";
import { said } from "../../words/library";
import { sentenceText } from "../../words/server";
import { useWords } from "../../words/words";
import { ColumnsField } from "./columns_field";
import { ChoiceField } from "./choice_field";
import { FileField } from "./file_field";
import { NumberField } from "./number_field";
import { TextField } from "./text_field";

export interface FieldProps {
  readonly parameter: Parameter;
  /** The value that the file gives; undefined where it gives none. */
  readonly value: Value | undefined;
  readonly readOnly: boolean;
  /** Of a column's name: the columns that are really there; null where they are not known. */
  readonly columns?: readonly Column[] | null;
  /** What keeps the node from using it, as it is set up now. */
  readonly obstacle?: Obstacle | null;
  /** Undefined: back to the default. */
  readonly onChange: (value: Value | undefined) => void;
}

export function ParameterField({ readOnly: locked, ...given }: FieldProps) {
  const props: FieldProps = { ...given, readOnly: locked || Boolean(given.obstacle) };
  const { parameter, value, readOnly, onChange } = props;
  const words = useWords();
  const changed = value !== undefined && !same(value, parameter.default);
  if (parameter.kind === "boolean") {
    return <CheckField {...props} changed={changed} />;
  }
  const bounds = words.properties.range(parameter.minimum, parameter.maximum);
  return (
    <div className={`f ${props.obstacle ? "unused" : ""}`} {...(parameter.kind === "columns" && { role: "group", "aria-label": parameter.label })}>
      <div className="lab">
        {changed && <span className="changed" />}
        <span>{parameter.label}</span>
        {parameter.required && value === undefined && !props.obstacle && <span className="warn">{words.properties.required}</span>}
        <span className="end">{bounds}</span>
        {changed && !parameter.required && !readOnly && (
          <IconButton small icon={RotateCcw} label={`${words.properties.reset}: ${parameter.label}`} onClick={() => onChange(undefined)} />
        )}
      </div>
      {fieldOf(props)}
      {props.obstacle && <NotUsed obstacle={props.obstacle} />}
      {parameter.help && <p className="help">{sentenceText(parameter.help)}</p>}
    </div>
  );
}

/** Why the field is grey. */
function NotUsed({ obstacle: { parameter, value } }: { readonly obstacle: Obstacle }) {
  const words = useWords();
  const shown = typeof value === "boolean" ? (value ? words.common.on : words.common.off) : said(String(value ?? ""));
  return <p className="help">{words.properties.notUsed(parameter.label, shown)}</p>;
}

/** Yes or no. The hint describes the box and is not part of its name. */
function CheckField({ parameter, value, readOnly, onChange, changed, obstacle }: FieldProps & { readonly changed: boolean }) {
  const hintId = useId();
  const checked = (value ?? parameter.default) === true;
  return (
    <div className={`f ${obstacle ? "unused" : ""}`}>
      <label className="check">
        <input
          type="checkbox"
          checked={checked}
          disabled={readOnly}
          aria-describedby={parameter.help ? hintId : undefined}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span className="lab">{changed && <span className="changed" />}<span>{parameter.label}</span></span>
      </label>
      <div className="checkhint">
        {obstacle && <NotUsed obstacle={obstacle} />}
        {parameter.help && <p id={hintId} className="help">{sentenceText(parameter.help)}</p>}
      </div>
    </div>
  );
}

function fieldOf(props: FieldProps): ReactNode {
  const { parameter, value, readOnly, onChange } = props;
  const shown = value ?? parameter.default;
  switch (parameter.kind) {
    case "integer":
    case "number":
      return <NumberField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "columns":
    case "column":
      return <ColumnsField {...props} />;
    case "file":
      return <FileField {...props} />;
    case "code":
    case "data":
      return <TextField label={parameter.label} value={String(shown ?? "")} mono multiline readOnly={readOnly} onChange={onChange} />;
    default:
      return <TextField label={parameter.label} value={String(shown ?? "")} readOnly={readOnly} onChange={onChange} />;
  }
}
