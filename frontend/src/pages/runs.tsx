/** The history: all runs, or those of one experiment; and the difference of two of them. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { experimentsQuery } from "../api/queries";
import { RUNS, runsQuery } from "../api/runs";
import { Button } from "../look/button";
import { Segmented } from "../look/segmented";
import { Select } from "../look/select";
import { Trouble } from "../look/trouble";
import { Difference } from "../panels/runs/difference";
import { RunList } from "../panels/runs/run_list";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";

type Shown = "all" | "finished" | "failed";
const MOST = 500;

export function RunsPage() {
  const words = useWords();
  const [experiment, setExperiment] = useState("");
  const [shown, setShown] = useState<Shown>("all");
  const [limit, setLimit] = useState(RUNS);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { data: experiments } = useQuery(experimentsQuery);
  const history = useQuery({ ...runsQuery(experiment || null, limit), placeholderData: (before) => before, refetchInterval: 5_000 });
  const runs = history.data?.runs.filter(({ status }) => shown === "all" || status === shown) ?? [];
  // The earlier one comes first; the ids of runs begin with their time.
  const [before, after] = chosen.toSorted();
  useEffect(() => {
    document.title = `${words.runs.title} – Studiolo`;
  }, [words]);
  const choose = (run: string, on: boolean) => setChosen([...chosen.filter((one) => one !== run), ...(on ? [run] : [])].slice(-2));
  return (
    <Frame
      bar={
        <>
          <nav className="crumbs" aria-label={words.rail.where}><h1>{words.runs.title}</h1></nav>
          <Select
            label={words.runs.experiment}
            value={experiment}
            choices={[["", words.runs.all], ...(experiments?.experiments ?? []).map(({ name, title }) => [name, title] as const)]}
            onChange={(name) => { setExperiment(name); setChosen([]); }}
          />
          <Segmented
            label={words.runs.state}
            chosen={shown}
            choices={[["all", words.runs.everyState], ["finished", words.run.finished], ["failed", words.run.failedRun]]}
            onChoose={setShown}
          />
          <span className="end small mute">{after ? "" : words.runs.chooseTwo}</span>
        </>
      }
    >
      {history.isError ? (
        <main className="page centred"><Trouble error={history.error} onRetry={() => void history.refetch()} /></main>
      ) : (
        <main className={`page history ${before && after ? "comparing" : ""}`} aria-busy={!history.data}>
          <section className="scroll">
            {runs.length > 0 && <RunList runs={runs} chosen={chosen.toSorted()} onChoose={choose} />}
            {history.data && runs.length === 0 && <p className="padded mute">{shown === "all" ? words.runs.none : words.common.nothingFound}</p>}
            {history.data?.more && limit < MOST && <p className="padded"><Button look="line" onClick={() => setLimit(Math.min(MOST, limit * 4))}>{words.runs.more}</Button></p>}
          </section>
          {before && after && <Difference before={before} after={after} onClose={() => setChosen([])} />}
        </main>
      )}
    </Frame>
  );
}
