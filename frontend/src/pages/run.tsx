/** The page of one run: its canvas as it was, or its nodes as a list; or what differs from an earlier run. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CopyPlus, Lock, Workflow } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { comparisonQuery, pastQuery, type Run, runQuery, saveAsNew } from "../api/runs";
import { changesOfNodes, withRemoved } from "../canvas/changes";
import { Banner } from "../look/banner";
import { Button } from "../look/button";
import { Icon } from "../look/icon";
import { StateMark } from "../look/marks";
import { shownNode } from "../look/node_states";
import { Segmented } from "../look/segmented";
import { shownRun } from "../look/states";
import { toast } from "../look/toast";
import { Trouble, useTroubleText } from "../look/trouble";
import { PastCanvas } from "../panels/past/past_canvas";
import { Difference } from "../panels/runs/difference";
import { experimentOf, shortRun } from "../panels/runs/place";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { failureLine, reasonText } from "../words/server";
import { duration, moment, useWords } from "../words/words";

export function RunPage() {
  const words = useWords();
  const { run } = useParams({ from: "/runs/$run" });
  const { compare } = useSearch({ from: "/runs/$run" });
  const navigate = useNavigate();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const [view, setView] = useState<"canvas" | "list">("canvas");
  const save = useMutation({
    mutationFn: () => saveAsNew(run),
    onSuccess: async (name) => {
      await queries.invalidateQueries({ queryKey: ["experiments"] });
      await navigate({ to: "/experiments/$name", params: { name } });
    },
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
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
          {compare === undefined && <Segmented label={words.past.views} chosen={view} choices={[["canvas", words.canvas.canvas], ["list", words.home.list]]} onChoose={setView} />}
          <Button icon={CopyPlus} cannot={save.isPending && words.common.loading} onClick={() => save.mutate()}>{words.past.saveAsNew}</Button>
          {experiment && <Link to="/experiments/$name" params={{ name: experiment }} className="b line"><Icon of={Workflow} />{words.canvas.toDraft}</Link>}
        </>
      }
      banners={<Banner icon={Lock} look="off"><span>{compare === undefined ? words.canvas.readOnly(shortRun(run)) : words.past.compared(shortRun(compare), shortRun(run))}</span></Banner>}
    >
      {found.isError ? (
        <main className="page centred"><Trouble error={found.error} onRetry={() => void found.refetch()} /></main>
      ) : (
        <main className={`page ${view === "list" && compare === undefined ? "padded" : "past"} ${compare === undefined ? "" : "comparing"}`} aria-busy={!found.data}>
          {compare !== undefined ? <Compared before={compare} after={run} />
            : view === "canvas" ? <Past run={run} status={found.data?.status ?? null} />
            : found.data && <Nodes run={run} nodes={found.data.nodes} />}
        </main>
      )}
    </Frame>
  );
}

function Past({ run, status }: { readonly run: string; readonly status: string | null }) {
  // While the run goes on, its states are asked for again.
  const found = useQuery({ ...pastQuery(run), refetchInterval: status === "running" ? 2_000 : false });
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  return found.data ? <PastCanvas run={run} document={found.data} changes={null} /> : null;
}

function Compared({ before, after }: { readonly before: string; readonly after: string }) {
  const navigate = useNavigate();
  const { data: comparison, error } = useQuery(comparisonQuery(before, after));
  const { data: earlier } = useQuery(pastQuery(before));
  const { data: later } = useQuery(pastQuery(after));
  const both = useMemo(
    () => comparison && earlier && later && { document: withRemoved(earlier, later, comparison.removed), changes: changesOfNodes(comparison) },
    [comparison, earlier, later],
  );
  return (
    <>
      {both ? <PastCanvas run={after} document={both.document} changes={both.changes} /> : <div>{error && <Trouble error={error} />}</div>}
      <Difference besideCanvas before={before} after={after} onClose={() => void navigate({ to: "/runs/$run", params: { run: after } })} />
    </>
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
          const why = node.error ? failureLine(node.error) : reasonText(node.reason);
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
