/** The strip below the canvas: how the run is doing; it opens upwards into the log. */

import { ChevronDown, ChevronUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useLive } from "../../canvas/live";
import { counted } from "../../canvas/run_events";
import { Button } from "../../look/button";
import { StateMark } from "../../look/marks";
import { shownRun } from "../../look/states";
import { duration, runMoment, useWords } from "../../words/words";

export function RunStrip() {
  const words = useWords();
  const run = useLive();
  const [open, setOpen] = useState(false);
  if (run.run === null) return <footer className="strip mute">{words.run.idle}</footer>;
  const shown = shownRun(run.status, words);
  const { over, all, kept, failed } = counted(run);
  const last = run.log.at(-1);
  return (
    <div className="runstrip">
      {open && <Log />}
      <footer className="strip">
        <span className={`pill ${shown.look}`} role="status"><StateMark mark={shown.mark} small />{words.run.run(runMoment(run.run))}: {shown.word}</span>
        <span className="ticks" aria-hidden="true">
          {[...run.nodes].slice(0, 32).map(([name, node]) => <i key={name} className={node.state} />)}
        </span>
        <span className="num nowrap">{words.run.count(over, all)}</span>
        {kept > 0 && <span className="num mute nowrap">{words.run.kept(kept)}</span>}
        {run.seconds !== null && <span className="num mute nowrap">{duration(run.seconds)}</span>}
        {failed > 0 && <span className="pill bad"><StateMark mark="failed" small />{words.run.failed(failed)}</span>}
        <span className="logline">{last && <><span className="mute">{last.node}</span> {last.text}</>}</span>
        <Button small icon={open ? ChevronDown : ChevronUp} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? words.run.closeLog : words.run.openLog}
        </Button>
      </footer>
    </div>
  );
}

function Log() {
  const words = useWords();
  const log = useLive((run) => run.log);
  const dropped = useLive((run) => run.dropped);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [log]);
  // Lines are numbered from 1, and the oldest are let go.
  const hidden = dropped + (log.at(-1)?.id ?? 0) - log.length;
  return (
    <section className="logpane" aria-label={words.run.log}>
      <div className="console" tabIndex={0} role="log">
        {hidden > 0 && <div className="mute">{words.run.dropped(hidden)}</div>}
        {log.map((line) => (
          <div key={line.id}><span className="mute">{line.node}</span>{line.node && "  "}{line.text}</div>
        ))}
        <div ref={end} />
      </div>
    </section>
  );
}
