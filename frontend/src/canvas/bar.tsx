/** The bar above the canvas. */

import { Link } from "@tanstack/react-router";
import { Check, ChevronRight, Circle, Network, Redo2, Search, Undo2 } from "lucide-react";
import { IconButton } from "../look/button";
import { Icon } from "../look/icon";
import { useCommands } from "../shell/commands";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import type { CanvasActs } from "./keys";

interface BarProps {
  readonly experiment: Experiment;
  readonly acts: CanvasActs;
}

export function CanvasBar({ experiment, acts }: BarProps) {
  const words = useWords();
  const title = experiment.use((state) => state.document.title);
  const show = useCommands((commands) => commands.show);
  return (
    <>
      <nav className="crumbs" aria-label={words.rail.where}>
        <Link to="/experiments">{words.rail.experiments}</Link>
        <Icon of={ChevronRight} />
        <h1 title={title}>{title}</h1>
      </nav>
      <Saved experiment={experiment} />
      <span className="sep" />
      <UndoButtons experiment={experiment} />
      <span className="sep" />
      <IconButton icon={Network} label={words.canvas.tidy} keys="Shift T" onClick={acts.tidy} />
      <IconButton icon={Search} label={words.canvas.find} keys="Ctrl F" onClick={acts.find} />
      <button type="button" className="searchbox end" aria-label={words.canvas.runCommand} onClick={() => show("palette")}>
        <Icon of={Search} small />
        <span className="grow">{words.canvas.runCommand}</span>
        <kbd>Ctrl K</kbd>
      </button>
    </>
  );
}

function Saved({ experiment }: Pick<BarProps, "experiment">) {
  const words = useWords();
  const kind = experiment.use((state) => state.standing.kind);
  const unsaved = experiment.use((state) => state.unsaved);
  const text = { saved: words.canvas.saved, saving: words.canvas.saving, offline: words.canvas.waiting(unsaved), conflict: words.canvas.waiting(unsaved) }[kind];
  return (
    <span className="saved" role="status">
      <Icon of={kind === "saved" ? Check : Circle} small />
      {text}
    </span>
  );
}

function UndoButtons({ experiment }: Pick<BarProps, "experiment">) {
  const words = useWords();
  const history = experiment.use((state) => state.history);
  const last = history.done.at(-1);
  const next = history.undone.at(-1);
  const named = (what: NonNullable<typeof last>) => `${words.deeds[what.what]}${what.node && ` (${what.node})`}`;
  return (
    <>
      <IconButton icon={Undo2} label={last ? words.undoes(named(last)) : words.common.undo} keys="Ctrl Z" cannot={!last && words.common.nothingFound} onClick={() => experiment.undo()} />
      <IconButton icon={Redo2} label={next ? words.redoes(named(next)) : words.common.redo} keys="Ctrl Shift Z" cannot={!next && words.common.nothingFound} onClick={() => experiment.redo()} />
    </>
  );
}
