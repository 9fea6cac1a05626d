/** An endpoint of a service: its address, its keys, and which versions answer. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, RefreshCw } from "lucide-react";
import { useState } from "react";
import { type Endpoint, figuresQuery, type KeySlot, type Service, services } from "../../api/services";
import { Button, IconButton } from "../../look/button";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { amount, duration, moment, useWords } from "../../words/words";
import { addUp, figuresOf, weightsOf } from "./figures";

interface EndpointProps {
  readonly service: Service;
  readonly endpoint: Endpoint;
}

export function EndpointCard({ service, endpoint }: EndpointProps) {
  const words = useWords();
  const { data: found } = useQuery(figuresQuery(service.name));
  const figures = figuresOf(found?.figures ?? [], endpoint.name);
  return (
    <section className="card endpoint">
      <header className="row"><h2 className="grow">{words.services.endpoint} <span className="mono">{endpoint.name}</span></h2></header>
      <div className="sec">
        <h3>{words.services.sinceStart}</h3>
        <dl className="kv">
          <dt>{words.services.requests}</dt><dd>{amount(figures.requests)}</dd>
          <dt>{words.services.answerTime}</dt><dd>{figures.mean === null ? "–" : duration(figures.mean)}</dd>
          <dt>{words.services.errors}</dt><dd className={figures.failed > 0 ? "bad" : ""}>{amount(figures.failed)}</dd>
        </dl>
      </div>
      <Keys service={service.name} endpoint={endpoint.name} />
      <Traffic service={service} endpoint={endpoint} />
    </section>
  );
}

function Keys({ service, endpoint }: { readonly service: string; readonly endpoint: string }) {
  const words = useWords();
  const trouble = useTroubleText();
  const [asked, setAsked] = useState<KeySlot | null>(null);
  const rotate = useMutation({
    mutationFn: (slot: KeySlot) => services.rotate(service, endpoint, slot),
    onSettled: () => setAsked(null),
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
  const copy = (key: string) => void navigator.clipboard?.writeText(key).then(() => toast(words.common.copied));
  return (
    <div className="sec">
      <h3>{words.services.keys}</h3>
      <p className="small mute">{words.services.keysSay}</p>
      <div className="row keysrow">
        {(["primary", "secondary"] as const).map((slot) => (
          <Button
            key={slot}
            look={asked === slot ? "danger" : "line"}
            icon={RefreshCw}
            onClick={() => (asked === slot ? rotate.mutate(slot) : setAsked(slot))}
          >
            {asked === slot ? words.services.reallyReplace : words.services.replaceKey[slot]}
          </Button>
        ))}
      </div>
      {rotate.data && (
        <p className="row newkey" role="status">
          <code className="mono grow">{rotate.data.key}</code>
          <IconButton small icon={Copy} label={words.common.copy} onClick={() => copy(rotate.data.key)} />
          <Button small look="line" onClick={() => rotate.reset()}>{words.services.hide}</Button>
        </p>
      )}
    </div>
  );
}

function Traffic({ service, endpoint }: EndpointProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const now = weightsOf(endpoint.traffic);
  const [typed, setTyped] = useState<Readonly<Record<string, number>> | null>(null);
  const weights = typed ?? now;
  const share = useMutation({
    mutationFn: () => services.traffic(service.name, endpoint.name, Object.fromEntries(Object.entries(weights).filter(([, part]) => part > 0))),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["services"] });
      setTyped(null);
    },
    onError: (error) => toast(trouble(error), { look: "refused" }),
  });
  return (
    <div className="sec">
      <h3>{words.services.traffic}</h3>
      <table className="list">
        <thead><tr><th>{words.services.version}</th><th>{words.services.published}</th><th className="r">{words.services.share}</th></tr></thead>
        <tbody>
          {service.versions.filter(({ removed }) => !removed).toReversed().map(({ version, created_at, note }) => (
            <tr key={version}>
              <td title={note}><b>{version}</b> <span className="mute">{note}</span></td>
              <td className="num">{moment(created_at)}</td>
              <td className="r">
                <input className="in low share" type="number" min={0} max={100} aria-label={words.services.shareOf(version)} value={weights[version] ?? 0} onChange={(event) => setTyped({ ...weights, [version]: event.target.valueAsNumber || 0 })} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {typed && (
        <p className="row keysrow">
          <Button look="go" cannot={!addUp(weights) && words.services.mustAddUp} onClick={() => share.mutate()}>{words.services.apply}</Button>
          <Button onClick={() => setTyped(null)}>{words.common.cancel}</Button>
          {!addUp(weights) && <span className="small warn">{words.services.mustAddUp}</span>}
        </p>
      )}
    </div>
  );
}
