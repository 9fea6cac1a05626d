/** A selection of columns: where it begins, then rules, as sentences. */

import { Plus, X } from "lucide-react";
import { useState } from "react";
import { same } from "../../canvas/sharing";
import { type ColumnRule, type ColumnRules, columnRules, columnsValue, type Criterion, filledIn } from "../../graph/column_rules";
import type { Value } from "../../graph/graph";
import { Button, IconButton } from "../../look/button";
import { Select } from "../../look/select";
import { useWords } from "../../words/words";
import type { FieldProps } from "./parameter_field";
import { TextField } from "./text_field";

const NEW_RULE: ColumnRule = { include: true, criterion: "names", wanted: [] };

/** Rules as they are in the form: one that names nothing yet is no part of the value. */
interface Typed {
  readonly rules: ColumnRules;
  readonly value: Value;
}

export function ColumnsField({ parameter, value, readOnly, onChange }: FieldProps) {
  const words = useWords();
  const given = value ?? parameter.default;
  const [typed, setTyped] = useState<Typed | null>(null);
  if (parameter.kind === "column" && (given === null || typeof given !== "object")) {
    return <TextField label={parameter.label} value={String(given ?? "")} readOnly={readOnly} onChange={onChange} />;
  }
  const known = columnRules(given);
  if (!known) return <p className="help">{words.properties.notTheForm}</p>;
  const rules = typed !== null && same(typed.value, columnsValue(known)) ? typed.rules : known;
  const change = (some: Partial<ColumnRules>) => {
    const next = { ...rules, ...some };
    const saved = columnsValue(filledIn(next));
    setTyped({ rules: next, value: saved });
    if (!same(saved, columnsValue(known))) onChange(saved);
  };
  const replace = (at: number, rule: ColumnRule) => change({ rules: rules.rules.with(at, rule) });
  return (
    <div className="rules">
      <div className="rule">
        <span className="small mute">{words.properties.beginWith}</span>
        <Select
          low
          label={words.properties.beginWith}
          value={rules.begin}
          choices={[["all", words.properties.allColumns], ["none", words.properties.noColumns]]}
          disabled={readOnly}
          onChange={(begin) => change({ begin: begin === "all" ? "all" : "none" })}
        />
        <span />
      </div>
      {rules.rules.map((rule, at) => (
        <RuleRow
          // Rules have no names; their place is what tells them apart.
          key={`${at} of ${rules.rules.length}`}
          rule={rule}
          readOnly={readOnly}
          onChange={(next) => replace(at, next)}
          onRemove={() => change({ rules: rules.rules.toSpliced(at, 1) })}
        />
      ))}
      {!readOnly && <Button small look="link" icon={Plus} onClick={() => change({ rules: [...rules.rules, NEW_RULE] })}>{words.properties.addRule}</Button>}
    </div>
  );
}

interface RuleRowProps {
  readonly rule: ColumnRule;
  readonly readOnly: boolean;
  readonly onChange: (rule: ColumnRule) => void;
  readonly onRemove: () => void;
}

function RuleRow({ rule, readOnly, onChange, onRemove }: RuleRowProps) {
  const words = useWords();
  const said = words.properties;
  const names = rule.criterion === "names";
  const take = (text: string) => {
    const parts = rule.criterion === "indices" ? [text.trim()] : text.split(names ? "\n" : ",").map((part) => part.trim());
    onChange({ ...rule, wanted: parts.filter(Boolean) });
  };
  return (
    <div className="rule">
      <Select
        low
        label={said.include}
        value={rule.include ? "include" : "exclude"}
        choices={[["include", said.include], ["exclude", said.exclude]]}
        disabled={readOnly}
        onChange={(verb) => onChange({ ...rule, include: verb === "include" })}
      />
      <Select
        low
        label={said.byName}
        value={rule.criterion}
        choices={[["names", said.byName], ["indices", said.byIndex], ["types", said.byType], ["roles", said.byRole]]}
        disabled={readOnly}
        onChange={(criterion) => onChange({ ...rule, criterion: criterion as Criterion, wanted: [] })}
      />
      {readOnly ? <span /> : <IconButton small icon={X} label={said.removeRule} onClick={onRemove} />}
      <div className="tags">
        <TextField
          label={names ? said.namesHint : said.indicesHint}
          placeholder={names ? said.namesHint : rule.criterion === "indices" ? said.indicesHint : ""}
          value={rule.wanted.join(names ? "\n" : ", ")}
          multiline={names}
          readOnly={readOnly}
          onChange={take}
        />
      </div>
    </div>
  );
}
