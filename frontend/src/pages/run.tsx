/** The page of one run: its nodes in the order in which they ran, and what each of them left. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Workflow } from "lucide-react";
import { useEffect } from "react";
import { type Run, runQuery } from "../api/runs";
import { Icon } from "../look/icon";
import { StateMark } from "../look/marks";
import { shownNode } from "../look/node_states";
import { shownRun } from "../look/states";
import { Trouble } from "../look/trouble";
import { experimentOf, shortRun } from "../panels/runs/place";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { duration, moment, useWords } from "../words/words";

export function RunPage() {
  const words = useWords();
  const { run } = useParams({ from: "/runs/$run" });
  const found = useQuery({ ...runQuery(run), refetchInterval: ({ state }) => (state.data?.status === "running" ? 1_000 : false) });
  const experiment = found.data ? experimentOf(found.data) : null;
  const shown = found.data && shownRun(found.data.status, words);
  useEffect(() => {
    document.title = `${words.run.run(shortRun(run))} – Studiolo`;
  }, [run, words]);
  return (
    <Frame
      bar={
        <>
          <Crumbs above={[["/runs", words.runs.title]]} title={words.run.run(shortRun(run))} />
          {shown && <span className={`pill ${shown.look}`}><StateMark mark={shown.mark} small />{shown.word}</span>}
          {found.data && <span className="small mute clip">{found.data.name}{found.data.started_at && ` · ${moment(found.data.started_at)}`}</span>}
          <span className="end" />
          {experiment && <Link to="/experiments/$name" params={{ name: experiment }} className="b line"><Icon of={Workflow} />{words.canvas.toDraft}</Link>}
        </>
      }
    >
      {found.isError ? (
        <main className="page centred"><Trouble error={found.error} onRetry={() => void found.refetch()} /></main>
      ) : (
        <main className="page padded" aria-busy={!found.data}>{found.data && <Nodes run={run} nodes={found.data.nodes} />}</main>
      )}
    </Frame>
  );
}

function Nodes({ run, nodes }: { readonly run: string; readonly nodes: Run["nodes"] }) {
  const words = useWords();
  return (
    <table className="list card">
      <thead>
        <tr><th>{words.properties.node}</th><th>{words.runs.state}</th><th className="r">{words.runs.took}</th><th>{words.properties.outputs}</th><th>{words.runs.why}</th></tr>
      </thead>
      <tbody>
        {Object.entries(nodes).map(([name, node]) => {
          const shown = shownNode(node.state, words);
          const why = node.error?.message ?? node.reason;
          return (
            <tr key={name}>
              <td><Link to="/runs/$run/nodes/$node" params={{ run, node: name }} className="mono">{name}</Link></td>
              <td><span className={`pill ${shown.look}`}><StateMark mark={shown.mark} small />{shown.word}</span></td>
              <td className="r">{node.seconds === null ? "–" : duration(node.seconds)}</td>
              <td>
                {Object.entries(node.ports).map(([port, { rows }]) => rows !== undefined && (
                  <Link key={port} className="portlink" to="/runs/$run/nodes/$node/outputs/$port" params={{ run, node: name, port }}>{port} <span className="mute">{words.common.rows(rows)}</span></Link>
                ))}
              </td>
              <td className="mute" title={why}>{why}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
