/** An endpoint of a service: its figures, its keys, its limits, and which versions answer. */

import { useQuery } from "@tanstack/react-query";
import { type Endpoint, figuresQuery, type Service } from "../../api/services";
import { amount, duration, useWords } from "../../words/words";
import { figuresOf } from "./figures";
import { Keys } from "./keys";
import { Limits } from "./limits";
import { Traffic } from "./traffic";

interface EndpointProps {
  readonly service: Service;
  readonly endpoint: Endpoint;
}

export function EndpointCard({ service, endpoint }: EndpointProps) {
  const words = useWords();
  const { data: found } = useQuery(figuresQuery(service.name));
  const figures = figuresOf(found, endpoint.name);
  const most = (seconds: number | null) => (seconds === null ? "–" : `≤ ${duration(seconds)}`);
  return (
    <section className="card endpoint">
      <header className="row">
        <h2 className="grow">{words.services.endpoint} <span className="mono">{endpoint.name}</span></h2>
        <span className="small mute">{words.services.sinceStart}</span>
      </header>
      <dl className="figures">
        <div><dt>{words.services.requests}</dt><dd>{amount(figures.requests)}</dd></div>
        <div><dt>{words.services.median}</dt><dd>{most(figures.median)}</dd></div>
        <div><dt>{words.services.slowest}</dt><dd>{most(figures.slow)}</dd></div>
        <div><dt>{words.services.errors}</dt><dd className={figures.failed > 0 ? "bad" : ""}>{amount(figures.failed)}</dd></div>
      </dl>
      {figures.failed > 0 && (
        <p className="small outcomes">{figures.errors.map(([code, count]) => <span key={code}><span className="num">{amount(count)} ×</span> <span className="mono">{code}</span></span>)}</p>
      )}
      <Traffic service={service} endpoint={endpoint} figures={found} />
      <Keys service={service.name} endpoint={endpoint.name} />
      <Limits service={service.name} endpoint={endpoint} />
    </section>
  );
}
