/** The frame of every page: the rail, the bar, and the page below it. */

import { Link } from "@tanstack/react-router";
import { Box, CircleHelp, List, type LucideIcon, Plug, SlidersHorizontal, Table2, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "../look/icon";
import { HeldKeys } from "../look/held_keys";
import { Cube } from "../look/marks";
import { onUse, useSoon } from "../look/on_use";
import { useWords } from "../words/words";
import { useCommands } from "./commands";

const Dialogs = onUse(async () => (await import("./dialogs")).Dialogs, HeldKeys);
const SOON = [Dialogs];
const NOTHING = [] as const;

interface FrameProps {
  readonly bar: ReactNode;
  readonly banners?: ReactNode;
  readonly strip?: ReactNode;
  /** Whether what the page shows is still on its way; nothing else is loaded before it. */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

export function Frame({ bar, banners, strip, busy = false, children }: FrameProps) {
  const asked = useCommands((commands) => commands.shown !== null);
  useSoon(busy ? NOTHING : SOON);
  return (
    <div className="app">
      <Rail />
      <div className="main">
        <header className="topbar">{bar}</header>
        <div className="banners">{banners}</div>
        {children}
        {strip}
      </div>
      {asked && <Dialogs />}
    </div>
  );
}

function Rail() {
  const words = useWords();
  const help = useCommands((commands) => commands.show);
  return (
    <nav className="rail" aria-label="Studiolo">
      <Link to="/" className="mark" aria-label="Studiolo"><Cube /></Link>
      <RailLink to="/experiments" icon={Workflow} label={words.rail.experiments} />
      <RailLink to="/datasets" icon={Table2} label={words.rail.datasets} />
      <RailLink to="/models" icon={Box} label={words.rail.models} />
      <RailLink to="/services" icon={Plug} label={words.rail.services} />
      <RailLink to="/runs" icon={List} label={words.rail.runs} />
      <span className="gap" />
      <button type="button" className="railitem" onClick={() => help("keys")}><Icon of={CircleHelp} /><span>{words.rail.help}</span></button>
      <RailLink to="/settings" icon={SlidersHorizontal} label={words.rail.settings} />
    </nav>
  );
}

function RailLink({ to, icon, label }: { readonly to: string; readonly icon: LucideIcon; readonly label: string }) {
  return (
    <Link to={to} className="railitem" title={label}>
      <Icon of={icon} />
      <span>{label}</span>
    </Link>
  );
}

