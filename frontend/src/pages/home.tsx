/** The experiments of the workspace; in an empty one, three good ways to begin. */

import { useQuery } from "@tanstack/react-query";
import { FileText, Plus, Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { experimentsQuery, samplesQuery, workspaceQuery } from "../api/queries";
import { matching } from "../graph/find";
import { Button } from "../look/button";
import { Icon } from "../look/icon";
import { stored, store } from "../look/preferences";
import { Segmented } from "../look/segmented";
import { Trouble } from "../look/trouble";
import { ExperimentCards, ExperimentList } from "../panels/home/experiments";
import { NewExperiment } from "../panels/home/new_experiment";
import { useOpenSample } from "../panels/home/open_sample";
import { Lately, Samples } from "../panels/home/side";
import { Welcome } from "../panels/home/welcome";
import { useShownKeys } from "../shell/chosen_keys";
import { useFieldShortcut } from "../shell/commands";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";

export function HomePage() {
  const words = useWords();
  const experiments = useQuery(experimentsQuery);
  const [typed, setTyped] = useState("");
  const [view, setView] = useState(stored("home", ["cards", "list"], "cards"));
  const [making, setMaking] = useState(false);
  const all = experiments.data?.experiments ?? [];
  const found = matching(typed, all, (one) => `${one.title} ${one.name} ${one.description}`);
  const empty = experiments.data !== undefined && all.length === 0;

  useEffect(() => {
    document.title = "Studiolo";
  }, []);
  return (
    <Frame
      bar={
        <>
          <nav className="crumbs" aria-label={words.rail.where}><h1>{words.home.title}</h1></nav>
          {!empty && <span className="mute num">{all.length}</span>}
          {!empty && <SearchField label={words.home.search} value={typed} onChange={setTyped} />}
          <span className="end" />
          {!empty && (
            <Segmented
              label={words.home.title}
              chosen={view}
              choices={[["cards", words.home.cards], ["list", words.home.list]]}
              onChoose={(chosen) => { store("home", chosen); setView(chosen); }}
            />
          )}
          <Button look="go" icon={Plus} onClick={() => setMaking(true)}>{words.home.new}</Button>
        </>
      }
    >
      {experiments.isError ? (
        <main className="page centred"><Trouble error={experiments.error} onRetry={() => void experiments.refetch()} /></main>
      ) : empty ? (
        <EmptyWorkspace onNew={() => setMaking(true)} />
      ) : (
        <main className="page padded home">
          <div>
            {view === "cards" ? <ExperimentCards experiments={found} /> : <ExperimentList experiments={found} />}
            {experiments.data && found.length === 0 && <p className="mute">{words.common.nothingFound}</p>}
            <p className="mute row filenote"><Icon of={FileText} small />{words.home.files}</p>
          </div>
          <aside>
            <Lately experiments={all} />
            <Samples />
          </aside>
        </main>
      )}
      {making && <NewExperiment onClose={() => setMaking(false)} />}
    </Frame>
  );
}

function SearchField({ label, value, onChange }: { readonly label: string; readonly value: string; readonly onChange: (typed: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const keyOf = useShownKeys();
  useFieldShortcut("search", field);
  return (
    <label className="searchbox homesearch">
      <Icon of={Search} small />
      <input ref={field} aria-label={label} placeholder={label} value={value} onChange={(event) => onChange(event.target.value)} />
      <kbd>{keyOf("search")}</kbd>
    </label>
  );
}

function EmptyWorkspace({ onNew }: { readonly onNew: () => void }) {
  const { data: workspace } = useQuery(workspaceQuery);
  const { data: samples } = useQuery(samplesQuery);
  const openSample = useOpenSample();
  return (
    <Welcome
      folder={workspace?.name ?? ""}
      samples={samples?.samples ?? []}
      onSample={(name) => openSample.mutate(name)}
      onNew={onNew}
    />
  );
}
