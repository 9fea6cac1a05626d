/** A field with a list below it: what is typed narrows the list, the arrows choose, Enter takes. */

import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Icon } from "../look/icon";
import { useWords } from "../words/words";

export interface Choice {
  readonly id: string;
  /** The heading that it is under. */
  readonly group?: string;
  readonly label: string;
  readonly before?: ReactNode;
  readonly hint?: ReactNode;
  readonly cannot?: boolean;
}

interface ChooserProps {
  readonly label: string;
  readonly placeholder: string;
  /** The choices for what is typed, the best first within each group. */
  readonly choices: (typed: string) => readonly Choice[];
  readonly empty?: string;
  readonly onChoose: (id: string, event: { readonly shiftKey: boolean }) => void;
  readonly foot?: ReactNode;
}

const MOST = 200;

export function Chooser({ label, placeholder, choices, empty, onChoose, foot }: ChooserProps) {
  const words = useWords();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const shown = choices(typed).slice(0, MOST);
  const chosen = shown[Math.min(at, shown.length - 1)];

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step !== undefined && shown.length > 0) {
      event.preventDefault();
      const far = Math.abs(step) > 1;
      setAt(far ? Math.min(shown.length - 1, Math.max(0, at + step)) : (Math.min(at, shown.length - 1) + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && chosen && !chosen.cannot) {
      event.preventDefault();
      onChoose(chosen.id, event);
    }
  };

  return (
    <>
      <div className="cmdbox">
        <Icon of={Search} className="mute" />
        <input
          // The dialog is opened to type into it.
          autoFocus
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={chosen && `${listId} ${chosen.id}`}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={typed}
          onChange={(event) => { setTyped(event.target.value); setAt(0); }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="cmd" role="listbox" id={listId} aria-label={label} ref={list}>
        {shown.map((choice, index) => (
          <ChoiceRow
            key={choice.id}
            choice={choice}
            id={`${listId} ${choice.id}`}
            heading={choice.group !== shown[index - 1]?.group ? choice.group : undefined}
            chosen={choice === chosen}
            onPoint={() => setAt(index)}
            onChoose={onChoose}
          />
        ))}
        {shown.length === 0 && <p className="cap">{empty ?? words.common.nothingFound}</p>}
      </div>
      {foot && <footer>{foot}</footer>}
    </>
  );
}

interface ChoiceRowProps {
  readonly choice: Choice;
  readonly id: string;
  readonly heading: string | undefined;
  readonly chosen: boolean;
  readonly onPoint: () => void;
  readonly onChoose: ChooserProps["onChoose"];
}

function ChoiceRow({ choice, id, heading, chosen, onPoint, onChoose }: ChoiceRowProps) {
  return (
    <>
      {heading && <div className="cap" role="presentation">{heading}</div>}
      {/* The keys are the field's, which keeps the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div
        role="option"
        id={id}
        tabIndex={-1}
        aria-selected={chosen}
        aria-disabled={choice.cannot || undefined}
        className={choice.cannot ? "off" : ""}
        onPointerMove={onPoint}
        onClick={(event) => !choice.cannot && onChoose(choice.id, event)}
      >
        {choice.before}
        <span className="clip">{choice.label}</span>
        {choice.hint && <span className="end mute small nowrap">{choice.hint}</span>}
      </div>
    </>
  );
}
