/** What differs between two runs, as text: parameters, scripts, results, and times. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { comparisonQuery, runQuery } from "../../api/runs";
import { IconButton } from "../../look/button";
import { Trouble } from "../../look/trouble";
import { amount, duration, size, useWords } from "../../words/words";
import { type Before, nodeChanges, scriptChanges, tableChanges, type TableChange, valueText } from "./changes";
import { shortRun } from "./place";

interface DifferenceProps {
  readonly before: string;
  readonly after: string;
  /** Whether it is beside the canvas that shows it. */
  readonly besideCanvas?: boolean;
  readonly onClose: () => void;
}

export function Difference({ before, after, besideCanvas = false, onClose }: DifferenceProps) {
  const words = useWords();
  const { data: found, isError, error, refetch } = useQuery(comparisonQuery(before, after));
  return (
    <aside className="pane scroll difference" aria-label={words.runs.difference} aria-busy={!found}>
      <header className="row">
        <h2 className="grow">
          <span className="ty">A</span> {shortRun(before)} → <span className="ty">B</span> {shortRun(after)}
        </h2>
        {!besideCanvas && <Link to="/runs/$run" params={{ run: after }} search={{ compare: before }} className="small">{words.past.onCanvas}</Link>}
        <IconButton icon={X} small label={words.common.close} onClick={onClose} />
      </header>
      {isError && <Trouble error={error} onRetry={() => void refetch()} />}
      {found && !found.differs && <p className="sec">{words.runs.same}</p>}
      {found && (found.added.length > 0 || found.removed.length > 0) && (
        <Part title={words.runs.nodes} count={found.added.length + found.removed.length}>
          <ul className="mono">
            {found.added.map((node) => <li key={node} className="ok">+ {node}</li>)}
            {found.removed.map((node) => <li key={node} className="bad">− {node}</li>)}
          </ul>
        </Part>
      )}
      {found && <Changes changes={nodeChanges(found)} />}
      {found && <Scripts changes={scriptChanges(found)} />}
      {found && <Results changes={tableChanges(found)} />}
      <Times before={before} after={after} />
    </aside>
  );
}

function Part({ title, count, children }: { readonly title: string; readonly count: number; readonly children: ReactNode }) {
  return (
    <details className="part" open>
      <summary>{title} <span className="count">{amount(count)}</span></summary>
      <div className="partbody">{children}</div>
    </details>
  );
}

function Changes({ changes }: { readonly changes: ReturnType<typeof nodeChanges> }) {
  const words = useWords();
  if (changes.length === 0) return null;
  return (
    <Part title={words.runs.changes} count={changes.length}>
      <table className="list changes">
        <thead><tr><th>{words.runs.nodeAndWhat}</th><th>A</th><th>B</th></tr></thead>
        <tbody>
          {changes.map(({ node, what, kind, before, after }) => (
            <tr key={`${node} ${kind} ${what}`}>
              <td><b className="mono">{node}</b> {kind === "fact" ? words.runs.facts[what] ?? what : what}</td>
              <td><Value value={before} look="removed" /></td>
              <td><Value value={after} look="added" /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function Value({ value, look }: { readonly value: unknown; readonly look: "added" | "removed" }) {
  const text = valueText(value);
  return <span className={`changed ${look} mono`} title={text}>{text}</span>;
}

const MOST_LINES = 2_000;

function Scripts({ changes }: { readonly changes: ReturnType<typeof scriptChanges> }) {
  const words = useWords();
  if (changes.length === 0) return null;
  return (
    <Part title={words.runs.scripts} count={changes.length}>
      {changes.map(({ node, lines }) => (
        <section key={node}>
          <h3 className="row small"><b className="mono grow">{node}</b><span className="ok">+{lines.filter(({ kind }) => kind === "added").length}</span><span className="bad">−{lines.filter(({ kind }) => kind === "removed").length}</span></h3>
          <ol className="diff">
            {lines.slice(0, MOST_LINES).map(({ kind, text }, index) => (
              // The lines of a diff do not change.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index} className={kind}><span aria-hidden="true">{{ added: "+", removed: "−", same: " ", place: " " }[kind]}</span><code>{text || " "}</code></li>
            ))}
          </ol>
        </section>
      ))}
    </Part>
  );
}

function Results({ changes }: { readonly changes: readonly TableChange[] }) {
  const words = useWords();
  if (changes.length === 0) return null;
  return (
    <Part title={words.runs.results} count={changes.length}>
      {changes.map((change) => (
        <section key={`${change.node} ${change.port}`} className="result">
          <h3 className="small"><b className="mono">{change.node}</b> {change.port}</h3>
          <ul className="small">
            {change.rows && <li>{words.runs.rowsBecame(numberOf(change.rows.before), numberOf(change.rows.after))}</li>}
            {change.bytes && <li>{sizes(change.bytes)}</li>}
            {change.added.map((name) => <li key={`+${name}`} className="ok">+ {name.slice(0, 200)}</li>)}
            {change.removed.map((name) => <li key={`-${name}`} className="bad">− {name.slice(0, 200)}</li>)}
            {change.types.map(([name, { before, after }]) => <li key={`t${name}`}>{name.slice(0, 200)}: <span className="mono">{valueText(before)} → {valueText(after)}</span></li>)}
            {change.cells.map(({ name, cells, first }) => (
              <li key={`c${name}`}>
                {name.slice(0, 200)}: {words.runs.cells(cells)}
                {first[0] && <span className="mute">{` (${words.data.row} ${amount(first[0].row)}: ${(first[0].before ?? words.data.missing).slice(0, 60)} → ${(first[0].after ?? words.data.missing).slice(0, 60)})`}</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Part>
  );
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function sizes({ before, after }: Before): string {
  return `${size(numberOf(before))} → ${size(numberOf(after))}`;
}

/** How long each node took in both. */
function Times({ before, after }: { readonly before: string; readonly after: string }) {
  const words = useWords();
  const [one, two] = [useQuery(runQuery(before)).data, useQuery(runQuery(after)).data];
  if (!one || !two) return null;
  const seconds = (node: typeof one.nodes[string] | undefined) => (node && node.state !== "kept" ? node.seconds : null) ?? null;
  const nodes = [...new Set([...Object.keys(one.nodes), ...Object.keys(two.nodes)])]
    .map((name) => ({ name, times: [seconds(one.nodes[name]), seconds(two.nodes[name])] as const }))
    .filter(({ times }) => times.some((time) => time !== null));
  if (nodes.length === 0) return null;
  const most = Math.max(...nodes.flatMap(({ times }) => times.map((time) => time ?? 0)));
  const shown = (time: number | null) => (time === null ? "–" : duration(time));
  return (
    <Part title={words.runs.time} count={nodes.length}>
      <ul className="times small num">
        {nodes.slice(0, 500).map(({ name, times }) => (
          <li key={name}>
            <span className="mono clip">{name}</span>
            <svg className="chart" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
              {times.map((time, at) => <rect key={["a", "b"][at]} className={at === 0 ? "bar" : "bar after"} y={at * 8 + 1} height="6" width={most > 0 ? ((time ?? 0) / most) * 100 : 0} />)}
            </svg>
            <span className="r">{shown(times[0])} → {shown(times[1])}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
