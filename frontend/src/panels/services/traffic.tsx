/** Which versions answer the calls to an endpoint, how each of them does, and what it may reach. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { Fragment, useState } from "react";
import type { Schemas } from "../../api/client";
import { type Endpoint, type Service, services } from "../../api/services";
import { Button } from "../../look/button";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { amount, duration, moment, useWords } from "../../words/words";
import { addUp, figuresOf, weightsOf } from "./figures";

interface TrafficProps {
  readonly service: Service;
  readonly endpoint: Endpoint;
  readonly figures: Schemas["AllFiguresDocument"] | undefined;
}

export function Traffic({ service, endpoint, figures }: TrafficProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const now = weightsOf(endpoint.traffic);
  const [typed, setTyped] = useState<Readonly<Record<string, number>> | null>(null);
  const weights = typed ?? now;
  const refused = (error: unknown) => toast(trouble(error), { look: "refused" });
  const renew = async () => {
    await queries.invalidateQueries({ queryKey: ["services"] });
    setTyped(null);
  };
  const share = useMutation({
    mutationFn: () => services.traffic(service.name, endpoint.name, Object.fromEntries(Object.entries(weights).filter(([, part]) => part > 0))),
    onSuccess: renew,
    onError: refused,
  });
  const back = useMutation({
    mutationFn: () => services.rollBack(service.name, endpoint.name),
    onSuccess: async ({ weights: after }) => {
      await renew();
      toast(words.services.rolledBack(Object.entries(after).map(([version, part]) => `${version}: ${part} %`).join(", ")));
    },
    onError: refused,
  });
  const there = service.versions.filter(({ removed }) => !removed).toReversed();
  return (
    <div className="sec">
      <h3><span className="grow">{words.services.traffic}</span>
        <Button small icon={Undo2} title={words.services.rollBackSays} cannot={service.versions.length < 2 && words.services.rollBackNone} onClick={() => back.mutate()}>{words.services.rollBack}</Button>
      </h3>
      <table className="list versions">
        <thead>
          <tr><th>{words.services.version}</th><th>{words.services.published}</th><th className="r">{words.services.requests}</th><th className="r">{words.services.median}</th><th className="r">{words.services.errors}</th><th className="r">{words.services.share}</th></tr>
        </thead>
        <tbody>
          {there.map(({ version, created_at, note, allow, secrets, data }) => {
            const seen = figuresOf(figures, endpoint.name, version);
            return (
              <Fragment key={version}>
                <tr>
                  <td title={note}><b>{version}</b> <span className="mute">{note}</span></td>
                  <td className="num">{moment(created_at)}</td>
                  <td className="r">{amount(seen.requests)}</td>
                  <td className="r">{seen.median === null ? "–" : `≤ ${duration(seen.median)}`}</td>
                  <td className={`r ${seen.failed > 0 ? "bad" : ""}`}>{amount(seen.failed)}</td>
                  <td className="r">
                    <input className="in low share" type="number" min={0} max={100} aria-label={words.services.shareOf(version)} value={weights[version] ?? 0} onChange={(event) => setTyped({ ...weights, [version]: event.target.valueAsNumber || 0 })} />
                  </td>
                </tr>
                {(allow.length > 0 || secrets.length > 0 || data.length > 0) && (
                  <tr>
                    <td className="needs small soft" colSpan={6}>
                      {allow.length > 0 && <p>{words.access.network}: <span className="mono">{allow.join(", ")}</span></p>}
                      {secrets.length > 0 && <p>{words.access.secrets}: <span className="mono">{secrets.join(", ")}</span></p>}
                      {data.length > 0 && <p>{words.access.data}: <span className="mono">{data.join(", ")}</span></p>}
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
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
