/** The dialog that publishes an experiment: it runs, is frozen, and answers; its keys are shown once. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { isOver, type Keys, type Publication, publicationQuery, publicationsQuery, publishing } from "../../api/publishing";
import { programsQuery, servicesQuery } from "../../api/services";
import type { Experiment } from "../../canvas/experiment";
import { useLive } from "../../canvas/live";
import { counted } from "../../canvas/run_events";
import { Button } from "../../look/button";
import { Dialog } from "../../look/dialog";
import { StateMark } from "../../look/marks";
import { useTroubleText } from "../../look/trouble";
import { errorText } from "../../words/server";
import { useWords } from "../../words/words";
import { Copyable } from "./copyable";
import { goingOn, nextVersion, suggestedName, withKey } from "./publication";

interface PublishDialogProps {
  readonly experiment: Experiment;
  readonly onClose: () => void;
}

export function PublishDialog({ experiment, onClose }: PublishDialogProps) {
  const words = useWords();
  const { name } = experiment.use.getState();
  const { data: all, isPending } = useQuery(publicationsQuery);
  const [begun, setBegun] = useState<string | null>(null);
  const [again, setAgain] = useState(false);
  // One that was begun before the page was loaded again is gone on with.
  const known = again ? null : (begun ?? goingOn(all?.publications ?? [], name)?.id ?? null);
  const [keys, setKeys] = useState<Keys | null>(null);
  return (
    <Dialog title={words.publish.title} stays={keys !== null && Object.keys(keys).length > 0} onClose={onClose}>
      {known !== null ? (
        <Progress publication={known} keys={keys} onKeys={setKeys} onAgain={() => setAgain(true)} onClose={onClose} />
      ) : (
        <Form experiment={experiment} ready={!isPending} onBegun={(publication) => { setBegun(publication); setAgain(false); }} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface FormProps extends PublishDialogProps {
  /** Whether it is known that none is going on. */
  readonly ready: boolean;
  readonly onBegun: (publication: string) => void;
}

