/** A Python prompt in the node's sandbox. All that it prints is shown as text. */

import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../look/button";
import { failureLine } from "../../words/server";
import { useWords } from "../../words/words";
import { useSession } from "./session";

interface PanelProps {
  readonly experiment: string;
  readonly node: string;
}

export function ConsolePanel({ experiment, node }: PanelProps) {
  const words = useWords();
  const { session, enter, interrupt } = useSession(experiment, node, "console");
  const [typed, setTyped] = useState("");
  const [before, setBefore] = useState<readonly string[]>([]);
  const [history, setHistory] = useState<readonly string[]>([]);
  const [place, setPlace] = useState(0);
  const log = useRef<HTMLPreElement>(null);
  const field = useRef<HTMLInputElement>(null);
  // Whoever opens a console is about to type; this brings it into view, too.
  useEffect(() => {
    field.current?.focus();
  }, []);
  const { prompt, text, names, ended } = session;
  useEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [text]);
  useEffect(() => {
    if (prompt === "ready") setBefore([]);
  }, [prompt]);
  const mark = prompt === "more" ? "..." : ">>>";
  const send = (given = typed) => {
    const lines = [...before, given];
    enter(lines.join("\n"), `${mark} ${given.trimEnd().replaceAll("\n", "\n... ")}`);
    setBefore(lines);
    if (given.trim()) {
      setHistory([...history, given]);
      setPlace(history.length + 1);
    }
    setTyped("");
  };
  /** Several lines are sent as they are: a field of one line would join them. */
  const pasted = (event: ClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData.getData("text").replaceAll("\r\n", "\n").replace(/\n+$/u, "");
    if (!text.includes("\n")) return;
    event.preventDefault();
    if (prompt !== "busy") send(`${typed}${text}\n`);
  };
  const recall = (step: number) => {
    const next = Math.min(Math.max(0, place + step), history.length);
    setPlace(next);
    setTyped(history[next] ?? "");
  };
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && prompt !== "busy") send();
    else if (event.key === "ArrowUp") recall(-1);
    else if (event.key === "ArrowDown") recall(1);
    else if (event.key === "c" && event.ctrlKey && prompt === "busy") interrupt();
    else return;
    event.preventDefault();
  };
  return (
    <section className="block">
      <h2 className="hd">{words.debugging.console}</h2>
      {names.length > 0 && <p className="small mute">{words.debugging.atHand} <span className="mono">{names.join(", ")}</span></p>}
      <pre ref={log} className="console card talk" role="log" aria-label={words.debugging.consoleLog} tabIndex={0}>{text}</pre>
      {ended === null ? (
        <div className="row prompt">
          <span className="mono mute" aria-hidden="true">{mark}</span>
          <input
            ref={field}
            className="in mono grow"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={pressed}
            onPaste={pasted}
            aria-label={words.debugging.statement}
            placeholder={prompt === "busy" ? words.debugging.busy : words.debugging.statement}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
          />
          <Button look="line" small cannot={prompt !== "busy" && words.debugging.nothingRuns} onClick={interrupt}>{words.debugging.interrupt}</Button>
        </div>
      ) : (
        <p className="note" role="status">{ended.lost ? words.debugging.consoleLost : ended.why ? words.debugging.consoleEndedBy(failureLine(ended.why)) : words.debugging.consoleEnded}</p>
      )}
    </section>
  );
}
