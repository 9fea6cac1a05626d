/** The filters of a table: those that hold, and one more for the chosen column. */

import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button, IconButton } from "../../look/button";
import { Select } from "../../look/select";
import { useTroubleText } from "../../look/trouble";
import type { Column, Filter, Operator } from "../../table/source";
import { needsValue, operatorsOf } from "../../table/filters";
import { useWords } from "../../words/words";

interface FilterFormProps {
  readonly column: Column;
  /** Rejected with the reason if the server can't compare the column so. */
  readonly onAdd: (filter: Filter) => Promise<void>;
}

export function FilterForm({ column, onAdd }: FilterFormProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const operators = operatorsOf(column.type);
  const [operator, setOperator] = useState<Operator>(operators[0] ?? "missing");
  const [value, setValue] = useState("");
  const [refused, setRefused] = useState<unknown>(null);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await onAdd({ column: column.name, operator, value: needsValue(operator) ? value : "" });
      setValue("");
      setRefused(null);
    } catch (error) {
      setRefused(error);
    }
  };
  return (
    <form className="filterform" onSubmit={(event) => void add(event)}>
      <Select
        label={words.data.filterBy}
        value={operator}
        choices={operators.map((one) => [one, words.data.operators[one]])}
        onChange={(chosen) => { setOperator(chosen as Operator); setRefused(null); }}
      />
      {needsValue(operator) && <input className="in" aria-label={words.data.filterValue} aria-invalid={refused !== null} value={value} onChange={(event) => { setValue(event.target.value); setRefused(null); }} />}
      <Button look="line" type="submit">{words.data.filter}</Button>
      {refused !== null && <p className="help bad" role="alert">{trouble(refused)}</p>}
    </form>
  );
}

interface FilterTagsProps {
  readonly filters: readonly Filter[];
  readonly onChange: (filters: readonly Filter[]) => void;
}

export function FilterTags({ filters, onChange }: FilterTagsProps) {
  const words = useWords();
  return (
    <ul className="filtertags" aria-label={words.data.filters}>
      {filters.map((filter) => {
        const text = `${filter.column.slice(0, 60)} ${words.data.operators[filter.operator]} ${filter.value.slice(0, 60)}`.trim();
        return (
          <li key={`${filter.operator} ${filter.column} ${filter.value}`} className="tag">
            <span className="clip">{text}</span>
            <IconButton icon={X} small label={words.data.removeFilter(text)} onClick={() => onChange(filters.filter((one) => one !== filter))} />
          </li>
        );
      })}
    </ul>
  );
}