function Form({ experiment, ready, onBegun, onClose }: FormProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const { name } = experiment.use.getState();
  const { data: found } = useQuery(servicesQuery);
  const [service, setService] = useState(suggestedName(name));
  const [endpoint, setEndpoint] = useState("default");
  const [note, setNote] = useState("");
  const version = nextVersion(found?.services ?? [], service.trim());
  const publish = useMutation({
    mutationFn: async () => {
      await experiment.settled();
      return publishing.publish({ experiment: name, service: service.trim(), endpoint: endpoint.trim(), note });
    },
    onSuccess: ({ id }) => onBegun(id),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    publish.mutate();
  };
  return (
    <form onSubmit={submit}>
      <div className="body">
        <p className="soft">{words.publish.says}</p>
        <label className="f">
          <span className="lab">{words.publish.service}</span>
          <input className="in" autoFocus value={service} onChange={(event) => setService(event.target.value)} />
          <span className="help">{version === 1 ? words.publish.newService : words.publish.newVersion(version)}</span>
        </label>
        <label className="f">
          <span className="lab">{words.services.endpoint}</span>
          <input className="in" value={endpoint} onChange={(event) => setEndpoint(event.target.value)} />
          <span className="help">{words.publish.endpointHint}</span>
        </label>
        <label className="f">
          <span className="lab">{words.publish.note}</span>
          <input className="in" value={note} maxLength={10_000} onChange={(event) => setNote(event.target.value)} />
          <span className="help">{words.publish.noteHint}</span>
        </label>
        {publish.isError && <p className="note bad" role="alert"><StateMark mark="failed" /><span>{trouble(publish.error)}</span></p>}
      </div>
      <footer>
        <span className="grow" />
        <Button onClick={onClose}>{words.common.cancel}</Button>
        <Button look="go" type="submit" cannot={(!ready || publish.isPending) && words.common.loading}>{words.publish.button}</Button>
      </footer>
    </form>
  );
}

interface ProgressProps {
  readonly publication: string;
  readonly keys: Keys | null;
  readonly onKeys: (keys: Keys) => void;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

function Progress({ publication, keys, onKeys, onAgain, onClose }: ProgressProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const { data: seen, error } = useQuery(publicationQuery(publication));
  const asked = useRef(false);
  useEffect(() => {
    if (seen?.state !== "finished" || asked.current) return;
    asked.current = true;
    void queries.invalidateQueries({ queryKey: ["services"] });
    void (seen.has_keys ? publishing.takeKeys(publication) : Promise.resolve({})).then(onKeys, () => onKeys({}));
  }, [seen, publication, queries, onKeys]);
  const failed = seen?.state === "failed" ? (seen.error ? errorText(seen.error) : "") : error ? trouble(error) : null;
  return (
    <>
      <div className="body" aria-live="polite">
        {failed !== null && <p className="note bad" role="alert"><StateMark mark="failed" /><span>{failed}</span></p>}
        {seen && !isOver(seen) && <Going seen={seen} />}
        {seen?.state === "finished" && <Published seen={seen} keys={keys} />}
      </div>
      <footer>
        <span className="grow">{seen && !isOver(seen) && words.publish.goesOn}</span>
        {failed !== null && <Button look="line" onClick={onAgain}>{words.common.retry}</Button>}
        <Button look={seen?.state === "finished" ? "go" : "line"} onClick={onClose}>{words.common.close}</Button>
      </footer>
    </>
  );
}

function Going({ seen }: { readonly seen: Publication }) {
  const words = useWords();
  const run = useLive();
  const { over, all } = counted(run);
  // The canvas follows the newest run of the experiment, which may not be this one yet.
  const known = run.run === seen.run && all > 0;
  return (
    <>
      <ol className="stages">
        <li className={seen.state === "running" ? "now" : "over"}>
          <StateMark mark={seen.state === "running" ? "running" : "done"} />
          {words.publish.running}{known && <span className="mute num"> {words.run.count(over, all)}</span>}
        </li>
        <li className={seen.state === "freezing" ? "now" : ""}>
          <StateMark mark={seen.state === "freezing" ? "running" : "waiting"} />
          {words.publish.freezing}
        </li>
      </ol>
      <progress aria-label={words.publish.title} {...(known && seen.state === "running" && { value: over, max: all + 1 })} />
    </>
  );
}

function Published({ seen, keys }: { readonly seen: Publication; readonly keys: Keys | null }) {
  const words = useWords();
  const { service, endpoint } = seen;
  const { data: programs } = useQuery(programsQuery(service, endpoint));
  const curl = programs?.programs.curl;
  const shown = Object.entries(keys ?? {});
  return (
    <>
      <p className="note ok"><StateMark mark="done" /><span>{words.publish.done(service, seen.version ?? 1, endpoint)}</span></p>
      {shown.length > 0 && (
        <section>
          <h3 className="hd">{words.services.keys}</h3>
          <p className="small mute">{words.publish.keysOnce}</p>
          {shown.map(([slot, key]) => (
            <Copyable key={slot} label={slot === "primary" ? words.publish.primary : words.publish.secondary} text={key} />
          ))}
        </section>
      )}
      {keys !== null && shown.length === 0 && <p className="small mute">{words.publish.keysAsBefore}</p>}
      {curl !== undefined && keys !== null && <Copyable label={words.publish.callIt} text={withKey(curl, keys)} block />}
      <p className="row linksrow">
        <Link to="/services/$name/dashboard" params={{ name: service }}>{words.publish.dashboard}</Link>
        <Link to="/services/$name/dashboard" params={{ name: service }} hash="test">{words.publish.testForm}</Link>
        <a href={`/services/${encodeURIComponent(service)}${endpoint === "default" ? "" : `/endpoints/${encodeURIComponent(endpoint)}`}`}>{words.services.help}</a>
      </p>
    </>
  );
}
