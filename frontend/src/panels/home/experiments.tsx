/** The experiments as cards, with their graphs in miniature, or as a list. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { client, data, type Schemas } from "../../api/client";
import { experimentDocument } from "../../api/experiment";
import { graphOf } from "../../api/graph_document";
import { experimentsQuery } from "../../api/queries";
import { Button } from "../../look/button";
import { Dialog } from "../../look/dialog";
import { Icon } from "../../look/icon";
import { StateMark } from "../../look/marks";
import { MenuOf } from "../../look/menu";
import { shownRun } from "../../look/states";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { moment, useWords } from "../../words/words";
import { Miniature } from "./miniature";

export type Listed = Schemas["ListedExperimentDocument"];

interface Listing {
  readonly experiments: readonly Listed[];
}

export function ExperimentCards({ experiments }: Listing) {
  return (
    <ul className="cards">
      {experiments.map((one) => <li key={one.name}><ExperimentCard experiment={one} /></li>)}
    </ul>
  );
}

function ExperimentCard({ experiment }: { readonly experiment: Listed }) {
  const words = useWords();
  return (
    <article className="card xcard">
      <Link to="/experiments/$name" params={{ name: experiment.name }} aria-label={experiment.title} className="picture">
        <Picture name={experiment.name} changed={experiment.changed_at} />
      </Link>
      <div className="facts">
        <div className="row">
          <h2 className="clip grow">
            <Link to="/experiments/$name" params={{ name: experiment.name }} tabIndex={-1}>{experiment.title}</Link>
          </h2>
          <ExperimentMenu experiment={experiment} />
        </div>
        <div className="mono mute clip">{experiment.name}</div>
        <div className="row small">
          <LastRun experiment={experiment} />
          {experiment.nodes !== null && <span className="end mute num nowrap">{words.common.nodes(experiment.nodes)}</span>}
        </div>
      </div>
    </article>
  );
}

function Picture({ name, changed }: { readonly name: string; readonly changed: string }) {
  const { data: document } = useQuery({
    queryKey: ["experiment", name, changed],
    queryFn: () => experimentDocument(name),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return document ? <Miniature graph={graphOf(document)} states={document.states} /> : <span className="blank" />;
}

function LastRun({ experiment: { last_run: run, changed_at } }: { readonly experiment: Listed }) {
  const words = useWords();
  const shown = shownRun(run?.status ?? null, words);
  return (
    <>
      <span className={`pill ${shown.look}`}><StateMark mark={shown.mark} small />{shown.word}</span>
      <span className="mute num clip">{moment(run?.started_at ?? changed_at)}</span>
    </>
  );
}

export function ExperimentList({ experiments }: Listing) {
  const words = useWords();
  return (
    <table className="list card">
      <thead>
        <tr>
          <th>{words.common.name}</th><th>{words.home.lastRun}</th><th>{words.home.changed}</th><th className="r">{words.runs.nodes}</th><th className="narrow"><span className="sr">{words.common.more}</span></th>
        </tr>
      </thead>
      <tbody>
        {experiments.map((one) => (
          <tr key={one.name}>
            <td><Link to="/experiments/$name" params={{ name: one.name }}>{one.title}</Link> <span className="mono mute">{one.name}</span></td>
            <td><span className="row small"><LastRun experiment={one} /></span></td>
            <td className="num">{moment(one.changed_at)}</td>
            <td className="r">{one.nodes}</td>
            <td><ExperimentMenu experiment={one} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ExperimentMenu({ experiment: { name, title } }: { readonly experiment: Listed }) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const listed = () => queries.invalidateQueries({ queryKey: experimentsQuery.queryKey });
  const onError = (error: unknown) => toast(trouble(error), { look: "refused" });
  const restore = useMutation({
    mutationFn: (removed: string) => data(client.POST("/removed/{removed}/restore", { params: { path: { removed } } })),
    onSuccess: listed,
    onError,
  });
  const remove = useMutation({
    mutationFn: () => data(client.DELETE("/experiments/{name}", { params: { path: { name } } })),
    onSuccess: ({ removed }) => {
      void listed();
      toast(words.canvas.deleted([title]), { action: { label: words.common.undo, act: () => restore.mutate(removed) } });
    },
    onError,
  });
  const copy = useMutation({
    mutationFn: () => data(client.POST("/experiments", { body: { copy_of: name, title: "", description: "" } })),
    onSuccess: async (made) => {
      await listed();
      void navigate({ to: "/experiments/$name", params: { name: made.name } });
    },
    onError,
  });
  return (
    <>
      <MenuOf
        label={title}
        entries={[
          { id: "copy", label: words.home.duplicate, act: () => copy.mutate() },
          { id: "delete", label: words.home.delete, apart: true, act: () => setAsking(true) },
        ]}
      >
        <AriaButton className="b icon sm" aria-label={`${words.common.more}: ${title}`}><Icon of={Ellipsis} /></AriaButton>
      </MenuOf>
      {asking && (
        <Dialog title={words.home.deleteAsk(title)} onClose={() => setAsking(false)}>
          <p className="body">{words.home.deleteSays}</p>
          <footer>
            <span className="grow" />
            <Button onClick={() => setAsking(false)}>{words.common.cancel}</Button>
            <Button look="danger" onClick={() => { setAsking(false); remove.mutate(); }}>{words.home.delete}</Button>
          </footer>
        </Dialog>
      )}
    </>
  );
}
