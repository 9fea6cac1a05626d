/** The page of a node in a run: why it failed, what it printed and drew, and its outputs. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Bug, Code, SquareTerminal, Workflow } from "lucide-react";
import { useEffect, useState } from "react";
import { type RunNode, runNodeQuery, runQuery } from "../api/runs";
import { Button } from "../look/button";
import { Icon } from "../look/icon";
import { StateMark } from "../look/marks";
import { shownNode } from "../look/node_states";
import { Trouble } from "../look/trouble";
import { ConsolePanel } from "../panels/debugging/console_panel";
import { DebugPanel } from "../panels/debugging/debug_panel";
import { Connections } from "../panels/device/connections";
import { Console } from "../panels/device/console";
import { FailureLines, FailureReason } from "../panels/device/failure";
import { Outputs } from "../panels/device/outputs";
import { Pictures } from "../panels/device/pictures";
import { experimentOf } from "../panels/runs/place";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { noteText, reasonText } from "../words/server";
import { duration, moment, size, useWords } from "../words/words";

export function RunNodePage() {
  const words = useWords();
  const { run, node } = useParams({ from: "/runs/$run/nodes/$node" });
  const found = useQuery(runNodeQuery(run, node));
  const { data: record } = useQuery(runQuery(run));
  const experiment = record ? experimentOf(record) : null;
  const script = found.data?.script ?? null;
  useEffect(() => {
    document.title = `${node} – Studiolo`;
  }, [node]);
  return (
    <Frame
      bar={
        <>
          <Crumbs above={experiment && record ? [[`/experiments/${encodeURIComponent(experiment)}`, record.name]] : []} title={node} />
          {found.data && <Facts node={found.data} />}
          <span className="end" />
          {experiment && script && <Link to="/experiments/$name/nodes/$node" params={{ name: experiment, node }} className="b line"><Icon of={Code} />{words.properties.openScript}</Link>}
          {experiment && <Link to="/experiments/$name" params={{ name: experiment }} search={{ node }} className="b line"><Icon of={Workflow} />{words.data.backToCanvas}</Link>}
        </>
      }
    >
      {found.isError ? (
        <main className="page centred"><Trouble error={found.error} onRetry={() => void found.refetch()} /></main>
      ) : found.data ? (
        <main className="page padded device">
          {found.data.error && <FailureReason failure={found.data.error} />}
          {experiment && found.data.module !== null && <Debugging key={node} experiment={experiment} node={node} />}
          {found.data.error && <FailureLines failure={found.data.error} place={experiment && script ? { experiment, node, script } : null} />}
          <Device run={run} node={node} of={found.data} />
        </main>
      ) : (
        <main className="page" aria-busy="true" />
      )}
    </Frame>
  );
}

function Debugging({ experiment, node }: { readonly experiment: string; readonly node: string }) {
  const words = useWords();
  const [open, setOpen] = useState<"console" | "debugger" | null>(null);
  return (
    <>
      <p className="row block looking">
        <Button look="line" icon={SquareTerminal} aria-expanded={open === "console"} onClick={() => setOpen(open === "console" ? null : "console")}>{open === "console" ? words.debugging.closeConsole : words.debugging.openConsole}</Button>
        <Button look="line" icon={Bug} aria-expanded={open === "debugger"} onClick={() => setOpen(open === "debugger" ? null : "debugger")}>{open === "debugger" ? words.debugging.stopDebugging : words.debugging.debugHere}</Button>
        <span className="small mute">{words.debugging.asNow}</span>
      </p>
      {open === "console" && <ConsolePanel experiment={experiment} node={node} />}
      {open === "debugger" && <DebugPanel experiment={experiment} node={node} />}
    </>
  );
}

function Facts({ node }: { readonly node: RunNode }) {
  const words = useWords();
  const shown = shownNode(node.state, words);
  return (
    <>
      <span className={`pill ${shown.look}`}><StateMark mark={shown.mark} small />{shown.word}</span>
      <span className="small mute num clip">
        {[
          node.seconds !== null && duration(node.seconds),
          node.peak_memory_bytes !== null && size(node.peak_memory_bytes),
          node.started_at !== null && moment(node.started_at),
        ].filter(Boolean).join(" · ")}
      </span>
    </>
  );
}

function Device({ run, node, of }: { readonly run: string; readonly node: string; readonly of: RunNode }) {
  const words = useWords();
  return (
    <>
      {of.reason && !of.error && <p className="note kept reason"><StateMark mark={shownNode(of.state, words).mark} small />{of.state === "finished" ? words.states.ranBecause(reasonText(of.reason)) : reasonText(of.reason)}</p>}
      {Object.keys(of.ports).length > 0 && (
        <section className="block"><h2 className="hd">{words.properties.outputs}</h2><Outputs run={run} node={node} ports={of.ports} /></section>
      )}
      {of.images.length > 0 && (
        <section className="block"><h2 className="hd">{words.device.pictures}<span className="count">{of.images.length}</span></h2><Pictures run={run} node={node} names={of.images} /></section>
      )}
      <section className="block"><h2 className="hd">{words.device.console}</h2><Console run={run} node={node} atEnd={of.error !== null} /></section>
      {of.network.length > 0 && (
        <section className="block"><h2 className="hd">{words.access.connections}<span className="count">{of.network.length}</span></h2><Connections connections={of.network} /></section>
      )}
      {of.log.length > 0 && (
        <section className="block">
          <h2 className="hd">{words.run.log}</h2>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className="console card" tabIndex={0}>{of.log.slice(-2_000).map((note) => noteText(note)).join("\n")}</pre>
        </section>
      )}
    </>
  );
}
