/** A script in its editor; a conflict is shown, and waits. */

import { useQuery } from "@tanstack/react-query";
import { Check, Circle, GitMerge } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { inputColumnsQuery } from "../../api/scripts";
import { Banner } from "../../look/banner";
import { Button } from "../../look/button";
import { Icon } from "../../look/icon";
import { useTroubleText } from "../../look/trouble";
import { useWords } from "../../words/words";
import { columnCompletion } from "./column_completion";
import type { ColumnsOfArguments } from "./column_names";
import { openEditor, type ScriptEditor } from "./editor";
import { type HelpStanding, languageServerAddress } from "./language_server";
import { type ScriptHelp, scriptHelp } from "./script_help";
import { readScript, saveScript, type ScriptText } from "./script_file";
import { RUN_SCRIPT, ScriptRun } from "./script_run";
import { ScriptSaving, type ScriptStanding } from "./script_saving";

interface ScriptPaneProps {
  readonly experiment: string;
  readonly node: string;
  readonly file: string;
  /** See `wiringOf`. */
  readonly wiring: string;
  /** When the experiment was last looked at; its files may have changed then. */
  readonly seenAt: number;
  readonly first: ScriptText;
  /** What went wrong in the last run, if it was this script. */
  readonly problem: { readonly line: number; readonly message: string } | null;
  readonly line: number | null;
}

interface Opened {
  readonly editor: ScriptEditor;
  readonly saving: ScriptSaving;
  readonly help: ScriptHelp;
}

export function ScriptPane({ experiment, node, file, wiring, seenAt, first, problem, line }: ScriptPaneProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const host = useRef<HTMLDivElement>(null);
  const wired = useQuery(inputColumnsQuery(experiment, node)).data;
  const columns = useRef<ColumnsOfArguments>([]);
  useEffect(() => {
    columns.current = wired?.inputs.map((input) => input.columns) ?? [];
  }, [wired]);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [help, setHelp] = useState<HelpStanding>("waiting");
  const [standing, setStanding] = useState<ScriptStanding>({ kind: "saved", theirs: null, error: null });

  useEffect(() => {
    if (!host.current) return undefined;
    const saving = new ScriptSaving(first, (text, revision) => saveScript(experiment, file, text, revision), setStanding);
    const help = scriptHelp({ address: languageServerAddress(experiment, node), own: columnCompletion(() => columns.current), told: setHelp });
    const editor = openEditor({
      host: host.current,
      text: first.text,
      label: file,
      onSave: () => void saving.saveNow(),
      onRun: () => document.dispatchEvent(new Event(RUN_SCRIPT)),
      onChange: (text) => saving.changed(text),
      help: help.extension,
    });
    // The browser asks whether the page is to be closed with something typed that is not saved.
    const onLeave = (event: BeforeUnloadEvent) => {
      if (saving.standing.kind !== "saved") event.preventDefault();
    };
    window.addEventListener("beforeunload", onLeave);
    editor.focus();
    setOpened({ editor, saving, help });
    return () => {
      window.removeEventListener("beforeunload", onLeave);
      void saving.saveNow();
      editor.destroy();
      help.close();
    };
  }, [experiment, node, first, file]);
  const packages = wired?.packages ?? null;
  const known = useRef({ wiring, packages });
  useEffect(() => {
    const before = known.current;
    // Those that it has begun with are told of a moment later.
    known.current = { wiring, packages: packages ?? before.packages };
    const changed = before.packages !== null && packages !== null && before.packages !== packages;
    if (opened && (changed || before.wiring !== wiring)) opened.help.renew();
  }, [opened, wiring, packages]);
  const readAt = useRef(seenAt);
  useEffect(() => {
    if (!opened || readAt.current === seenAt) return;
    readAt.current = seenAt;
    // A file that can't be read now is told of when it is saved.
    opened.saving.refresh(() => readScript(experiment, file)).then((text) => text !== null && opened.editor.replace(text), () => {});
  }, [opened, seenAt, experiment, file]);
  useEffect(() => opened?.editor.mark(problem), [opened, problem]);
  useEffect(() => {
    if (line !== null) opened?.editor.goTo(line);
  }, [opened, line]);

  return (
    <section className="scriptpane" aria-label={words.script.editor}>
      <header className="row">
        <span className="mono">{file}</span>
        <span className="saved" role="status">
          <Icon of={standing.kind === "saved" ? Check : Circle} small />
          {standing.kind === "saved" ? words.script.saved : words.script.unsaved}
        </span>
        {help === "off" && <span className="quiet small">{words.script.noHelp}</span>}
        {problem && <span className="bad small clip grow">{words.script.lastError(problem.message)} ({words.device.line(problem.line)})</span>}
        <span className="end" />
        {opened && <ScriptRun experiment={experiment} node={node} save={() => opened.saving.settled()} />}
      </header>
      {standing.error !== null && <p className="help bad" role="alert">{trouble(standing.error)}</p>}
      {standing.theirs && opened && (
        <Banner icon={GitMerge}>
          <span className="grow">{words.script.theirs}</span>
          {standing.theirs.text !== null && <Button look="line" onClick={() => opened.editor.replace(opened.saving.takeTheirs())}>{words.script.takeTheirs}</Button>}
          <Button look="line" onClick={() => void opened.saving.keepMine()}>{words.script.keepMine}</Button>
        </Banner>
      )}
      <div className="editor" ref={host} />
    </section>
  );
}
