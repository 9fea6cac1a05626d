/** A selection of columns: where it begins, then rules, as sentences. */

import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import type { Column } from "../../api/scripts";
import { same } from "../../canvas/sharing";
import { type ColumnRule, type ColumnRules, columnRules, columnsValue, type Criterion, filledIn, lineOf, nameOfLine, namesOfLines } from "../../graph/column_rules";
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

/** Names that a list of suggestions shows. */
const MOST_SUGGESTED = 1_000;

export function ColumnsField({ parameter, value, readOnly, onChange, columns = null }: FieldProps) {
  const words = useWords();
  const given = value ?? parameter.default;
  const [typed, setTyped] = useState<Typed | null>(null);
  if (parameter.kind === "column" && (given === null || typeof given !== "object")) {
    const name = String(given ?? "");
    const known = columns?.map((column) => column.name) ?? [];
    return (
      <>
        <TextField label={parameter.label} value={lineOf(name)} suggestions={columns ? known.map(lineOf) : undefined} readOnly={readOnly} onChange={(line) => onChange(nameOfLine(line, known))} />
        <Missing names={name === "" ? [] : [name]} columns={columns} />
      </>
    );
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
          columns={columns}
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
  readonly columns: readonly Column[] | null;
  readonly readOnly: boolean;
  readonly onChange: (rule: ColumnRule) => void;
  readonly onRemove: () => void;
}

function RuleRow({ rule, columns, readOnly, onChange, onRemove }: RuleRowProps) {
  const words = useWords();
  const said = words.properties;
  const names = rule.criterion === "names";
  const take = (text: string) => {
    const known = [...rule.wanted, ...(columns ?? []).map((column) => column.name)];
    const parts = rule.criterion === "indices" ? [text.trim()] : text.split(",").map((part) => part.trim());
    onChange({ ...rule, wanted: names ? namesOfLines(text, known) : parts.filter(Boolean) });
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
          value={names ? rule.wanted.map(lineOf).join("\n") : rule.wanted.join(", ")}
          multiline={names}
          readOnly={readOnly}
          onChange={take}
        />
        {names && !readOnly && columns && (
          <AddColumn columns={columns} chosen={rule.wanted} onAdd={(name) => onChange({ ...rule, wanted: [...rule.wanted, name] })} />
        )}
        {names && <Missing names={rule.wanted} columns={columns} />}
      </div>
    </div>
  );
}

/** A column that is really there, added to a rule's names. */
function AddColumn({ columns, chosen, onAdd }: { readonly columns: readonly Column[]; readonly chosen: readonly string[]; readonly onAdd: (name: string) => void }) {
  const words = useWords();
  const [typed, setTyped] = useState("");
  const id = useId();
  const left = columns.filter((column) => !chosen.includes(column.name));
  const take = (line: string) => {
    const name = nameOfLine(line, left.map((column) => column.name));
    if (!left.some((column) => column.name === name)) return setTyped(line);
    setTyped("");
    onAdd(name);
  };
  if (left.length === 0) return null;
  return (
    <>
      <input
        className="in low"
        list={id}
        aria-label={words.properties.addColumn}
        placeholder={words.properties.addColumn}
        value={typed}
        onChange={({ target, nativeEvent }) => {
          // Chosen from the list, and not typed: a name may be the beginning of another one.
          const chosenNow = !(nativeEvent instanceof InputEvent) || nativeEvent.inputType === "insertReplacementText";
          if (chosenNow) take(target.value);
          else setTyped(target.value);
        }}
        onKeyDown={({ key }) => key === "Enter" && take(typed)}
        onBlur={() => take(typed)}
      />
      <datalist id={id}>
        {left.slice(0, MOST_SUGGESTED).map((column) => <option key={column.name} value={lineOf(column.name)}>{column.type}</option>)}
      </datalist>
    </>
  );
}

/** Names that are not there, where it is known what is. */
function Missing({ names, columns }: { readonly names: readonly string[]; readonly columns: readonly Column[] | null }) {
  const words = useWords();
  if (!columns) return null;
  const there = new Set(columns.map((column) => column.name));
  const missing = names.filter((name) => !there.has(name));
  return missing.length > 0 ? <span className="small warn">{words.properties.columnsMissing(missing.slice(0, 5), missing.length)}</span> : null;
}
