/** The palette: datasets and modules by category, to be searched, dragged, or added with Enter. */

import { ChevronDown, ChevronRight, Search } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import type { ModuleDocument } from "../../api/graph_document";
import { DRAGGED, type Own, ownPort, type Subject } from "../../canvas/subject";
import { matching } from "../../graph/find";
import type { PortKind } from "../../graph/graph";
import { Icon } from "../../look/icon";
import { Inlay, PortMark } from "../../look/marks";
import { useShownKeys } from "../../shell/chosen_keys";
import { useFieldShortcut } from "../../shell/commands";
import { said } from "../../words/library";
import { sentenceText } from "../../words/server";
import { useWords } from "../../words/words";
import { moduleSearchText } from "./search_text";

interface PaletteProps {
  readonly modules: readonly ModuleDocument[];
  readonly own: readonly Own[];
  readonly onAdd: (subject: Subject) => void;
  readonly grip: React.ReactNode;
}

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly subject: Subject;
  readonly inlay: React.ReactNode;
  readonly inputs: readonly PortKind[];
  readonly outputs: readonly PortKind[];
}

export function Palette({ modules, own, onAdd, grip }: PaletteProps) {
  const words = useWords();
  const keyOf = useShownKeys();
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  useFieldShortcut("search", field);

  const groups = grouped(modules, own, typed);
  const searching = typed.trim() !== "";
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const rows = [...(tree.current?.querySelectorAll<HTMLButtonElement>("button") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLButtonElement);
    event.preventDefault();
    if (at === 0 && step < 0) field.current?.focus();
    else rows[at + step]?.focus();
  };
  const first = groups[0]?.entries[0];
  return (
    <aside className="pane left palette" aria-label={words.palette.title} onKeyDown={onKeyDown}>
      {grip}
      <div className="top">
        <label className="searchbox">
          <Icon of={Search} small />
          <input
            ref={field}
            aria-label={words.palette.search(modules.length)}
            placeholder={words.palette.search(modules.length)}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && searching && first) onAdd(first.subject);
              if (event.key === "Escape") setTyped("");
            }}
          />
          <kbd>{keyOf("search")}</kbd>
        </label>
      </div>
      <div className="scroll tree" ref={tree}>
        {groups.map((group) => <Group key={group.name} {...group} open={searching} onAdd={onAdd} />)}
        {groups.length === 0 && searching && modules.length > 0 && <p className="pfoot">{words.palette.none}</p>}
      </div>
      <p className="pfoot">{words.palette.hint}</p>
    </aside>
  );
}

interface GroupOfEntries {
  readonly name: string;
  readonly entries: readonly Entry[];
}

function grouped(modules: readonly ModuleDocument[], own: readonly Own[], typed: string): GroupOfEntries[] {
  const mine = matching(typed, own, ({ label }) => label);
  const found = matching(typed, modules, moduleSearchText);
  // In the palette's order, also where the search has one of its own.
  const owned = [...new Set(own.map((one) => one.group))].map((name) => ({ name, entries: mine.filter((one) => one.group === name).map(ownEntry) }));
  const names = [...new Set(modules.map((module) => module.category[0] ?? ""))];
  const groups = names.map((name) => ({ name, entries: found.filter((module) => (module.category[0] ?? "") === name).map(moduleEntry) }));
  return [...owned, ...groups].filter((group) => group.entries.length > 0);
}

function ownEntry(own: Own): Entry {
  const { label, subject } = own;
  return { id: JSON.stringify(subject), label, help: label, subject, inlay: <Inlay kind={subject.kind} category={[]} />, inputs: [], outputs: [ownPort(own)] };
}

function moduleEntry(module: ModuleDocument): Entry {
  return {
    id: module.id,
    label: module.name,
    help: sentenceText(module.description),
    subject: { kind: "module", module: module.id },
    inlay: <Inlay kind="module" category={module.category} />,
    inputs: module.inputs.map((port) => port.kind as PortKind),
    outputs: module.outputs.map((port) => port.kind as PortKind),
  };
}

function Group({ name, entries, open, onAdd }: GroupOfEntries & { readonly open: boolean; readonly onAdd: PaletteProps["onAdd"] }) {
  const [unfolded, setUnfolded] = useState(true);
  const shown = open || unfolded;
  return (
    <div role="group" aria-label={said(name)}>
      <button type="button" className="cat" aria-expanded={shown} onClick={() => setUnfolded(!unfolded)}>
        <Icon of={shown ? ChevronDown : ChevronRight} />
        {said(name)}
        <span className="n">{entries.length}</span>
      </button>
      {shown && entries.map((entry) => <Row key={entry.id} entry={entry} onAdd={onAdd} />)}
    </div>
  );
}

function Row({ entry, onAdd }: { readonly entry: Entry; readonly onAdd: PaletteProps["onAdd"] }) {
  const onDragStart = (event: DragEvent) => {
    event.dataTransfer.setData(DRAGGED, JSON.stringify(entry.subject));
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <button
      type="button"
      className="mod"
      draggable
      title={entry.help}
      onDragStart={onDragStart}
      onDoubleClick={() => onAdd(entry.subject)}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        onAdd(entry.subject);
      }}
    >
      {entry.inlay}
      <span className="clip">{entry.label}</span>
      <span className="sig" aria-hidden="true">
        {entry.inputs.map((kind, at) => <PortMark key={`${kind} ${String(at)}`} kind={kind} />)}
        {entry.inputs.length > 0 && <em>▸</em>}
        {entry.outputs.map((kind, at) => <PortMark key={`${kind} ${String(at)}`} kind={kind} full />)}
      </span>
    </button>
  );
}
