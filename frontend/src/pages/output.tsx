/** The page of an output: the dataset that a node of a run left there, or what Evaluate Model found. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Workflow } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { downloadAddress, outputProfileQuery, outputQuery, outputTable } from "../api/outputs";
import { runQuery } from "../api/runs";
import { EVALUATE_MODEL } from "../evaluation/compared";
import { Icon } from "../look/icon";
import { Segmented } from "../look/segmented";
import { Trouble } from "../look/trouble";
import { DataRoom } from "../panels/data/data_room";
import { experimentOf } from "../panels/runs/place";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { moment, useWords } from "../words/words";

const EvaluationRoom = lazy(async () => ({ default: (await import("../panels/evaluation/evaluation_room")).EvaluationRoom }));

/** Bins of histograms, unless another number is chosen. */
const BINS = 24;

export function OutputPage() {
  const words = useWords();
  const { run, node, port } = useParams({ from: "/runs/$run/nodes/$node/outputs/$port" });
  const place = useMemo(() => ({ run, node, port }), [run, node, port]);
  const [bins, setBins] = useState(BINS);
  const output = useQuery(outputQuery(place));
  const profile = useQuery({ ...outputProfileQuery(place, bins), placeholderData: (before) => before });
  const { data: record, isPending } = useQuery(runQuery(run));
  const source = useMemo(() => output.data && outputTable(place, output.data), [place, output.data]);
  const experiment = record && experimentOf(record);
  const [view, setView] = useState<"curves" | "table">("curves");
  const evaluates = record?.nodes[node]?.module === EVALUATE_MODEL;
  useEffect(() => {
    document.title = `${node}: ${port} – Studiolo`;
  }, [node, port]);
  return (
    <Frame
      bar={
        <>
          <Crumbs
            above={[
              ...(experiment && record ? [[`/experiments/${encodeURIComponent(experiment)}`, record.name] as const] : []),
              [`/runs/${encodeURIComponent(run)}/nodes/${encodeURIComponent(node)}`, node],
            ]}
            title={port}
          />
          {output.data && <span className="mute num nowrap">{words.common.rows(output.data.rows)} · {words.common.columns(output.data.columns.length)}</span>}
          {record?.started_at && <span className="mute num clip small">{moment(record.started_at)}</span>}
          <span className="end" />
          {evaluates && (
            <Segmented
              label={words.evaluation.views}
              chosen={view}
              choices={[["curves", words.evaluation.curves], ["table", words.evaluation.table]]}
              onChoose={setView}
            />
          )}
          {experiment && <Link to="/experiments/$name" params={{ name: experiment }} search={{ node }} className="b line"><Icon of={Workflow} />{words.data.backToCanvas}</Link>}
        </>
      }
    >
      {evaluates && view === "curves" ? (
        <Suspense fallback={<main className="page" aria-busy="true" />}><EvaluationRoom key={`${run} ${node} ${port}`} place={place} /></Suspense>
      ) : output.isError || profile.isError ? (
        <main className="page centred"><Trouble error={output.error ?? profile.error} onRetry={() => { void output.refetch(); void profile.refetch(); }} /></main>
      ) : source && !isPending ? (
        <DataRoom
          key={source.key.join(" ")}
          source={source}
          profiles={profile.data?.columns}
          bins={{ now: bins, set: setBins }}
          download={(format, order) => downloadAddress(place, format, order)}
        />
      ) : (
        <main className="page" aria-busy="true" />
      )}
    </Frame>
  );
}
