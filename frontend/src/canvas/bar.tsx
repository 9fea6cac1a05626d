/** The bar above the canvas. */

import { Link } from "@tanstack/react-router";
import { Check, ChevronDown, ChevronRight, Circle, Network, Play, Plug, Redo2, Search, Square, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../look/button";
import { Icon } from "../look/icon";
import { afterPaint, onUse } from "../look/on_use";
import { useShownKeys } from "../shell/chosen_keys";
import { useCommands } from "../shell/commands";
import { isForService } from "../graph/service";
import { useWords } from "../words/words";
import type { Experiment } from "./experiment";
import type { CanvasActs } from "./keys";
import { useLive, usePeople } from "./live";
import type { RunMenuProps } from "./run_menu";

const RunMenu = onUse<RunMenuProps>(async () => (await import("./run_menu")).RunMenu, ClosedRunMenu, afterPaint);

interface BarProps {
  readonly experiment: Experiment;
  readonly acts: CanvasActs;
}

export function CanvasBar({ experiment, acts }: BarProps) {
  const words = useWords();
  const keyOf = useShownKeys();
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
      <People />
      <span className="sep" />
      <UndoButtons experiment={experiment} />
      <span className="sep" />
      <IconButton icon={Network} label={words.canvas.tidy} keys={keyOf("tidy")} onClick={acts.tidy} />
      <IconButton icon={Search} label={words.canvas.find} keys={keyOf("find")} onClick={acts.find} />
      <button type="button" className="searchbox end" aria-label={words.canvas.runCommand} onClick={() => show("palette")}>
        <Icon of={Search} small />
        <span className="grow">{words.canvas.runCommand}</span>
        <kbd>{keyOf("palette")}</kbd>
      </button>
      <span className="sep" />
      <ServeButton experiment={experiment} acts={acts} />
      <RunButtons experiment={experiment} acts={acts} />
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

/** How many pages have the experiment open, if there are others. */
function People() {
  const words = useWords();
  const pages = usePeople((people) => people.pages);
  return <span className="mute small nowrap" role="status">{pages > 1 && words.canvas.pagesOpen(pages)}</span>;
}

function UndoButtons({ experiment }: Pick<BarProps, "experiment">) {
  const words = useWords();
  const keyOf = useShownKeys();
  const history = experiment.use((state) => state.history);
  const last = history.done.at(-1);
  const next = history.undone.at(-1);
  const named = (what: NonNullable<typeof last>) => `${words.deeds[what.what]}${what.node && ` (${what.node})`}`;
  return (
    <>
      <IconButton icon={Undo2} label={last ? words.undoes(named(last)) : words.common.undo} keys={keyOf("undo")} cannot={!last && words.common.nothingFound} onClick={() => experiment.undo()} />
      <IconButton icon={Redo2} label={next ? words.redoes(named(next)) : words.common.redo} keys={keyOf("redo")} cannot={!next && words.common.nothingFound} onClick={() => experiment.redo()} />
    </>
  );
}

/** Publishes an experiment that has Web Service modules; sets a service up for another one. */
function ServeButton({ experiment, acts }: BarProps) {
  const words = useWords();
  const ready = experiment.use((state) => isForService(state.graph));
  const label = ready ? words.publish.title : words.setUp.title;
  return (
    <Button look="line" icon={Plug} className="serve" title={label} aria-label={`${label}…`} onClick={acts.serve}>
      <span>{ready ? words.publish.short : words.setUp.title}…</span>
    </Button>
  );
}

function RunButtons({ experiment, acts }: BarProps) {
  const words = useWords();
  const keyOf = useShownKeys();
  const some = experiment.use((state) => state.selected.size > 0);
  const empty = experiment.use((state) => state.graph.nodes.size === 0);
  const status = useLive((run) => run.status);
  const none = !some && words.canvas.selectFirst;
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button look="line" icon={Square} cannot={status !== "running" && words.run.idle} title={keyOf("stop")} onClick={acts.stop}>{words.canvas.stop}</Button>
      <span className="split">
        <Button look="go" icon={Play} cannot={empty && words.canvas.emptyCanvas(keyOf("add"))} title={keyOf("run")} onClick={acts.run}>{words.canvas.run}</Button>
        <RunMenu acts={acts} none={none} asked={asked} onAsk={() => setAsked(true)} />
      </span>
    </>
  );
}

/** Stands in for the menu, so that nothing moves when it is there. */
function ClosedRunMenu({ onAsk }: Pick<RunMenuProps, "onAsk">) {
  const words = useWords();
  return <button type="button" className="b go" aria-label={words.canvas.waysToRun} aria-busy onClick={onAsk}><Icon of={ChevronDown} small /></button>;
}
